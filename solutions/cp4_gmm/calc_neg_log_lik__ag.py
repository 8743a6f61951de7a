"""Negative log likelihood of a Gaussian mixture, in operations that autograd can differentiate.

Shapes: N examples (rows), D dimensions (pixels), K components.
"""

import autograd.numpy as ag_np

### BEGIN SOLUTION
from autograd.tracer import getval

SAFE_SIZE = 1e6
"""A sum of terms up to this size is off by less than 1e-9 in float64."""
### END SOLUTION


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Negative log likelihood of all examples under the mixture, for automatic differentiation.

    -sum_n log sum_k pi_k prod_d NormPDF(x_nd; mu_kd, sigma_kd), where
    log NormPDF(x; mu, sigma) = -log(sigma) - log(2 pi) / 2 - (x - mu)^2 / (2 sigma^2).

    Args:
        x_ND: (N, D) array, one example a row; N may be 0.
        log_pi_K: (K,) array, logarithms of the weights.
        mu_KD: (K, D) array, the means.
        stddev_KD: (K, D) array, the standard deviations (not the variances), all above zero.

    Returns:
        one float: the sum over all examples; autograd can differentiate it in the last three.

    Hint: write it with ``ag_np`` instead of numpy; ``autograd.scipy`` has logsumexp and the
    normal distribution. Do not assign into an array: autograd cannot follow that.
    """
    ### BEGIN SOLUTION: minus the log likelihood, by operations of ag_np
    # The sum of ((x - mu) / sigma)², expanded around an origin near the means of the narrow
    # components: two matrix products. The result does not depend on the origin, so it counts
    # as a constant.
    x_ND = ag_np.asarray(x_ND, dtype=ag_np.float64)
    D = x_ND.shape[1]
    precision_KD = 1.0 / stddev_KD**2
    weight_KD = getval(precision_KD)
    origin_D = ag_np.sum(weight_KD * getval(mu_KD), axis=0) / ag_np.sum(weight_KD, axis=0)
    y_ND = x_ND - origin_D
    shift_KD = mu_KD - origin_D
    linear_KD = shift_KD * precision_KD
    constant_K1 = ag_np.sum(shift_KD * linear_KD, axis=1, keepdims=True)
    size_KN = ag_np.dot(precision_KD, (y_ND * y_ND).T) + constant_K1
    distance_KN = size_KN - 2.0 * ag_np.dot(linear_KD, y_ND.T)

    # A component whose terms cancel (sigma small beside the way from the origin to both x and
    # mu) takes the differences themselves.
    size, distance = getval(size_KN), getval(distance_KN)
    cancels_K = ~ag_np.all(size <= ag_np.maximum(SAFE_SIZE, 8.0 * distance), axis=1)
    if cancels_K.any():
        distance_KN = ag_np.stack(
            [
                ag_np.sum(((x_ND - mu_KD[k]) / stddev_KD[k]) ** 2, axis=1) if again else expanded_N
                for k, (again, expanded_N) in enumerate(zip(cancels_K, distance_KN, strict=True))
            ]
        )

    log_norm_K = ag_np.sum(ag_np.log(stddev_KD), axis=1) + 0.5 * D * ag_np.log(2 * ag_np.pi)
    log_joint_KN = (log_pi_K - log_norm_K)[:, None] - 0.5 * distance_KN
    # logsumexp. What lies 700 below the peak counts as nothing, in the gradient too: numbers
    # that are hardly floats any more would make its matrix products many times as slow.
    peak_N = ag_np.max(getval(log_joint_KN), axis=0)
    below_KN = ag_np.maximum(log_joint_KN - peak_N, -700.0)
    return -ag_np.sum(peak_N + ag_np.log(ag_np.sum(ag_np.exp(below_KN), axis=0)))
    ### END SOLUTION
