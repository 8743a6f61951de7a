"""The whole text of typical failures, as a student reads it."""

# ruff: noqa: E501

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.compare import (
    Mismatch,
    as_array,
    as_labels,
    assert_close,
    assert_probabilities,
    assert_same_components,
    assert_same_partition,
    assert_unchanged,
    unpack,
)

TIGHT = {"rtol": 1e-6, "atol": 1e-9}
PI, MU, SIGMA = np.array([0.2, 0.3, 0.5]), np.arange(6.0).reshape(3, 2), np.full((3, 2), 0.1)
SOFTMAX = np.array([[0.5, 0.5], [0.26894142137, 0.73105857863]])
LSE = np.array([[1000.69314718], [2.31326169]])
DIST_WANT = np.abs(np.arange(0.0, 60.0, 2.0)[:, None] - np.arange(0.0, 36.0, 3.0))
DIST = DIST_WANT + np.where(np.arange(30)[:, None] == 7, 0.5, 0) * (np.arange(12) > 8)
DIST[21, 0] = 40.0
GOLDEN = {
    "softmax_without_row_maximum": (
        lambda: assert_close(
            np.full((2, 2), 0.5),
            SOFTMAX,
            what="softmax(logits)",
            hint="Subtract the largest logit of each row first.",
            **TIGHT,
        ),
        """
softmax(logits): 2 of 4 values are wrong. All your values are the same.
  first and largest difference at [1, 0]: got 0.5, wanted 0.2689414214, off by 0.231 where 2.7e-07 is allowed
  got:
    [[0.5 0.5]
     [0.5 0.5]]
  wanted:
    [[0.5      0.5     ]
     [0.268941 0.731059]]
Hint: Subtract the largest logit of each row first.
""",
    ),
    "softmax_nan": (
        lambda: assert_close(
            np.array([[np.nan, np.nan], [0.26894142137, 0.73105857863]]),
            SOFTMAX,
            what="softmax(logits)",
            hint="exp(1000) is infinite, and inf / inf is NaN.",
            **TIGHT,
        ),
        """
softmax(logits): 2 of 4 values are NaN. These are whole rows, and nothing else.
  first at [0, 0]: got nan, wanted 0.5
  got:
    [[     nan      nan]
     [0.268941 0.731059]]
  wanted:
    [[0.5      0.5     ]
     [0.268941 0.731059]]
Hint: exp(1000) is infinite, and inf / inf is NaN.
""",
    ),
    "logsumexp_one_axis": (
        lambda: assert_close(
            LSE[:, 0], LSE, what="logsumexp(logits)", hint="keepdims=True keeps the axis.", **TIGHT
        ),
        """
logsumexp(logits): an array of shape (2,) came back where an array of shape (2, 1) is expected. The values are right, the axes are not.
  got: [1000.693147    2.313262]
  wanted:
    [[1000.693147]
     [   2.313262]]
Hint: keepdims=True keeps the axis.
""",
    ),
    "logsumexp_broadcast": (
        lambda: assert_close(LSE + LSE[:, 0], LSE, what="logsumexp(logits)", **TIGHT),
        """
logsumexp(logits): an array of shape (2, 2) came back where an array of shape (2, 1) is expected. Arrays of shape (2, 1) and (2,) broadcast to (2, 2).
  got:
    [[2001.386294 1003.006409]
     [1003.006409    4.626523]]
  wanted:
    [[1000.693147]
     [   2.313262]]
""",
    ),
    "no_return": (
        lambda: assert_close(None, SOFTMAX, what="softmax(logits)", **TIGHT),
        """
softmax(logits): None came back where an array of shape (2, 2) is expected. Is a return statement missing?
""",
    ),
    "ragged": (
        lambda: assert_close([[0.5, 0.5], [1.0]], SOFTMAX, what="softmax(logits)", **TIGHT),
        """
softmax(logits): a list whose rows have different lengths came back where an array of shape (2, 2) is expected.
  got: [[0.5, 0.5], [1]]
""",
    ),
    "loss_is_a_sum": (
        lambda: assert_close(
            62.5,
            6.25,
            what="KMeans._get_loss(centers, cluster_idx, points)",
            hint="The loss is the mean over the points.",
            **TIGHT,
        ),
        """
KMeans._get_loss(centers, cluster_idx, points): the value is wrong.
  got 62.5, wanted 6.25, off by 56.2 where 6.3e-06 is allowed
Hint: The loss is the mean over the points.
""",
    ),
    "centres_are_integers": (
        lambda: assert_close(
            np.array([[1, 2], [3, 4]], dtype=np.int64),
            np.array([[1.5, 2.5], [3.5, 4.5]]),
            what="the centres",
            **TIGHT,
        ),
        """
The centres: whole numbers (int64) came back where floats are expected. An integer array cuts off the decimals of whatever is stored in it.
  got:
    [[1 2]
     [3 4]]
""",
    ),
    "distances": (
        lambda: assert_close(DIST, DIST_WANT, what="pairwise_dist(X, Y)", **TIGHT),
        """
pairwise_dist(X, Y): 4 of 360 values are wrong.
  first difference at [7, 9]: got 13.5, wanted 13
  largest difference at [21, 0]: got 40, wanted 42, off by 2 where 4.2e-05 is allowed
  rows with differences: 2 of 30 (7, 21)
  got[7, 5:12]:    [ 1.   4.   7.  10.  13.5 16.5 19.5]
  wanted[7, 5:12]: [ 1.  4.  7. 10. 13. 16. 19.]
""",
    ),
    "variances": (
        lambda: assert_close(
            np.array([[0.25, 4.0], [9.0, 1.0]]),
            np.array([[0.5, 2.0], [3.0, 1.0]]),
            what="sigma of GMM._M_step(points, gamma)",
            hint="sigma is the standard deviation.",
            **TIGHT,
        ),
        """
sigma of GMM._M_step(points, gamma): 3 of 4 values are wrong. They are the square of what is expected.
  first difference at [0, 0]: got 0.25, wanted 0.5
  largest difference at [1, 0]: got 9, wanted 3, off by 6 where 3e-06 is allowed
  got:
    [[0.25 4.  ]
     [9.   1.  ]]
  wanted:
    [[0.5 2. ]
     [3.  1. ]]
Hint: sigma is the standard deviation.
""",
    ),
    "wrong_constant": (
        lambda: assert_close(
            LSE + 0.5,
            LSE,
            what="GMM._ll_joint(points, pi, mu, sigma)",
            hint="The density has the factor (2 pi)^(-D/2).",
            **TIGHT,
        ),
        """
GMM._ll_joint(points, pi, mu, sigma): both values are wrong. All are off by the same amount.
  first and largest difference at [0, 0]: got 1001.193147, wanted 1000.693147, off by 0.5 where 0.001 is allowed
  got:
    [[1001.193147]
     [   2.813262]]
  wanted:
    [[1000.693147]
     [   2.313262]]
  got - wanted = 0.5 everywhere
Hint: The density has the factor (2 pi)^(-D/2).
""",
    ),
    "labels_from_one": (
        lambda: as_labels(np.array([1, 3, 2, 1]), 4, 3, what="cluster_idx"),
        """
cluster_idx: 1 of 4 labels is outside 0..2. Labels count from 0, not from 1.
  first at [1]: got 3
  got: [1 3 2 1]
""",
    ),
    "two_values": (
        lambda: unpack((MU, SIGMA), ("pi", "mu", "sigma"), what="GMM._M_step(points, gamma)"),
        """
GMM._M_step(points, gamma): 2 values came back where 3 values (pi, mu, sigma) are expected.
  got: (an array of shape (3, 2): floats (float64), an array of shape (3, 2): floats (float64))
""",
    ),
    "partition": (
        lambda: assert_same_partition(
            np.array([2, 2, 0, 0, 0, 1]),
            np.array([0, 0, 1, 1, 2, 2]),
            what="cluster_idx of KMeans()(points, 3)",
        ),
        """
cluster_idx of KMeans()(points, 3): the points are grouped differently, whatever the labels are called: 1 of 6 points is apart from most of its group.
  points 2 and 4 have the same label but belong to different groups
  got:    [2 2 0 0 0 1]
  wanted: [0 0 1 1 2 2]
""",
    ),
    "components": (
        lambda: assert_same_components(
            (PI[[2, 0, 1]], MU[[2, 0, 1]] + [[0, 0], [0, 0.25], [0, 0]], SIGMA),
            (PI, MU, SIGMA),
            names=("pi", "mu", "sigma"),
            what="GMM()(points, 3)",
            **TIGHT,
        ),
        """
GMM()(points, 3): 1 of 3 components matches no expected one, in any order.
  component 1 comes nearest to the expected component 0; pi agrees; sigma agrees
  got mu[1]:    [0.   1.25]
  wanted mu[0]: [0. 1.]
""",
    ),
    "in_place": (
        lambda: assert_unchanged(
            np.array([[-1.0, 0.0], [0.0, -3.0]]),
            np.array([[1.0, 2.0], [5.0, 2.0]]),
            what="softmax(logits)",
        ),
        """
softmax(logits): your function changed its input in place: all 4 values are changed.
  first at [0, 0]: 1 before, -1 after
  before:
    [[1. 2.]
     [5. 2.]]
  after:
    [[-1.  0.]
     [ 0. -3.]]
Hint: x = x - m makes a new array; x -= m writes into the caller's array.
""",
    ),
    "wrong_axis": (
        lambda: assert_probabilities(SOFTMAX.T.copy(), what="gamma"),
        """
gamma: both sums are not 1 (over axis 1). Over axis 0 they are.
  first at [0]: sum 0.7689414214, off by 0.231
  sums: [0.768941 1.231059]
""",
    ),
    "masked": (
        lambda: as_array(SimpleNamespace(kind_name="MaskedArray"), shape=(2, 3), what="f(x)"),
        """
f(x): a masked array came back where an array of shape (2, 3) is expected.
  got: <MaskedArray>
""",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_words_of_a_failure(name):
    """A student reads exactly this text."""
    judge, text = GOLDEN[name]
    with pytest.raises(Mismatch) as wrong:
        judge()
    assert str(wrong.value) == text.strip()
