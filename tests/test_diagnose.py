"""Each generic diagnosis is told where it holds for all elements, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import diagnose
from autograder.diagnose import part, shape, values

RNG = np.random.default_rng(11)
W = RNG.normal(size=(5, 3)) + 0.5  # wanted: values of both signs
P = np.exp(W)  # wanted: values above zero
S = P / P.sum(axis=1, keepdims=True)  # rows that sum to one
Q = RNG.normal(size=(4, 4)) * 3
LINE = RNG.normal(size=6)


def only(row: int | None = None, column: int | None = None) -> np.ndarray:
    """W with one row or column changed."""
    changed = W.copy()
    changed[slice(None) if row is None else row, slice(None) if column is None else column] += 1.0
    return changed


def bumped(index: tuple[int, int]) -> np.ndarray:
    changed = W.copy()
    changed[index] += 1.0
    return changed


VALUES = {
    "transposed": (Q.T, Q, "The transpose would be right."),
    "sign": (-W, W, "Every value has the wrong sign."),
    "sign_of_one": (np.float64(-2.5), np.float64(2.5), "It has the wrong sign."),
    "absolute": (np.abs(W), W, "Negative values have lost their sign."),
    "clipped_at_zero": (np.maximum(W, 0), W, "Negative values have become zero."),
    "square": (P**2, P, "They are the square of what is expected."),
    "root": (np.sqrt(P), P, "They are the root of what is expected."),
    "logarithm": (W, P, "They are the logarithm of what is expected."),
    "exponential": (P, W, "They are the exponential of what is expected."),
    "inverse": (1 / P, P, "They are one over what is expected."),
    "complement": (1 - S, S, "They are one minus what is expected."),
    "truncated": (np.trunc(3 * W), 3 * W, "The decimals are cut off."),
    "rounded": (np.round(3 * W), 3 * W, "The decimals are rounded away."),
    "one_late": (np.roll(W, 1, 0), W, "Off by one: every row is the one before it."),
    "one_early": (np.roll(LINE, -1), LINE, "Off by one: every value is the one after it."),
    "reversed": (W[::-1], W, "The rows are in reverse order."),
    "rows_permuted": (W[[1, 0, 4, 2, 3]], W, "The rows are right, but in another order."),
    "columns_permuted": (W[:, [1, 0, 2]], W, "The columns are right, but in another order."),
    "scattered": (
        W.reshape(-1)[[1, 0, *range(2, 12), 13, 14, 12]].reshape(W.shape),
        W,
        "The values are right, but in other places.",
    ),
    "all_the_same": (np.full(W.shape, 3.0), W, "All your values are the same."),
    "factor": (1.7 * W, W, "All are off by the same factor."),
    "amount": (W + 1.7, W, "All are off by the same amount."),
    "rows_by_factors": (W * P[:, :1], W, "Every row is off by a factor of its own."),
    "columns_by_factors": (W * P[:1], W, "Every column is off by a factor of its own."),
    "rows_by_amounts": (W + P[:, :1], W, "Every row is off by an amount of its own."),
    "columns_by_amounts": (W + P[:1], W, "Every column is off by an amount of its own."),
    "wrong_axis": (
        P / P.sum(axis=0),
        S,
        "Its sums over axis 0 are one, where those over axis 1 have to be.",
    ),
    "no_probabilities": (
        S + np.abs(Q[:1, :3]) * P,
        S,
        "Its sums over axis 1 are not one, and have to be.",
    ),
    "floor": (np.maximum(W, 0.1), W, "Values below some limit are cut off there; the others"),
    "ceiling": (np.minimum(W, 0.9), W, "Values above some limit are cut off there; the others"),
    "first_row": (only(row=0), W, "These are the first row, and nothing else."),
    "last_row": (only(row=-1), W, "These are the last row, and nothing else."),
    "last_value": (np.r_[LINE[:-1], 9.0], LINE, "These are the last value, and nothing else."),
    "first_column": (
        W + np.array([[1.0, 0, 0]]) * (P[:, :1] > 0) * np.arange(1, 6)[:, None],
        W,
        "These are the first column, and nothing else.",
    ),
    "diagonal": (Q + np.diag([1.0, 2, 3, 5]), Q, "These are the diagonal, and nothing else."),
    "float32": (W.astype(np.float32), W, "Close; but float32 is too coarse here"),
    "close": (W * (1 + 1e-5 * RNG.normal(size=W.shape)), W, "Close, but not close enough"),
    "nothing": (RNG.normal(size=W.shape) * 5, W, ""),
    "nothing_of_one": (np.float64(3.21), np.float64(1.0), ""),
    "nan": (np.full(W.shape, np.nan), W, ""),
    "zeros": (W, np.zeros(W.shape), ""),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_diagnosis_of_values(name: str) -> None:
    """The first that holds, in the fixed order, and its words."""
    got, want, said = VALUES[name]
    remark = values(np.asarray(got), np.asarray(want)).text.strip()
    assert remark.startswith(said)
    assert bool(remark) == bool(said)


@pytest.mark.parametrize(
    "name", [n for n, (g, _, said) in VALUES.items() if said and g.size > 5 and "sums" not in said]
)
def test_one_element_apart_is_another_answer(name: str) -> None:
    """What holds for all elements but one is not told."""
    got, want, said = VALUES[name]
    spoilt = np.array(got, dtype=np.float64)
    at = (2,) + (1,) * (spoilt.ndim - 1)
    spoilt[at] += 0.31 * np.abs(np.asarray(want)).max()
    assert not values(spoilt, np.asarray(want)).text.strip().startswith(said)


SHAPES = {
    "broadcast": (np.zeros((5, 5)), LINE[:5], "Arrays of shape (5, 1) and (5,) broadcast to"),
    "column": (LINE[:, None], LINE, "The values are right, the axes are not."),
    "row": (LINE[None], LINE[:, None], "The values are right, the axes are not."),
    "transposed": (W.T, W, "The transpose would be right."),
    "summed": (W.sum(axis=1), W, "It is the sum over axis 1 of what is expected."),
    "averaged": (W.mean(axis=0), W, "It is the mean over axis 0 of what is expected."),
    "not_summed": (W, W.sum(axis=1), "Its sum over axis 1 would be right."),
    "not_averaged": (W, W.mean(axis=1, keepdims=True), "Its mean over axis 1 would be right."),
    "sum_of_all": (W, np.asarray(W.sum()), "The sum of its values would be right."),
    "last_missing": (W[:-1], W, "Along axis 0 the last one is missing; the others are right."),
    "first_two_missing": (W[:, 2:], W, "Along axis 1 the first 2 are missing; the others are"),
    "other_values": (W.T + 1, W, ""),
    "nothing": (np.zeros(7), W, ""),
    "empty": (np.zeros((0, 3)), W, ""),
    "text": (np.array(["a"]), W, ""),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_diagnosis_of_shapes(name: str) -> None:
    """What would make the shape right is told where it makes the values right, too."""
    got, want, said = SHAPES[name]
    remark = shape(got, want).strip()
    assert remark.startswith(said)
    assert bool(remark) == bool(said)


NEARLY = {
    "rows": (W + 1e-8 * np.sin(np.arange(15)).reshape(5, 3), W),
    "symmetric": (W @ W.T + np.triu(np.full((5, 5), 1e-7), 1), W @ W.T),
    "one of many sizes": (
        np.array([5000, 3, 0.2, 1e-4 + 2e-6, 9]),
        np.array([5000, 3, 0.2, 1e-4, 9]),
    ),
}


@pytest.mark.parametrize("name", NEARLY)
def test_what_is_nearly_right_is_in_its_place(name: str) -> None:
    """Another order that leaves nearly all as it is would fit as well, and mean nothing."""
    got, want = NEARLY[name]
    assert values(got, want, 1e-9).text.startswith(" Close, but not close enough")


def test_digits_are_told_where_they_are_too_few() -> None:
    """By the largest value an answer may have enough of them: small ones have not."""
    want = np.array([5000, 3, 0.2, 1e-4, 9])
    assert values(want + 2e-6, want, 1e-12).text.endswith("and 12 are asked.")
    assert values(want + 2e-6, want, 1e-7).text == " Close, but not close enough."
    large = np.array([18014398509481336] * 4)
    assert (
        values(large + np.array([1, 0, 0, 0]), large, 1e-7).text == " Close, but not close enough."
    )


def test_a_limit_cuts_off_more_than_one_value() -> None:
    """A zero that has become small may have been moved by anything."""
    want = np.array([0.0, 0.0, 1.0, 2.0])
    assert "limit" not in values(np.sqrt(want**2 + 1e-6), want).text
    assert "limit" in values(np.maximum(want, 1.5), want).text


def test_what_cannot_be_squared_is_no_square() -> None:
    """Infinity is near to everything."""
    large = np.array([1e160, 3e160, 2e160])
    assert "square" not in values(np.array([5.0, 1.0, 2.0]), large).text


def test_of_millions_of_numbers_nothing_is_found_out() -> None:
    """It would take seconds."""
    many = np.ones(2 * 10**6 + 1)
    assert not values(2 * many, many)
    assert values(2 * many[:1000], many[:1000]).factor == 2.0


def test_figures_are_apart_from_words() -> None:
    """A number that belongs to a hidden answer stands in no sentence."""
    remark = values(1.75 * W, W)
    assert remark.figure == "got / wanted = 1.75 everywhere"
    assert "1.75" not in remark.text
    assert remark.factor == pytest.approx(1.75)
    remark = values(np.maximum(W, 0.125), W)
    assert remark.figure == "the limit is 0.125"
    assert "0.125" not in remark.text


def test_a_factor_of_one_number_is_left_to_who_knows_the_call() -> None:
    """One number is always off by one factor: words are found only for its name."""
    remark = values(np.float64(7.0), np.float64(1.0))
    assert (remark.text, remark.factor, remark.amount) == ("", 7.0, 6.0)


def test_the_part_that_is_marked() -> None:
    """Parts that have a name, and none for scattered elements."""
    mask = np.zeros((4, 3), dtype=bool)
    assert part(mask) == ""
    assert part(~mask) == ""
    mask[1] = mask[2] = True
    assert part(mask) == "whole rows"
    mask[:] = False
    mask[:, :2] = True
    assert part(mask) == "whole columns"
    mask[:] = False
    mask[1:3, 2] = True
    assert part(mask) == "part of the last column"
    mask[:] = False
    mask[1, 1] = mask[3, 0] = True
    assert part(mask) == ""
    assert part(~np.eye(4, dtype=bool)) == "what is off the diagonal"
    assert diagnose.NONE.text == ""


def test_digits_are_told_where_some_are_asked() -> None:
    """How many are right at worst, beside how many the tolerance asks."""
    got = W.copy()
    got[0, 0] += 2e-5 * np.abs(W).max()
    said = values(got, W, 1e-6).text
    assert said == " Close, but not close enough: right to 4.7 digits, and 6 are asked."
    assert values(got, W, 0.0).text == " Close, but not close enough."
