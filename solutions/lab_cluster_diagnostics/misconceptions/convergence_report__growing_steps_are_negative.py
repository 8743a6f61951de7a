"""Your estimate is negative where the steps grow, so a slow start counts as converged; nothing bounds it there.

loses: [convergence_too_loose, convergence_remaining]
"""
import numpy as np


def convergence_report(costs, max_iters, tol):
    n = len(costs) - 1
    if n < 1 or n > max_iters:
        raise ValueError("a history of 1 to max_iters iterations")
    report = {"diagnosis": "not finite", "iterations": n, "first_rise": None, "remaining": None}
    if not np.isfinite(costs).all():
        return report
    for t in range(1, n + 1):
        if costs[t] - costs[t - 1] > 1e-9 * abs(costs[t - 1]):
            report["diagnosis"], report["first_rise"] = "rises", t
            return report
    last = costs[-2] - costs[-1]
    before = costs[-3] - costs[-2] if n > 1 else 0.0
    if last <= 0:
        remaining = 0.0
    elif before == 0 or before == last:
        remaining = np.inf
    else:
        remaining = last * (last / before) / (1 - last / before)
    report["remaining"] = remaining
    if abs(last) > tol * abs(costs[-2]):
        report["diagnosis"] = "too few iterations" if n == max_iters else "stopped early"
    elif remaining > 0.01 * (costs[0] - costs[-1]):
        report["diagnosis"] = "tolerance too loose"
    else:
        report["diagnosis"] = "converged"
    return report
