"""Survivors: the reference written in another way, and mistakes that the cases miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import config, equivalence, grade, perturb, replay
from autograder.asked import Kept, Step
from autograder.model import Assignment, Tolerance
from autograder.sandbox import Sandbox
from autograder.session import CallFailed
from tests import mini

CALLS = 80
"""Enough for mistakes as plain as these."""

CONFIG = """\
course: A small course
assignments:
  steps:
    title: Steps
    points: 6
    files: [steps.py]
    allowed_imports: [numpy]
    preload: [numpy]
    seed: 7
    questions:
      "1":
        title: Functions
        points: 5
        functions: [above, draw, gain, weights, Counter.add, slow, unused]
        cases:
          above_counts: {points: 1}
          draw_shape: {points: 1}
          gain_values: {points: 1}
          weights_values: {points: 1}
          counter_adds: {points: 1}
      "2":
        title: Time
        points: 1
        functions: [slow]
        cases:
          slow_speed: {points: 1, budget: 10}
"""

REFERENCE = '''\
"""Steps."""

import numpy as np


def above(x, limit):
    return int(np.sum(x > limit))


def draw(n):
    return np.random.normal(size=n)


def gain(x):
    return np.log(x).sum(axis=0)


def weights(x):
    return x / x.sum(axis=1, keepdims=True)


def slow(x):
    return np.cumsum(x)


def unused(x):
    return x + 1


class Counter:
    def __init__(self, step):
        self.step, self.total = step, 0.0

    def add(self, x):
        self.total += self.step * x.sum()
        return self
'''

CHECKS = '''\
"""Checks that are easy to pass."""

import numpy as np


def test_above_counts(student, rng):
    """Counts."""
    student.above(rng.normal(size=12), 0.25)


def test_draw_shape(student, rng):
    """Draws."""
    student.draw(30)


def test_gain_values(student, rng):
    """Gains."""
    kept = student.put(rng.uniform(1.0, 2.0, size=(5, 3)))
    student.gain(kept)
    student.fetch(kept)


def test_weights_values(student, rng):
    """Weights."""
    student.weights(rng.uniform(1.0, 2.0, size=(5, 3)))


def test_counter_adds(student, rng):
    """Adds up."""
    counter = student.Counter(2.0)
    counter.step = 3.0
    for _ in range(3):
        counter.add(rng.normal(size=4))
    counter.total
    counter.add(rng.normal(size=2)).total


def test_slow_speed(student, budget, rng):
    """Time."""
    student.slow(np.zeros(3))
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assignment, grade.Room]:
    root = tmp_path_factory.mktemp("course")
    for name, text in {
        "grading_config.yaml": CONFIG,
        "solutions/steps/steps.py": REFERENCE,
        "solutions/steps/checks/hidden/test_steps_hidden.py": CHECKS,
        "data/nothing": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "steps")
    return assignment, grade.course_room(root, assignment)


@pytest.fixture(scope="module")
def units(course: tuple[Assignment, grade.Room], sandbox: Sandbox) -> list[replay.Unit]:
    return replay.recorded(*course, sandbox)


@pytest.fixture(scope="module")
def judge(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, units: list[replay.Unit]
) -> Iterator[equivalence.Judge]:
    with equivalence.Judge(course[0], sandbox, course[1], units, calls=CALLS) as made:
        yield made


def decided(
    judge: equivalence.Judge, folder: Path, function: str, old: str, new: str
) -> equivalence.Finding:
    """What the reference with ``new`` in place of ``old`` is."""
    assert REFERENCE.count(old) == 1
    (folder / "steps.py").write_text(REFERENCE.replace(old, new), encoding="utf-8")
    return judge.decide(folder, function)


def test_the_calls_of_the_checks_are_recorded(units: list[replay.Unit]) -> None:
    """Every case's calls are kept for every seed, once; those of cases with a budget are not."""
    cases = [unit.case for unit in units]
    assert cases.count("above_counts") == replay.SEEDS
    assert cases.count("draw_shape") == replay.SEEDS
    assert "slow_speed" not in cases


