"""Negative log likelihood of a Gaussian mixture with diagonal covariance, in numpy.

Shapes: N examples (rows), D dimensions (pixels), K components.
"""

import numpy as np


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Negative log likelihood of all examples under the mixture.

    -sum_n log sum_k pi_k prod_d NormPDF(x_nd; mu_kd, sigma_kd), where
    log NormPDF(x; mu, sigma) = -log(sigma) - log(2 pi) / 2 - (x - mu)^2 / (2 sigma^2).

    Args:
        x_ND: (N, D) array, one example a row; N may be 0.
        log_pi_K: (K,) array, logarithms of the weights; a weight of zero is -inf here.
        mu_KD: (K, D) array, the means.
        stddev_KD: (K, D) array, the standard deviations (not the variances), all above zero.

    Returns:
        one float: the sum over all examples; 0.0 when there are none.

    Hint: in 400 dimensions a product of densities is soon 0 or infinite as a float, so stay in
    logarithms all the way; look up the logsumexp trick. No loop over examples.
    """
    raise NotImplementedError(
        "calc_neg_log_lik: minus the log likelihood, summed over all examples"
    )
