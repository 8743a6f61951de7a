"""Negative log likelihood of a Gaussian mixture, in operations that autograd can differentiate.

Shapes: N examples (rows), D dimensions (pixels), K components.
"""

import autograd.numpy as ag_np


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
    raise NotImplementedError("calc_neg_log_lik: minus the log likelihood, by operations of ag_np")