def test_the_calls_of_one_object_stay_together(units: list[replay.Unit]) -> None:
    """What an object was made of and what was set comes before its calls."""
    unit = next(unit for unit in units if unit.case == "counter_adds")
    assert [step.op for step in unit.steps[:3]] == ["call", "set", "call"]
    assert unit.steps[1].args == (3.0,)
    assert unit.called == {"Counter", "add"}


def test_a_kept_argument_comes_with_its_call(units: list[replay.Unit]) -> None:
    """What was put away for a call is put away again, and looked at after it."""
    unit = next(unit for unit in units if unit.case == "gain_values")
    assert [step.op for step in unit.steps] == ["put", "call", "fetch"]
    assert unit.steps[1].args == (Kept(unit.steps[0].made or 0),)


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("gain", "np.log(x).sum(axis=0)", "np.log(x).sum(axis=0) + 0"),
        ("gain", "np.log(x).sum(axis=0)", "np.log(x * x).sum(axis=0) * 0.5"),
        ("above", "np.sum(x > limit)", "np.sum(~(x <= limit))"),
        ("weights", "x / x.sum(axis=1, keepdims=True)", "(x.T / x.sum(axis=1)).T"),
        ("Counter.add", "self.step * x.sum()", "(self.step * x).sum()"),
        ("draw", "np.random.normal(size=n)", "-np.random.normal(size=n)"),
    ],
)
def test_the_same_in_other_words_is_equivalent(
    judge: equivalence.Judge, tmp_path: Path, function: str, old: str, new: str
) -> None:
    """The same answers up to rounding, or of the same law: no case could tell them apart."""
    found = decided(judge, tmp_path, function, old, new)
    assert (found.kind, found.witness) == ("equivalent", None)
    assert found.calls >= equivalence.LEAST_CALLS


@pytest.mark.parametrize(
    ("function", "old", "new", "how"),
    [
        # Only ties and zeros show it.
        ("above", "x > limit", "x >= limit", {"ties", "zeros", "whole numbers", "other settings"}),
        ("above", "x > limit", "x < limit", {"as recorded"}),
        ("gain", "axis=0", "axis=1", {"as recorded"}),
        ("gain", "np.log(x)", "np.log(x, out=x)", {"as recorded"}),
        # Only columns that are not alike, or more rows.
        ("weights", "x.sum(axis=1, keepdims=True)", "x[:, :3].sum(axis=1, keepdims=True)", None),
        ("weights", "x.sum(axis=1, keepdims=True)", "x[:5].sum(axis=1, keepdims=True)", None),
        ("Counter.add", "+= self.step", "= self.step", {"as recorded"}),
        ("draw", "np.random.normal(size=n)", "2 * np.random.normal(size=n)", {"as recorded"}),
        ("draw", "np.random.normal(size=n)", "np.random.normal(size=n - 1)", {"as recorded"}),
    ],
)
def test_a_mistake_is_missed_and_has_a_witness(
    judge: equivalence.Judge,
    tmp_path: Path,
    function: str,
    old: str,
    new: str,
    how: set[str] | None,
) -> None:
    """A mistake is found by a call that tells it from the reference, and the call is told."""
    found = decided(judge, tmp_path, function, old, new)
    assert found.kind == "missed"
    assert found.witness is not None
    assert how is None or found.witness.how in how
    assert found.witness.how in found.witness.sentence


def test_a_witness_says_what_was_called(judge: equivalence.Judge, tmp_path: Path) -> None:
    """Function, shapes, manner and both answers: enough to write the case."""
    found = decided(judge, tmp_path, "gain", "axis=0", "axis=1")
    assert found.witness is not None
    assert found.witness.sentence == (
        "gain(float64 (5, 3)) of gain_values, as recorded: float64 (5,) instead of float64 (3,)"
    )


def test_an_exception_is_another_answer(judge: equivalence.Judge, tmp_path: Path) -> None:
    """Where the reference answers, an exception tells the mutant from it."""
    found = decided(judge, tmp_path, "gain", "axis=0", "axis=7")
    assert found.witness is not None
    assert "instead of an answer" in found.witness.difference


