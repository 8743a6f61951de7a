"""You add a small constant to every deviation; then no column has deviation 1, and a flat column's scale is not 1.

loses: [standardize_constant]
may_lose: [standardize_values, standardize_by_hand]
"""


def standardize(points):
    mean, scale = points.mean(axis=0), points.std(axis=0) + 1e-8
    return (points - mean) / scale, mean, scale
