"""Logarithms of probabilities from free real numbers and back, for gradient descent.

The "common" form is log pi: logarithms of K weights that sum to one. The "unconstrained" form is
any rho in R^K; all rho that differ by a constant stand for the same weights.
"""

import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def to_common_arr(rho_K):
    """log pi = rho - logsumexp(rho), so that sum(exp(log pi)) is 1.

    Args:
        rho_K: (K,) array, or an array whose last axis is K, or one number (whose log pi is 0).

    Returns:
        array of the same shape; autograd can differentiate it.
    """
    axis = -1 if ag_np.ndim(rho_K) else None
    # The result is the same for rho - peak, and digits that all of rho share are not lost.
    below_K = rho_K - ag_np.max(rho_K, axis=axis, keepdims=True)
    return below_K - logsumexp(below_K, axis=axis, keepdims=True)


def to_unconstrained_arr(log_pi_K):
    """rho = log pi: of all rho that stand for these weights, the one that sums to one in exp.

    Args:
        log_pi_K: array of any shape, or one number.

    Returns:
        the same.
    """
    return log_pi_K
