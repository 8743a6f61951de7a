"""Growth: exponents from costs at n, 2n and 4n, and what a student is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder import growth
from autograder.growth import MAX_DOUBLINGS, MAX_ROUNDS, MIN_ROUNDS, SIZES, Growing
from autograder.model import Limits, Verdict
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from autograder.session import CallFailed

N = 100
LAW: dict[str, tuple[Callable[[int], float], float]] = {
    "constant": (lambda n: 5.0, 0.0),
    "linear": (lambda n: 3.0 * n, 1.0),
    "square": (lambda n: 0.1 * n**2, 2.0),
    "cube": (lambda n: 0.1 * n**3, 3.0),
}


@pytest.mark.parametrize("law", LAW)
def test_the_exponent_is_the_slope(law: str) -> None:
    """Of a constant 0, of a product with N 1, of the square 2."""
    cost, wanted = LAW[law]
    sizes = [N, 2 * N, 4 * N]
    assert growth.exponent(sizes, [cost(n) for n in sizes]) == pytest.approx(wanted)


class Costs:
    """A cost that is made up, and how often it was asked for, by size."""

    def __init__(self, law: Callable[[int], float | None], noise: tuple[float, ...] = (1.0,)):
        self.law, self.noise = law, noise
        self.asked: list[int] = []

    def __call__(self, side: Any, args: tuple[Any, ...], rng: Any) -> float | None:
        found = self.law(args[0])
        factor = self.noise[len(self.asked) % len(self.noise)]
        self.asked.append(args[0])
        return None if found is None else factor * found


def measured(costs: Costs, limit: float) -> float | None:
    student: Any = SimpleNamespace(f=None)
    growing = Growing("f", lambda n: (n,), N)
    return growth.measure(student, growing, costs, limit, np.random.default_rng(0))


def test_the_sizes_take_turns() -> None:
    """A machine that slows down slows all sizes down."""
    costs = Costs(LAW["linear"][0])
    assert measured(costs, 1.5) == pytest.approx(1)
    assert costs.asked == [N, 2 * N, 4 * N] * MIN_ROUNDS


def test_disturbed_calls_do_not_change_the_exponent() -> None:
    """The least of several rounds counts."""
    costs = Costs(LAW["linear"][0], noise=(1.0, 1.0, 9.0, 1.0, 5.0, 1.0, 1.1, 1.0))
    assert measured(costs, 1.5) == pytest.approx(1, abs=0.05)


def test_of_memory_the_largest_counts() -> None:
    """What an allocator kept from an earlier call hides memory in the later ones."""
    costs = Costs(LAW["square"][0], noise=(1.0, 1.0, 1.0, 0.1, 0.5, 1.0, 0.1, 0.5, 1.0))
    student: Any = SimpleNamespace(f=None)
    growing = Growing("f", lambda n: (n,), N)
    rng = np.random.default_rng(0)
    assert growth.measure(student, growing, costs, 1.5, rng, max) == pytest.approx(2)


def test_near_the_limit_come_more_rounds_and_larger_sizes() -> None:
    """An exponent of 1.4 is on no clear side of 1.5: not over, after all rounds and sizes."""
    costs = Costs(lambda n: n**1.4)
    found = measured(costs, 1.5)
    assert found is not None
    assert growth.is_over(found, 1.5) is None
    assert len(costs.asked) == SIZES * MAX_ROUNDS * (MAX_DOUBLINGS + 1)
    assert max(costs.asked) == N * 4 << MAX_DOUBLINGS


def test_larger_sizes_settle_what_small_ones_hide() -> None:
    """N + N^2 / 150 looks like 1.4 at first and like a square where N is large."""
    costs = Costs(lambda n: n + n**2 / 150)
    found = measured(costs, 1.5)
    assert found is not None
    assert growth.is_over(found, 1.5)
    assert max(costs.asked) > 4 * N


def test_sizes_that_nobody_asked_for_cost_nothing() -> None:
    """Where a larger size than the check's fails, it stays undecided."""

    def law(n: int) -> float:
        if n > 4 * N:
            raise CallFailed(Verdict.MEMORY_LIMIT_EXCEEDED, "too large")
        return float(n**1.6)

    found = measured(Costs(law), 1.5)
    assert found is not None
    assert growth.is_over(found, 1.5) is None
    with pytest.raises(CallFailed, match="too large"):
        measured(Costs(lambda n: law(8 * N)), 1.5)