def test_what_the_reference_has_no_answer_to_does_not_count(
    judge: equivalence.Judge, tmp_path: Path
) -> None:
    """The logarithm of a number below zero is NaN; whatever a mutant gives there is as good."""
    guarded = "np.log(np.where(x < 0, 1.0, x)).sum(axis=0)"
    found = decided(judge, tmp_path, "gain", "np.log(x).sum(axis=0)", guarded)
    assert found.kind == "equivalent"


def test_a_change_that_no_call_reaches_is_missed(judge: equivalence.Judge, tmp_path: Path) -> None:
    """Nothing is known of a function that no recorded call reaches."""
    found = decided(judge, tmp_path, "unused", "x + 1", "x - 1")
    assert (found.kind, found.calls, found.witness) == ("missed", 0, None)


def test_the_same_answers_later_are_slower(judge: equivalence.Judge, tmp_path: Path) -> None:
    """What only takes longer is told apart."""
    waste = "np.log(x + 0 * sum(i * i for i in range(400_000))).sum(axis=0)"
    found = decided(judge, tmp_path, "gain", "np.log(x).sum(axis=0)", waste)
    assert found.kind == "slower"


def test_a_finding_is_the_same_every_time(judge: equivalence.Judge, tmp_path: Path) -> None:
    """Nothing depends on the order of survivors or on the clock."""
    first, second = (decided(judge, tmp_path, "above", "x > limit", "x >= limit") for _ in range(2))
    assert first == second


def test_a_reference_is_needed(course: tuple[Assignment, grade.Room], sandbox: Sandbox) -> None:
    """A handout has no reference solution, so nothing is recorded or compared there."""
    room = replace(course[1], reference=None)
    with pytest.raises(ValueError, match="nothing to record"):
        replay.recorded(course[0], room, sandbox)
    with (
        pytest.raises(ValueError, match="nothing to compare with"),
        equivalence.Judge(course[0], sandbox, room, []),
    ):
        pass


def test_the_small_course(tmp_path: Path, sandbox: Sandbox) -> None:
    """From the config to a finding."""
    root = mini.write(tmp_path / "course")
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    room = grade.course_room(root, assignment)
    units = replay.recorded(assignment, room, sandbox, seeds=2)
    # The last case asks what another has asked, with a stand-in.
    assert {unit.case for unit in units} == {c.name for c in assignment.cases[:-1]}
    with equivalence.Judge(assignment, sandbox, room, units) as judge:
        for number, (changed, kind) in enumerate(
            [
                ("np.asarray(x) + np.asarray(x)", "equivalent"),
                ("2 * np.asarray(x) + (np.size(x) > 6)", "missed"),
            ]
        ):
            folder = tmp_path / str(number)
            folder.mkdir()
            text = mini.REFERENCE.replace("2 * np.asarray(x)", changed)
            (folder / "mini.py").write_text(text, encoding="utf-8")
            assert judge.decide(folder, "double").kind == kind


# Recording and repeating -----------------------------------------------------


def step(
    op: str, of: int | str = "m", path: str = "", made: int | None = None, *args: object
) -> Step:
    return Step(op, of, path, tuple(args), {}, made)


def test_what_was_not_kept_takes_its_calls_along() -> None:
    """A call whose arguments were too large to keep is left out, and so is what needs it."""
    steps = [
        step("large", made=1),
        step("call", "m", "f", None, Kept(1)),
        step("large", "m", "g"),
        step("call", "m", "h"),
    ]
    assert [unit.steps[0].path for unit in replay.units("c", steps)] == ["h"]


def test_a_long_life_is_cut() -> None:
    """Later calls of an object are repeated alone, after what was set."""
    steps = [step("call", "m", "A", 1), step("set", 1, "x", None, 3.0)]
    steps += [step("call", 1, f"f{i}") for i in range(replay.LONGEST)]
    found = list(replay.units("c", steps))
    assert [len(unit.steps) for unit in found] == [replay.LONGEST, 3, 3]
    assert [s.path for s in found[-1].steps] == ["A", "x", f"f{replay.LONGEST - 1}"]


