"""How many digits are kept, from harmless inputs to hostile ones, beside answers of 50 digits.

``exact_digits.json`` is made by ``oracle.py`` of this assignment.
"""

from pathlib import Path

import numpy as np
from scipy.special import softmax
from scipy.stats import norm

from autograder import digits

EXACT = digits.read(Path(__file__).with_name("exact_digits.json"))


def test_pairwise_dist_digits(stability):
    """pairwise_dist keeps its digits for points far away, nearly equal, tiny and huge."""
    stability(
        EXACT["pairwise_dist_digits"],
        lambda side, X, Y: side.pairwise_dist(X, Y),
        what="the distances",
        hint="Clip the expanded square at zero before the root; add nothing to it, and work in "
        "the precision of the points.",
    )


def test_softmax_digits(stability):
    """softmax keeps its digits for rows far from zero, narrow, wide, with ties and with -inf."""
    stability(
        EXACT["softmax_digits"],
        lambda side, logits: side.softmax(logits),
        what="the probabilities",
        hint="Take every row's own maximum away before anything else is computed from its logits: "
        "l - m is exact where l and m are close, and l - logsumexp(l) is not.",
    )


def test_logsumexp_digits(stability):
    """logsumexp keeps its digits for rows far from zero, narrow, wide, with ties and with -inf."""
    stability(
        EXACT["logsumexp_digits"],
        lambda side, logits: side.logsumexp(logits),
        flat_ok=True,
        what="the log-sums",
        hint="Take every row's own maximum away first, and add it back after the log; the sum "
        "under the log is then at least 1 and needs nothing added.",
    )


def test_ll_joint_digits(stability):
    """_ll_joint keeps its digits however far the points, however wide or narrow the components."""
    stability(
        EXACT["ll_joint_digits"],
        lambda side, *mixture: side.GMM()._ll_joint(*mixture),
        what="ll",
        hint="Write it as a sum of logarithms and of ((x - mu) / sigma)^2: no density, no "
        "product of deviations, no square of x alone.",
    )


def test_e_step_digits(student, stability):
    """_E_step keeps its digits however far the points, however wide or narrow the components."""
    student.replace("GMM._ll_joint", _joint)
    student.replace("softmax", lambda logits: softmax(logits, axis=1))
    stability(
        EXACT["e_step_digits"],
        lambda side, *mixture: side.GMM()._E_step(*mixture),
        what="gamma",
        hint="softmax of ll, and nothing else: no density, nothing added, no logarithm of gamma.",
    )


def _joint(points, pi, mu, sigma):
    return np.log(pi) + norm.logpdf(points[:, None, :], mu, sigma).sum(axis=2)