def test_without_an_account_nothing_is_judged() -> None:
    """A platform that keeps no account of memory gives no exponent."""
    costs = Costs(lambda n: None)
    assert measured(costs, 1.5) is None
    assert costs.asked == [N]


# With real workers

TEXT = """
import numpy as np

def broadcast(X, Y):
    return np.sqrt(((X[:, None] - Y) ** 2).sum(axis=2))

def products(X, Y):
    X = X - 1.0 + 1.0
    square = (X**2).sum(axis=1)[:, None] + (Y**2).sum(axis=1) - 2 * X @ Y.T
    return np.sqrt(np.maximum(square, 0))

def all_pairs(X):
    return float(np.abs(X[:, 0][:, None] - X[:, 0]).mean())

def rows(X):
    return float(np.abs(X - X.mean(axis=0)).mean())

def slow_pairs(X):
    total = 0.0
    for x in X[:, 0]:
        total += float(np.abs(X[:, 0] - x).sum())
    return total

def compare_all(X):
    values = X[:, 0].tolist()
    return sum([1 for a in values for b in values if a < b])

def stops(X):
    raise ValueError("no")

class Model:
    def __init__(self, scale=1.0):
        self.scale = scale
    def pairs(self, X):
        return self.scale * all_pairs(X)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


@pytest.fixture
def student(sandbox: Sandbox, tmp_path: Path) -> Iterator[Submission]:
    (tmp_path / "text.py").write_text(TEXT)
    made = Submission(lambda: sandbox.start(tmp_path, Limits()), "text")
    yield made
    made.end()


def columns(D: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(D)
    return rng.normal(size=(600, D)), rng.normal(size=(500, D))


def table(N: int) -> tuple[Any, ...]:
    return (np.random.default_rng(N).normal(size=(N, 3)),)


def test_an_array_of_all_sizes_is_told_from_one_without_d(student: Submission) -> None:
    """At fixed N and M, memory of N x M x D grows with D and that of N x M does not."""
    why = "an N x M x D array is made; N x M is enough"
    growth.judge(student, Growing("products", columns, 16, "D", why), memory=0.5)
    with pytest.raises(CallFailed) as error:
        growth.judge(student, Growing("broadcast", columns, 16, "D", why), memory=0.5)
    assert error.value.verdict is Verdict.MEMORY_LIMIT_EXCEEDED
    found = error.value.message
    assert found.startswith("broadcast: memory grows ")
    assert found.endswith(f"-fold when D grows 4-fold: {why}. At most 2.0-fold is allowed.")


@pytest.mark.parametrize(("name", "over"), [("rows", False), ("all_pairs", True)])
def test_an_array_of_all_rows_by_all_rows_is_found(
    name: str, over: bool, student: Submission
) -> None:
    """Memory that grows with the square of N is over 1.5, memory that grows with N is not."""
    growing = Growing(name, table, 1000)
    if not over:
        growth.judge(student, growing, memory=1.5)
        return
    with pytest.raises(
        CallFailed, match=r"all_pairs: memory grows 1[0-9]-fold when N grows 4-fold"
    ):
        growth.judge(student, growing, memory=1.5)


def test_time_that_grows_with_the_square_is_found(student: Submission) -> None:
    """One expression over all rows is within 1.5, every pair in a loop is not."""
    growth.judge(student, Growing("rows", table, 100_000), time=1.5)
    with pytest.raises(CallFailed, match=r"compare_all: CPU time grows .*-fold") as error:
        growth.judge(student, Growing("compare_all", table, 400), time=1.5)
    assert error.value.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert "At most 8.0-fold is allowed." in error.value.message


def test_a_method_is_called_on_the_object_that_make_gives(student: Submission) -> None:
    """As with a budget."""
    growing = Growing("Model.pairs", table, 1000, make=lambda side: side.Model(2.0))
    with pytest.raises(CallFailed, match=r"Model\.pairs: memory grows"):
        growth.judge(student, growing, memory=1.5)


def test_a_call_that_fails_says_so(student: Submission) -> None:
    """An exception of the submission is told as such."""
    with pytest.raises(CallFailed, match="ValueError raised"):
        growth.judge(student, Growing("stops", table, 100), time=1.5)
