"""Tolerances are measured between the widest honest and the narrowest wrong answer."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import calibrate, compare, config
from autograder.calibrate import Gauge
from autograder.pool import Condition
from autograder.session import SandboxError
from tests import mini

USUAL = (Condition("usual"), Condition("columns first", columns_first=True))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return mini.write(tmp_path / "course")


def gauges(root: Path) -> dict[str, Gauge]:
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    steps: list[int] = []

    def progress(number: int) -> object:
        steps.append(number)
        return lambda: steps.append(1)

    found = calibrate.calibrate(assignment, root, jobs=1, among=USUAL, progress=progress)  # type: ignore[arg-type]
    assert steps[0] == sum(steps[1:]) == 5  # reference and variant twice, the misconception once
    return {gauge.case: gauge for gauge in found}


def test_a_tolerance_between_honest_and_wrong_has_a_margin(root: Path) -> None:
    """The variant is exact, the misconception is far off."""
    found = gauges(root)
    gauge = found["double_values"]
    assert gauge.honest == 0
    assert gauge.wrong is not None
    assert gauge.wrong > 1e5
    assert (gauge.widest, gauge.narrowest) == ("reference (usual)", "double__squares")
    assert gauge.margin == gauge.wrong
    # Nothing is compared by a tolerance there.
    assert found["total_by_hand"].honest is None
    assert found["total_by_hand"].margin is None
    assert calibrate.faults(list(found.values())) == 0


def test_a_margin_that_is_too_small_is_told(root: Path) -> None:
    """A variant that is off by half of its tolerance, and one that is off by more."""
    variant = root / "solutions" / "mini" / "variants" / "adds.py"
    text = variant.read_text()
    variant.write_text(text.replace("return x + x", "return (x + x) * (1 + 5e-7)"))
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    found = gauges(root)
    gauge = found["double_by_hand"]
    assert gauge.honest == pytest.approx(0.5, rel=0.01)
    assert gauge.widest.startswith("adds (")
    said = calibrate.table(assignment, list(found.values()), USUAL)
    assert "FAIL double_by_hand: its margin is 2, less than 10, to the honest side; widen" in said
    assert said.splitlines()[-1].endswith("to look at")
    variant.write_text(text.replace("return x + x", "return (x + x) * (1 + 5e-5)"))
    found = gauges(root)
    assert found["double_by_hand"].lost == "adds (usual)"
    said = calibrate.table(assignment, list(found.values()), USUAL)
    assert "FAIL double_by_hand: adds (usual) loses it" in said
    assert calibrate.faults(list(found.values())) >= 1


def test_a_mistake_that_is_hardly_seen_is_told() -> None:
    """The wrong answer fails, but by less than ten times the tolerance."""
    assignment = config.assignment(
        config.load(Path(__file__).parent.parent / "grading_config.yaml"), "hw2_clustering"
    )
    gauge = Gauge("a", honest=0.01, widest="reference (usual)", wrong=3.0, narrowest="m")
    assert gauge.margin == 3
    said = calibrate.table(assignment, [gauge], USUAL)
    assert "FAIL a: its margin is 3, less than 10, to the wrong side; narrow its tolerance" in said
    good = Gauge("a", honest=0.01, wrong=30.0)
    last = calibrate.table(assignment, [good], USUAL).splitlines()[-1]
    assert last == "1 of 1 cases compare numbers: every margin is 10 or more"


def test_surroundings_at_hand() -> None:
    """The usual ones first; other interpreters by their version of NumPy."""
    found = list(calibrate.conditions([sys.executable]))
    labels = [condition.label for condition in found]
    assert labels[:3] == ["usual", "2 threads", "columns first"]
    assert labels[-1].startswith(f"NumPy {np.__version__} on Python 3.")
    assert found[-1].python == sys.executable
    assert len({condition.label for condition in found}) == len(found)


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("/nowhere/python", "/nowhere/python cannot be run (No such file or directory)"),
        ("false", "false has no NumPy; give an interpreter that has"),
    ],
)
def test_an_interpreter_that_will_not_do(python: str, said: str) -> None:
    """One sentence with what is wrong."""
    with pytest.raises(SandboxError) as caught:
        list(calibrate.conditions([python]))
    assert str(caught.value) == said


def test_comparisons_are_watched() -> None:
    """The share of the tolerance that was used; infinite where there is no distance."""
    with compare.watched() as found:
        compare.assert_close(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-6]), rtol=0, atol=4e-6)
        compare.assert_close(1.0, 1.0, rtol=0, atol=0)
        with pytest.raises(compare.Mismatch):
            compare.assert_close(1.0, 3.0, rtol=0, atol=0.5)
        compare.assert_probabilities(np.array([0.5, 0.5 + 1e-10]), atol=1e-9)
    assert found == pytest.approx([0.25, 0.0, 4.0, 0.1], rel=1e-5)
    with compare.watched() as found:
        pass
    compare.assert_close(1.0, 1.0, rtol=0, atol=0)
    assert found == []
