"""How many digits are kept, from harmless inputs to hostile ones, beside answers of 50 digits.

``exact_digits.json`` is made by ``oracle.py`` of this assignment.
"""

from pathlib import Path

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder import digits

EXACT = digits.read(Path(__file__).with_name("exact_digits.json"))
HINT = (
    "Write the log density as a sum of logarithms and of ((x - mu) / sigma)^2, and take the "
    "row's largest one out before exp: no density, nothing added under a logarithm, no limit on "
    "how small one may be."
)


def test_neg_log_lik_digits(stability):
    """calc_neg_log_lik keeps its digits however far the rows, however wide the components."""
    stability(
        EXACT["neg_log_lik_digits"],
        lambda side, *mixture: side.calc_neg_log_lik(*mixture),
        what="the negative log likelihood",
        hint=HINT,
    )


def test_ag_neg_log_lik_digits(stability):
    """calc_neg_log_lik for autograd keeps its digits however far the rows, however wide the
    components.
    """
    stability(
        EXACT["ag_neg_log_lik_digits"],
        lambda side, *mixture: side.calc_neg_log_lik(*mixture),
        what="the negative log likelihood",
        hint=HINT,
    )


def test_estep_digits(student, stability):
    """The E step keeps its digits however far the rows, however wide the components."""
    student.replace("calc_neg_log_lik", _neg_log_lik, module="calc_neg_log_lik__np")
    stability(EXACT["estep_digits"], _estep, what="r_NK", hint=HINT)


def _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Stands in for calc_neg_log_lik, in case an E step calls it."""
    joint_NK = log_pi_K + norm.logpdf(np.asarray(x_ND)[:, None, :], mu_KD, stddev_KD).sum(axis=2)
    return -float(logsumexp(joint_NK, axis=1).sum())


def _estep(side, x_ND, log_pi_K, mu_KD, stddev_KD):
    K, D = mu_KD.shape
    gmm = side.GMM_PenalizedMLEstimator_EM(K=K, D=D)
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = log_pi_K, mu_KD, stddev_KD
    return gmm.estep__calc_r_NK(x_ND)
