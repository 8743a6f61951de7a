"""Names for what an answer is off by: true of the numbers, found in the call, no value told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.amounts import named, named_amount, named_factor, named_part
from autograder.asked import Call
from autograder.diagnose import Off

RNG = np.random.default_rng(5)
X = RNG.normal(size=(7, 3))
W = RNG.normal(size=(7, 3))
TERM = ": is a term counted wrongly, left out, or of the wrong sign?"


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (7.0, "7 times what is expected, and 7 is the rows: a sum for a mean?"),
        (1 / 7, "1/7 of what is expected, and 7 is the rows: a mean for a sum?"),
        (-7.0, "7 times what is expected, and 7 is the rows: a sum for a mean? with the wrong"),
        (7 / 6, "as if divided by 7 - 1, where 7 is the rows"),
        (math.sqrt(7 / 6), "as if divided by 7 - 1, where 7 is the rows"),
        (6 / 7, "as if divided by 7 where 7 - 1 belongs (7 is the rows)"),
        (math.sqrt(7), "too large by the root of 7, which is the rows"),
        (49.0, "multiplied by 7 where it has to be divided by it (7 is the rows)"),
        (1 / 49, "divided by 7 where it has to be multiplied by it (7 is the rows)"),
        (2.0, "twice what is expected"),
        (0.5, "half of what is expected"),
        (1 / math.log(2), "what logarithms to base 2 give, in place of natural ones"),
        (1 / math.log(10), "what logarithms to base 10 give, in place of natural ones"),
        (math.sqrt(2 * math.pi), "too large by the root of 2 pi"),
        (1.2345, ""),
        (1.0, ""),
    ],
)
def test_factors_that_have_a_name(factor: float, words: str) -> None:
    """Lengths of the arguments' axes, and constants that are easily forgotten."""
    said = named_factor(factor, [(7, "the rows")])
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_a_length_comes_before_the_square_of_another() -> None:
    """49 rows are likelier than seven columns twice."""
    lengths = [(7, "the columns"), (49, "the rows")]
    assert named_factor(49.0, lengths).endswith("49 is the rows: a sum for a mean?")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0.731, "off by argument 2"),
        (-0.731, "off by argument 2"),
        (2 * 0.731, "off by twice argument 2"),
        (0.731 / 2, "off by half of argument 2"),
        (0.5 * math.log(2 * math.pi), "off by half the logarithm of 2 pi"),
        (-60 * math.log(2 * math.pi), "off by a multiple of half the logarithm of 2 pi"),
        (math.log(150), "off by the logarithm of argument 3"),
        (-12 * math.log(150), "off by a multiple of the logarithm of argument 3"),
        (3 * math.log(2), "off by a multiple of the logarithm of 2"),
        (12.5 * math.log(150), ""),
        (3.14159, ""),
        (1.0, ""),
        (0.0, ""),
    ],
)
def test_amounts_that_have_a_name(amount: float, words: str) -> None:
    """Numbers of the call, and whole multiples of logarithms; everything else has no name."""
    given = named_amount(amount, 1000.0, [(0.731, "argument 2")], [(150, "argument 3"), (2, "K")])
    assert given == words


def test_what_rounding_may_have_made_has_no_name() -> None:
    """Of differences of huge numbers any multiple would be chance."""
    numbers, counts = [(1e-4, "argument 2")], [(150, "argument 3")]
    assert named_amount(math.log(150), 1e7, numbers, counts)
    assert not named_amount(math.log(150), 1e9, numbers, counts)
    assert not named_amount(1e-4, 1e6, numbers, counts)
    assert not named_amount(1e7 * math.log(150), 1.0, [], counts)


def test_chance_amounts_have_no_name() -> None:
    """Ten thousand differences of nothing in particular."""
    amounts = RNG.normal(size=10000) * 10.0 ** RNG.integers(-3, 4, 10000)
    counts = [(n, str(n)) for n in (3, 5, 17, 64, 1000)]
    named_ = [a for a in amounts if named_amount(float(a), 100.0, [(0.1, "a"), (2.5, "b")], counts)]
    assert len(named_) <= 2