def test_a_method_that_returns_its_object() -> None:
    """What is asked of the result of ``fit`` is asked of the object."""
    steps = [step("call", "m", "A", 1), step("call", 1, "fit", 2), step("get", 2, "mu")]
    (unit,) = replay.units("c", steps)
    assert [s.path for s in unit.steps] == ["A", "fit", "mu"]


def test_steps_are_noted_and_repeated(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox
) -> None:
    """What was asked of one worker can be asked of another, whatever became of the values."""
    from autograder.proxy import Submission

    folder = course[1].reference
    assert folder is not None
    first, second = (
        Submission(lambda: sandbox.start(folder, course[0].limits), "steps") for _ in range(2)
    )
    steps = first.note_steps()
    x = np.array([1.0, 2.0])
    counter = first.Counter(2.0)
    counter.add(first.put(x))
    x[:] = 0
    assert counter.total == 6.0
    with pytest.raises(CallFailed):
        first.nothing(1)
    assert [s.op for s in steps] == ["call", "put", "call", "get"]
    made = second.repeat(steps[0], {})
    handles = {steps[0].made or 0: made, steps[1].made or 0: second.repeat(steps[1], {})}
    second.repeat(steps[2], handles)
    assert second.repeat(steps[3], handles) == 6.0
    with pytest.raises(KeyError):
        second.repeat(steps[2], {})
    first.end()
    second.end()


