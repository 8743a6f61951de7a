"""Gradient of the negative log likelihood, by autograd and by central differences (given).

Run it to compare both on a small example:

    python neg_log_lik_gradient.py
"""

import autograd
import calc_neg_log_lik__ag
import calc_neg_log_lik__np
import numpy as np


def neg_log_lik_and_gradients(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Value and gradients of ``calc_neg_log_lik`` of ``calc_neg_log_lik__ag``.

    The entries of log_pi_K count as free numbers: that their exponentials sum to one is not
    taken into account.

    Args:
        x_ND: (N, D) array.
        log_pi_K, mu_KD, stddev_KD: (K,), (K, D) and (K, D) arrays.

    Returns:
        value: one float.
        g_log_pi_K, g_mu_KD, g_stddev_KD: the derivatives of the value in each entry.
    """

    def of_parameters(parameters):
        return calc_neg_log_lik__ag.calc_neg_log_lik(x_ND, *parameters)

    start = tuple(np.array(array, dtype=np.float64) for array in (log_pi_K, mu_KD, stddev_KD))
    value, gradients = autograd.value_and_grad(of_parameters)(start)
    return float(value), *gradients


def central_differences(x_ND, log_pi_K, mu_KD, stddev_KD, step=1e-5):
    """The same from values alone: those of ``calc_neg_log_lik__np`` on both sides of each entry.

    (f(a + h) - f(a - h)) / (2 h), with h = ``step`` times the larger of 1 and |a| for log_pi_K
    and mu_KD, and ``step`` times sigma for stddev_KD. It agrees with the gradient to about six
    digits, and takes two values per parameter: use small arrays.

    Args and returns: as in ``neg_log_lik_and_gradients``.
    """
    parameters = [np.array(array, dtype=np.float64) for array in (log_pi_K, mu_KD, stddev_KD)]

    def value():
        return calc_neg_log_lik__np.calc_neg_log_lik(x_ND, *parameters)

    gradients = []
    for number, array in enumerate(parameters):
        gradient = np.empty_like(array)
        for index, old in np.ndenumerate(array):
            h = step * (old if number == 2 else max(1.0, abs(old)))
            array[index] = old + h
            above = value()
            array[index] = old - h
            gradient[index] = (above - value()) / (2 * h)
            array[index] = old
        gradients.append(gradient)
    return float(value()), *gradients


def main():
    """Print both for three components in two dimensions."""
    prng = np.random.RandomState(0)
    x_ND = prng.randn(6, 2)
    example = np.log([0.5, 0.3, 0.2]), prng.randn(3, 2), 0.5 + prng.rand(3, 2)
    np.set_printoptions(precision=6, suppress=True)
    names = ("value", "gradient in log_pi_K", "gradient in mu_KD", "gradient in stddev_KD")
    by_autograd = neg_log_lik_and_gradients(x_ND, *example)
    by_differences = central_differences(x_ND, *example)
    for name, one, other in zip(names, by_autograd, by_differences, strict=True):
        print(f"{name}, by autograd:\n{one}\n{name}, by central differences:\n{other}\n")


if __name__ == "__main__":
    main()
