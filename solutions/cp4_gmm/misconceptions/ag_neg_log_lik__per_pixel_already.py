"""You divide the differentiable likelihood by the number of pixels here; it is the sum over the rows, and the loss divides it later.

module: calc_neg_log_lik__ag
loses:
  - ag_neg_log_lik_printed_example
  - ag_neg_log_lik_values
  - ag_neg_log_lik_far_points
  - ag_gradient_by_hand
  - ag_gradient_central_differences
  - ag_gradient_many_dimensions
may_lose: [ag_speed, ag_neg_log_lik_digits]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = log_pi_K + ag_np.sum(norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD), axis=2)
    return -ag_np.sum(logsumexp(log_p_NK, axis=1)) / max(x_ND.size, 1)
