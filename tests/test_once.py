"""What does not depend on the submission is computed once, and anew when its sources change."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import once
from autograder.once import Once


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(once, "_kept", type(once._kept)())
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "a.py").write_text("A = 1\n")
    check = tmp_path / "test_a.py"
    check.write_text("def test_a(): ...\n")
    return check, reference


def asked(made: list[str], name: str, found: Once) -> str:
    def make() -> str:
        made.append(name)
        return name

    return found(make)


def test_a_second_submission_gets_what_the_first_had_computed(files: tuple[Path, Path]) -> None:
    """By the order of the questions within a case, whoever asks."""
    made: list[str] = []
    for _ in range(2):
        one = Once(*files, "case", 7)
        assert [asked(made, "first", one), asked(made, "second", one)] == ["first", "second"]
    assert made == ["first", "second"]


@pytest.mark.parametrize("changed", ["check", "reference", "seed", "case"])
def test_whatever_it_depends_on_makes_it_anew(files: tuple[Path, Path], changed: str) -> None:
    """Another text, another seed or another case."""
    made: list[str] = []
    check, reference = files
    asked(made, "before", Once(check, reference, "case", 7))
    if changed == "check":
        check.write_text("def test_a(): pass\n")
    if changed == "reference":
        (reference / "a.py").write_text("A = 2\n")
    key = ("other" if changed == "case" else "case", 8 if changed == "seed" else 7)
    assert asked(made, "after", Once(check, reference, *key)) == "after"


def test_without_a_reference_there_is_still_a_key(files: tuple[Path, Path]) -> None:
    """As in a handout."""
    made: list[str] = []
    for _ in range(2):
        asked(made, "one", Once(files[0], None, "case", 7))
    assert made == ["one"]


def test_only_so_many_are_kept(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first."""
    monkeypatch.setattr(once, "MOST", 2)
    made: list[str] = []
    for case in ("a", "b", "c", "c", "a"):
        asked(made, case, Once(*files, case))
    assert made == ["a", "b", "c", "a"]


def test_what_failed_is_not_kept(files: tuple[Path, Path]) -> None:
    """The next submission tries again."""
    with pytest.raises(ZeroDivisionError):
        Once(*files, "case")(lambda: 1 // 0)
    assert Once(*files, "case")(lambda: 2) == 2
