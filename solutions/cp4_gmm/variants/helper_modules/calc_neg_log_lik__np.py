"""The likelihood; its formulas are in gmm_math.py."""

from scipy.special import logsumexp

import gmm_math


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    joint_NK = gmm_math.log_joint_NK(x_ND, log_pi_K, mu_KD, stddev_KD)
    return float(-logsumexp(joint_NK, axis=1).sum())
