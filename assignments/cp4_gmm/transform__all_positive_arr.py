"""Positive numbers from free real numbers and back, for gradient descent.

The "common" form is sigma > 0, the "unconstrained" one is nu in R. sigma = softplus(nu) is close
to nu where nu is large, so that a small step of nu never makes a large one of sigma.
"""

import autograd.numpy as ag_np


def to_common_arr(nu):
    """sigma = softplus(nu) = log(1 + exp(nu)), without overflow and exact for very negative nu.

    Args:
        nu: array of any shape, or one number.

    Returns:
        array of the same shape, all above zero; autograd can differentiate it, and the
        derivative is 1 / (1 + exp(-nu)).
    """
    return ag_np.logaddexp(0.0, nu)


def to_unconstrained_arr(sigma):
    """nu = log(exp(sigma) - 1), the inverse of softplus.

    Args:
        sigma: array of any shape, or one number, all above zero.

    Returns:
        array of the same shape; autograd can differentiate it.
    """
    # exp(sigma) overflows at 710 and swallows the -1 near zero; exp(-sigma) does neither.
    return sigma + ag_np.log(-ag_np.expm1(-sigma))
