"""You take logsumexp over the rows in the differentiable likelihood; the components are mixed within each row, so it goes over axis 1.

module: calc_neg_log_lik__ag
loses:
  - ag_neg_log_lik_printed_example
  - ag_neg_log_lik_values
  - ag_neg_log_lik_far_points
  - ag_gradient_by_hand
  - ag_gradient_central_differences
  - ag_gradient_many_dimensions
may_lose: [ag_speed, lbfgs_three_blobs, lbfgs_stationary, ag_neg_log_lik_digits]
seen: 1
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NKD = norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD)
    return -ag_np.sum(logsumexp(log_pi_K + ag_np.sum(log_p_NKD, axis=2), axis=0))
