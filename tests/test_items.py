"""Item statistics, beside independent sums."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.items import ENOUGH, Item, correlation, items

NAN = float("nan")


def test_difficulty_is_the_share_that_was_lost():
    """Half of the points in a case lost: 0.5; all: 1; none: 0."""
    found = items(np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.5, 0.0, 1.0]]), [1, 2, 3])
    assert [item.difficulty for item in found] == [0.5, 1.0, 0.0]
    assert [item.judged for item in found] == [3, 3, 3]


def test_discrimination_is_the_correlation_with_the_other_cases():
    """Pearson's, as NumPy has it, with the points of all cases but this one."""
    rng = np.random.default_rng(1)
    share, points = rng.uniform(size=(40, 4)), np.array([1.0, 2.0, 3.0, 4.0])
    for c, item in enumerate(items(share, points)):
        rest = np.delete(share * points, c, axis=1).sum(axis=1)
        assert item.discrimination == pytest.approx(np.corrcoef(share[:, c], rest)[0, 1])


def test_a_case_does_not_correlate_with_itself():
    """A case worth nearly everything, which goes with nothing else, has no discrimination."""
    share = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])
    assert items(share, [1000, 1])[0].discrimination == pytest.approx(0, abs=1e-12)


def test_withheld_scores_are_left_out():
    """Who has no score in a case is not counted there; of the rest counts the share."""
    share = np.array([[NAN, 1.0, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0, NAN], [0.0, 0.0, 0.0]])
    first, second, third = items(share, [1, 1, 1])
    assert (first.judged, second.judged, third.judged) == (3, 4, 3)
    assert first.difficulty == pytest.approx(2 / 3)
    assert first.discrimination == second.discrimination == pytest.approx(1)


def test_what_cannot_be_said_is_not_said():
    """No submissions, too few of them, all alike, a case alone: no number and no remark."""
    assert items(np.zeros((0, 1)), [1]) == [Item(0, None, None)]
    assert items(np.array([[1.0, 0.0], [0.0, 1.0]]), [1, 1])[0].discrimination is None
    assert items(np.full((20, 2), 0.1), [1, 1])[0] == Item(20, pytest.approx(0.9), None)
    assert items(np.array([[1.0], [0.0], [1.0]]), [1])[0].discrimination is None
    assert items(np.full((9, 1), NAN), [1]) == [Item(0, None, None)]


@pytest.mark.parametrize(
    ("flip", "remark"), [(0, ""), (6, "near zero"), (12, "negative")]
)  # fmt: skip
def test_remarks(flip, remark):
    """Negative: the better submissions fail it; near zero: it goes with nothing."""
    good = np.arange(12) % 2
    case = np.where(np.arange(12) < flip, 1 - good, good)
    share = np.column_stack([case, good, good]).astype(float)
    assert items(share, [1, 1, 1])[0].remark == remark


def test_no_remark_on_a_few_submissions():
    """With fewer than ENOUGH a correlation is chance."""
    share = np.column_stack([np.arange(ENOUGH - 1) % 2, 1 - np.arange(ENOUGH - 1) % 2]).astype(
        float
    )
    item = items(share, [1, 1])[0]
    assert item.discrimination == pytest.approx(-1)
    assert item.remark == ""


def test_a_case_worth_nothing_is_in_no_total():
    """Its share correlates with the others', and theirs not with it."""
    share = np.array([[1.0, 1.0, 0.5], [0.0, 0.0, 0.5], [1.0, 1.0, 0.5]])
    free, one, _ = items(share, [0, 1, 1])
    assert free.discrimination == pytest.approx(1)
    assert one.discrimination is None


def test_equal_numbers_have_no_correlation():
    """Also where their mean is off by rounding."""
    assert correlation(np.full(1000, 0.1), np.arange(1000.0)) is None
