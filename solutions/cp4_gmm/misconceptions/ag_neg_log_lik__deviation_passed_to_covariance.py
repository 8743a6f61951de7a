"""You pass the standard deviations to multivariate_normal as its covariance; that argument wants the variances.

module: calc_neg_log_lik__ag
loses:
  - ag_neg_log_lik_printed_example
  - ag_neg_log_lik_values
  - ag_neg_log_lik_far_points
  - ag_gradient_by_hand
  - ag_gradient_central_differences
  - ag_gradient_many_dimensions
may_lose: [ag_speed, lbfgs_stationary, ag_neg_log_lik_digits]
seen: 1
"""
import autograd.numpy as ag_np
import autograd.scipy.stats.multivariate_normal as mvn
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_list = []
    for k in range(mu_KD.shape[0]):
        log_p_list.append(log_pi_K[k] + mvn.logpdf(x_ND, mu_KD[k], ag_np.diag(stddev_KD[k])))
    return -ag_np.sum(logsumexp(ag_np.stack(log_p_list, axis=1), axis=1))