def test_an_argument_too_many() -> None:
    """A multiple of an argument, with and without a constant."""
    given = [(np.arange(3), "argument 1"), (X, "argument 2")]
    assert named_part(W + 0.3 * X, W, given) == "off by a multiple of argument 2"
    assert named_part(W - X, W, given) == "off by a multiple of argument 2"
    more = "off by a multiple of argument 2 and a constant"
    assert named_part(W + 0.3 * X + 1.0, W, given) == more
    assert named_part(W + X**2, W, given) == ""
    assert named_part(W + 1.0, W, given) == ""
    marks = (X > 0).astype(float)
    assert named_part(W + marks, W, [(marks, "argument 1")]) == "", "two numbers make any line"
    assert named_part(np.where(W[0, 0] == W, np.nan, W), W, given) == ""


def test_what_is_right_is_no_news() -> None:
    """Where a multiple of the argument is expected, every other multiple would be one, too."""
    assert named_part(2 * X + 1, 3 * X, [(X, "argument 1")]) == ""
    assert named_part(7 * X, 2 * X, [(X, "argument 1")]) == ""
    assert named_part(np.zeros((7, 3)), 2 * X, [(X, "argument 1")]) == ""
    assert named_part(X[0] + W[0], W[0], [(X[0], "argument 1")]) == "", "too few to tell"


def test_the_name_comes_from_the_call() -> None:
    """Factors first, then amounts, then arrays; no value of the call or the answer is told."""
    call = Call("bic", (-812.503, "gmm", 150), {"offset": 0.2501})
    want = np.float64(1700.12345)

    def off(got: float) -> Off:
        return Off(np.float64(got), want, got / float(want), got - float(want))

    assert named(off(2 * 1700.12345), call) == ("twice what is expected", "factor")
    said = "off by a multiple of the logarithm of argument 3" + TERM
    assert named(off(1700.12345 - 4 * math.log(150)), call) == (said, "factor")
    said = "off by twice argument 1" + TERM
    assert named(off(1700.12345 + 2 * 812.503), call) == (said, "factor")
    assert named(off(1700.12345 + 0.2501), call) == ("off by offset" + TERM, "factor")
    assert named(off(1703.23456), call) == ("", "")
    table = Call("f", (X,), {})
    said = "off by a multiple of argument 1" + TERM
    assert named(Off(W + 2 * X, W), table) == (said, "term")
    assert named(Off(W + 2 * X, W), table, "order") == ("", ""), "explained already"


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (9.0, 8.0, "too large by one"),
        (7.0, 8.0, "too small by one"),
        (4.0, 2.0, "twice what is expected"),
        (0.3, 0.1, "three times what is expected"),
        (0.6, 0.9, ""),
        (2.0, 3.0, "too small by one"),
        (9.0, 1.0, ""),
        (1.25, 1.0, ""),
        (0.0, 0.0, ""),
    ],
)
def test_of_simple_numbers_only_facts_are_told(got: float, want: float, words: str) -> None:
    """Nearly everything is a factor of numbers like 2 and 3, 0.6 and 0.9, with five rows."""
    call = Call("f", (np.zeros((9, 3)), np.zeros(5), 1.0, 0.3, 9), {})
    off = Off(np.float64(got), np.float64(want), got / want if want else None, got - want)
    assert named(off, call) == (words, "factor" if words else "")


def test_a_constant_is_told_no_amount() -> None:
    """Whoever returns zeros would learn what is expected from what they are off by."""
    call = Call("f", (np.zeros((4, 3)), 2.5031234), {})
    want = np.full(5, 2.5031234)
    assert named(Off(np.zeros(5), want, 0.0, -2.5031234), call) == ("", "")
    zero = Off(np.float64(0.0), np.float64(math.log(3)), 0.0, -math.log(3))
    assert named(zero, call) == ("", "")


def test_of_equal_lengths_all_are_told() -> None:
    """Whoever reads it knows which one is meant."""
    call = Call("f", (np.zeros((3, 3)), np.zeros(3)), {})
    three = "the number of rows of argument 1 or the number of columns of argument 1"
    assert dict(call.lengths)[3] == f"{three} or the number of entries of argument 2"