def test_large_values_are_not_noted(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step with more than its share of bytes is noted without its values."""
    from autograder import proxy

    monkeypatch.setattr(proxy, "STEP_BYTES", 100)
    folder = course[1].reference
    assert folder is not None
    worker = proxy.Submission(lambda: sandbox.start(folder, course[0].limits), "steps")
    steps = worker.note_steps()
    worker.above(np.zeros(50), 1.0)
    worker.end()
    assert [(s.op, s.args) for s in steps] == [("large", ())]


# Comparing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (1.0 + 1e-9, 1.0),
        (np.array([1e-12, 1.0]), np.array([0.0, 1.0])),
        ([1, (2.0, None)], [1, (2.0, None)]),
        ({"a": np.inf}, {"a": np.inf}),
        (np.float32(0.1), 0.1),
        ("x", "x"),
        (3, True + 2),
    ],
)
def test_answers_that_agree(got: object, wanted: object) -> None:
    """Rounding, and the width of a number, make no other answer."""
    assert equivalence.difference(got, wanted) == ""


@pytest.mark.parametrize(
    ("got", "wanted", "words"),
    [
        (1.1, 1.0, "1.1 instead of 1"),
        (np.zeros(3), np.zeros((3, 1)), "float64 (3,) instead of float64 (3, 1)"),
        (np.zeros(3), np.zeros(3, dtype=int), "float64 (3,) instead of int64 (3,)"),
        (np.array([0.0, np.nan]), np.zeros(2), "nan instead of 0 at (1,)"),
        (None, 1.0, "NoneType instead of float"),
        ([1], (1,), "(int) instead of (int)"),
        ([1, 2], [1], "(int, int) instead of (int)"),
        ({"a": 1}, {"b": 1}, "dict with other keys"),
        ({"a": 1}, {"a": 2}, "1 instead of 2"),
        ("y", "x", "'y'"),
        (np.array(["a"]), np.array(["b"]), "another answer"),
    ],
)
def test_answers_that_differ(got: object, wanted: object, words: str) -> None:
    """How two answers differ is told in a few words."""
    assert equivalence.difference(got, wanted) == words


def test_rounding_of_the_reference_is_allowed_for() -> None:
    """What the last digits of an argument change is no difference, unless equal numbers count."""
    assert equivalence.difference(1.01, 1.0) != ""
    assert equivalence.difference(1.01, 1.0, 1.001) == ""
    exact = equivalence.Slack(most=1e-6)
    assert equivalence.difference(1.01, 1.0, 1.001, exact) != ""
    assert equivalence.difference(0.01, 0.0, None, equivalence.Slack(Tolerance(0.0, 0.1))) == ""


# Perturbing ------------------------------------------------------------------

SHARES = np.array([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])


@pytest.mark.parametrize("how", perturb.ALL)
def test_what_arrays_obey_is_kept(how: str) -> None:
    """Shares sum to one, deviations stay above zero, ids stay in range, however perturbed."""
    rng = np.random.default_rng(0)
    points, sigma, ids = rng.normal(size=(2, 4)), np.full((3, 4), 2.5), np.array([0, 2])
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    rising = np.array([1.0, 2.0, 2.0, 5.0, 7.0, 9.0, 11.0])
    flags = np.array([True, False])
    recorded = [points, SHARES, np.log(SHARES), sigma, ids, covariance, rising, flags]
    for trial in range(20):
        made = perturb.perturbed(recorded, how, np.random.default_rng(trial), {(int, 3)})
        if made is None:
            continue
        new, shares, logs, deviations, labels, matrix, sorted_, bits = made.arrays
        assert np.allclose(shares.sum(axis=-1), 1.0)
        assert (shares >= 0).all()
        assert np.allclose(np.exp(logs).sum(axis=-1), 1.0)
        assert (deviations > 0).all()
        assert labels.dtype == ids.dtype
        assert set(labels.tolist()) <= {0, 1, 2}
        assert np.allclose(matrix, np.swapaxes(matrix, -1, -2))
        assert (np.diff(sorted_) >= 0).all()
        assert bits.dtype == np.bool_
        assert len(new) == len(shares) == len(logs) == len(labels)


def test_lengths_that_are_shared_stay_shared() -> None:
    """Rows are chosen for all arrays at once, and a number that tells the length goes along."""
    x_ND, ids_N, mu_KD = np.zeros((5, 3)) + np.arange(5)[:, None], np.arange(5), np.ones((2, 3))
    told = 0
    for trial in range(40):
        made = perturb.perturbed([x_ND, ids_N, mu_KD], "fewer rows", np.random.default_rng(trial))
        if made is None:
            continue
        x, ids, mu = made.arrays
        assert (x[:, 0] == ids).all()
        assert x.shape[1] == mu.shape[1]
        told += bool(made.numbers)
    assert told


def test_nested_values_are_exchanged() -> None:
    """Arrays and numbers deep inside of a value are found and put back in their places."""
    value = [{"scores": [1.0, 2.0], "K": 3}, (np.zeros(2), 3, 3.0, True, "x", Kept(3))]
    arrays: dict[tuple[object, ...], perturb.Array] = {}
    numbers: set[perturb.Number] = set()
    perturb.arrays_in(value, arrays)
    perturb.numbers_in(value, numbers)
    assert len(arrays) == 2
    assert numbers == {(int, 3), (float, 3.0)}
    new = {key: array + 1 for key, array in arrays.items()}
    first, second = perturb.exchanged(value, new, {(int, 3): 4})
    assert first == {"scores": [2.0, 3.0], "K": 4}
    assert second[0].tolist() == [1.0, 1.0]
    assert second[1:] == (4, 3.0, True, "x", Kept(3))


def test_a_manner_that_changes_nothing_is_none() -> None:
    """There is no second call with the same arguments."""
    rng = np.random.default_rng(0)
    assert perturb.perturbed([np.array([True, False])], "noise", rng) is None
    assert perturb.perturbed([np.zeros(1)], "fewer rows", rng) is None
    assert perturb.perturbed([np.zeros(1)], perturb.SETTINGS, rng) is None


def test_no_array_becomes_too_large() -> None:
    """Many rows of a square would be very many numbers; of a column they are not."""
    rng = np.random.default_rng(0)
    assert perturb.perturbed([np.eye(30)], "many rows", rng) is None
    made = perturb.perturbed([np.arange(30.0)[:, None]], "many rows", rng)
    assert made is not None
    assert made.arrays[0].shape == (perturb.MANY_ROWS, 1)
