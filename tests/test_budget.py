"""Budgets: which rounds decide, and what a disturbed machine cannot do to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder import budget
from autograder.budget import MAX_ROUNDS, Call, Rounds
from autograder.model import Verdict
from autograder.session import CallFailed

LIMIT = 10.0


def rounds(own: list[float], allowed: list[float], around: float = 0.0) -> Rounds:
    made = Rounds()
    for pair in zip(own, allowed, strict=True):
        made.add(*pair, around)
    return made


@dataclass
class Fake:
    """A worker by what the kernel would say of it: call, and everything around it."""

    seconds: list[float]
    around: list[float] = field(default_factory=lambda: [0.0])
    answer: Any = None
    log: list[str] = field(default_factory=list)
    name: str = ""
    f: Any = None
    calls: int = 0

    def measured(self, path: str, first: Any, args: Any, at: Any) -> tuple[float, float, Any]:
        self.log.append(self.name)
        i, self.calls = self.calls, self.calls + 1
        call = self.seconds[i % len(self.seconds)]
        return call, call + self.around[i % len(self.around)], self.answer


def measured(student: Fake, reference: Fake, limit: float = LIMIT) -> Rounds:
    student.name, reference.name = "student", "reference"
    return budget.measure(student, reference, Call("f", ()), limit)  # type: ignore[arg-type]


def test_a_clear_side_takes_the_fewest_rounds() -> None:
    """Three rounds where a ratio is far within its limit or over it, two where it is very far."""
    for seconds, count, over in ((2.0, 3, False), (20.0, 3, True), (90.0, 2, True)):
        found = measured(Fake([seconds]), Fake([1.0]))
        assert (len(found), found.over(LIMIT)) == (count, over)


def test_what_is_near_the_limit_takes_more_rounds() -> None:
    """Nothing within the margin on either side is decided before the last round."""
    for seconds, over in ((8.0, False), (9.9, False), (10.2, True), (14.0, True)):
        found = measured(Fake([seconds]), Fake([1.0]))
        assert (len(found), found.over(LIMIT)) == (MAX_ROUNDS, over)


def test_doubt_is_decided_for_the_student() -> None:
    """Over are only those whose best times and whose typical round both say so."""
    half = MAX_ROUNDS // 2
    own = [12.0] * (half + 1) + [9.0] * (MAX_ROUNDS - half - 1)
    found = rounds(own, [1.0] * MAX_ROUNDS)
    assert found.typical > LIMIT > found.best
    assert found.over(LIMIT) is False
    lucky = rounds([9.0] * MAX_ROUNDS, [1.0] * (MAX_ROUNDS - 1) + [0.5])
    assert lucky.best > LIMIT > lucky.typical
    assert lucky.over(LIMIT) is False


def test_one_lucky_round_of_the_reference_decides_nothing() -> None:
    """A reference that was fast once does not make an honest answer slow."""
    found = measured(Fake([4.0]), Fake([1.0, 1.0, 0.1, 1.0]))
    assert found.best > LIMIT
    assert found.over(LIMIT) is False


def test_disturbed_rounds_do_not_hide_a_loop() -> None:
    """A reference slowed down twentyfold in most rounds does not make a loop fast."""
    assert measured(Fake([100.0]), Fake([20.0, 1.0, 20.0, 1.0])).over(LIMIT) is True
    assert measured(Fake([30.0]), Fake([20.0, 1.0, 1.0])).over(LIMIT) is True


def test_the_first_call_is_not_typical() -> None:
    """What a first call imports or touches counts only where there is no other round."""
    assert rounds([500.0, 2.0, 2.0], [1.0, 1.0, 1.0]).typical == pytest.approx(2, rel=1e-3)
    assert rounds([500.0], [1.0]).typical > 400
    assert len(measured(Fake([500.0] + [2.0] * 30), Fake([1.0]))) == 3


def test_the_sides_take_turns_in_being_first() -> None:
    """Whoever runs second finds a warmer machine; neither side always does."""
    log: list[str] = []
    measured(Fake([2.0], log=log), Fake([1.0], log=log))
    assert log == ["student", "reference", "reference", "student", "student", "reference"]


def test_a_disturbance_around_the_references_call_is_not_given_to_the_student() -> None:
    """Of what the reference spends around its call the least is taken off, not the largest."""
    found = measured(Fake([30.0]), Fake([1.0], around=[0.0, 500.0, 500.0]))
    assert found.over(LIMIT) is True
    assert found.best == pytest.approx(30, rel=0.01)


def test_work_around_the_call_is_the_students_too() -> None:
    """Time spent on taking arguments in or on showing the result counts."""
    assert measured(Fake([1.0], around=[40.0]), Fake([1.0])).over(LIMIT) is True
    assert measured(Fake([1.0], around=[4.0]), Fake([1.0], around=[4.0])).over(LIMIT) is False


def test_other_answers_are_not_timed() -> None:
    """A fast wrong answer is a wrong answer."""
    right, wrong = ([3], np.zeros(3)), ([3], np.ones(3))
    with pytest.raises(CallFailed, match="only right answers are timed") as error:
        measured(Fake([0.1], answer=wrong), Fake([1.0], answer=right))
    assert error.value.verdict is Verdict.WRONG_ANSWER


@pytest.mark.parametrize(("grown", "fails"), [((100.0, 2.0), True), ((30.0, 2.0), False)])
def test_memory_is_a_ratio_too(grown: tuple[float, float], fails: bool) -> None:
    """A call that takes many times the reference's memory is over; a small one has room."""
    sides = [
        SimpleNamespace(f=None, growth=lambda *_, mb=mb: mb, put=None, drop=None) for mb in grown
    ]
    call = Call("f", ())
    if not fails:
        budget.judge_memory(sides[0], sides[1], call, 4.0)  # type: ignore[arg-type]
        return
    with pytest.raises(CallFailed, match="about 11 times the reference's memory; 4 times") as error:
        budget.judge_memory(sides[0], sides[1], call, 4.0)  # type: ignore[arg-type]
    assert error.value.verdict is Verdict.MEMORY_LIMIT_EXCEEDED


def test_the_verdict_names_ratio_and_limit() -> None:
    """Whoever is over is told by how much, to two digits."""
    sides = Fake([23.456]), Fake([1.0])
    with pytest.raises(CallFailed, match="f takes about 23 times the reference's CPU time; 10"):
        budget.judge(*sides, Call("f", ()), LIMIT)  # type: ignore[arg-type]
    assert budget.judge(Fake([2.0]), Fake([1.0]), Call("f", ()), LIMIT).best < 3  # type: ignore[arg-type]
