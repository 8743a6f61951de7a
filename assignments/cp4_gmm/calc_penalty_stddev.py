"""The penalty on standard deviations that keeps a component from shrinking onto one example."""

try:
    import autograd.numpy as np  # numpy whose results autograd can differentiate
except ImportError:
    import numpy as np


def calc_penalty_stddev(stddev_KD, variance_penalty_mode, variance_penalty_spread):
    """Sum over all entries of log(sigma) / (m^2 s) + sigma^-2 / (2 m s).

    Each term is smallest where sigma^2 = m, and the flatter around there, the larger s is.

    Args:
        stddev_KD: array of any shape, or one number: standard deviations, all above zero.
        variance_penalty_mode: m > 0.
        variance_penalty_spread: s > 0.

    Returns:
        one float; autograd can differentiate it in ``stddev_KD``.
    """
    m, s = variance_penalty_mode, variance_penalty_spread
    return np.sum(np.log(stddev_KD) / (m**2 * s) + 0.5 / (m * s) * np.power(stddev_KD, -2.0))
