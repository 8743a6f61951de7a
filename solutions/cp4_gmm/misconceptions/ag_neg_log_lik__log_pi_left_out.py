"""You leave log pi out of the differentiable likelihood; every component weighs the same, and the gradient in log pi is zero.

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
    log_p_list = []
    for k in range(mu_KD.shape[0]):
        log_p_list.append(ag_np.sum(norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]), axis=1))
    return -ag_np.sum(logsumexp(ag_np.stack(log_p_list, axis=1), axis=1))
