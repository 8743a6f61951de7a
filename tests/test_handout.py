"""The handout's folder: what is in it, how it is put in place, whether it is fresh."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from autograder import handout
from autograder.handout import HandoutError, build, fresh
from autograder.model import Assignment, Case, Question, Visibility, from_plain

ENGINE = Path(handout.__file__).parent


TOY = Assignment(
    name="toy",
    title="Toy",
    files=("toy.py",),
    given=("helpers.py",),
    data=("numbers.txt",),
    allowed_imports=("numpy", "matplotlib.pyplot", "sklearn", "rarely"),
    questions=(
        Question(
            "1",
            "Mean",
            3.0,
            ("mean",),
            (
                Case("mean_example", 1.0, Visibility.AFTER_PUBLISHED),
                Case("mean_of_many", 2.0, Visibility.VISIBLE),
            ),
        ),
        Question("2", "Why", 1.0, written=True),
    ),
)

FILES = {
    "solutions/toy/README.md": "# Toy\n",
    "solutions/toy/toy.py": '''\
"""Means."""


def mean(x_N):
    """Mean of the numbers."""
    ### BEGIN SOLUTION
    total = sum(x_N)
    return total / len(x_N)
    ### END SOLUTION
''',
    "solutions/toy/helpers.py": "GIVEN = 1\n",
    "solutions/toy/notebook.py": "# %% [markdown]\n# # Toy\n\n# %%\nfrom toy import mean\n",
    "solutions/toy/checks/public/test_public.py": (
        "def test_mean_example(student):\n"
        '    """The mean of 1 and 3 is 2."""\n'
        "    assert student.mean([1, 3]) == 2\n"
    ),
    "solutions/toy/checks/public/__pycache__/test_public.cpython-310.pyc": "bytecode",
    "solutions/toy/checks/hidden/test_hidden.py": "def test_mean_of_many(student):\n    pass\n",
    "data/numbers.txt": "1 2 3\n",
    "data/other.txt": "not named\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small course."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_handout_is_whole_and_holds_nothing_else(root: Path) -> None:
    """Statement, stubs, given files, public checks, named data, engine parts, notebook: no more."""
    build(TOY, root, root / "assignments" / "toy")
    files = tree(root / "assignments")
    assert set(files) == {
        f"toy/{name}"
        for name in (
            "README.md",
            "toy.py",
            "helpers.py",
            "toy.ipynb",
            "checks/public/test_public.py",
            "data/numbers.txt",
            *(f"autograder/{module}.py" for module in handout.ENGINE),
            "handout.json",
            "conftest.py",
            "pytest.ini",
            "requirements.txt",
        )
    }
    assert b"total" not in files["toy/toy.py"]
    assert files["toy/helpers.py"] == b"GIVEN = 1\n"
    assert tree(root / "notebooks") == {"toy.ipynb": files["toy/toy.ipynb"]}


def test_the_record_holds_the_cases_whose_check_ships(root: Path) -> None:
    """handout.json names public cases only and counts the others, whatever their visibility."""
    build(TOY, root, root / "assignments" / "toy")
    text = (root / "assignments/toy/handout.json").read_text(encoding="utf-8")
    assert "mean_of_many" not in text
    public = from_plain(Assignment, json.loads(text))
    assert [(case.name, case.visibility) for case in public.cases] == [
        ("mean_example", Visibility.VISIBLE)
    ]
    assert public.hidden_cases == 1
    assert [question.points for question in public.questions] == [3.0, 1.0]


def test_requirements_have_minimums_and_no_pins(root: Path) -> None:
    """numpy, pytest and the allowed packages, by the names that pip knows."""
    lines = handout.requirements(TOY).split()
    assert lines == ["matplotlib>=3.7", "numpy>=1.24", "pytest>=7.4", "rarely", "scikit-learn"]


def test_the_same_source_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    """Two builds, in different places, are equal; and the second one replaces the first."""
    build(TOY, root, root / "assignments" / "toy")
    first = tree(root / "assignments") | tree(root / "notebooks")
    build(TOY, root, root / "elsewhere")
    assert tree(root / "elsewhere") == tree(root / "assignments" / "toy")
    build(TOY, root, root / "assignments" / "toy")
    assert tree(root / "assignments") | tree(root / "notebooks") == first
    assert [path.name for path in (root / "assignments").iterdir()] == ["toy"]


def test_a_handout_made_elsewhere_leaves_the_notebooks_alone(root: Path) -> None:
    """Only the course's own handout brings the copy in notebooks/ along."""
    build(TOY, root, root / "elsewhere")
    assert (root / "elsewhere/toy.ipynb").exists()
    assert not (root / "notebooks").exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("solutions/toy/toy.py", "# END SOLUTION\n", "solutions/toy/toy.py:1: END SOLUTION"),
        ("solutions/toy/notebook.py", "x = 1\n", "solutions/toy/notebook.py:1: no cell"),
        ("solutions/toy/README.md", None, "solutions/toy/README.md:1: cannot be read"),
        ("data/numbers.txt", None, "data/numbers.txt:1: cannot be read"),
        ("solutions/toy/checks/public/test_public.py", "def (", "test_public.py:1: not valid"),
    ],
)
def test_a_wrong_source_changes_nothing(
    root: Path, name: str, text: str | None, message: str
) -> None:
    """On an error the handout from before stands untouched, with nothing half-written beside."""
    build(TOY, root, root / "assignments" / "toy")
    before = tree(root / "assignments") | tree(root / "notebooks")
    (root / name).unlink() if text is None else (root / name).write_text(text, encoding="utf-8")
    with pytest.raises(HandoutError) as caught:
        build(TOY, root, root / "assignments" / "toy")
    assert message in str(caught.value)
    assert tree(root / "assignments") | tree(root / "notebooks") == before
    assert [path.name for path in (root / "assignments").iterdir()] == ["toy"]


def test_a_swap_that_fails_puts_the_old_handout_back(root: Path) -> None:
    """If the new folder cannot be moved in place, the one from before is there again."""
    build(TOY, root, root / "assignments" / "toy")
    before = tree(root / "assignments")
    with pytest.raises(OSError, match="absent"):
        handout._swap(root / "absent", root / "assignments" / "toy", root / "old")
    assert tree(root / "assignments") == before


def test_a_source_that_is_not_utf8_is_named_with_its_line(root: Path) -> None:
    """An old encoding is an error with file and line, no traceback."""
    (root / "solutions/toy/toy.py").write_bytes(b"a = 1\nb = '\xe9'\n")
    with pytest.raises(HandoutError, match=r"^solutions/toy/toy\.py:2: not UTF-8"):
        build(TOY, root, root / "assignments" / "toy")


def test_fresh_says_what_is_missing_stray_or_changed(root: Path) -> None:
    """One sentence for each file that differs from what the source makes now; else nothing."""
    build(TOY, root, root / "assignments" / "toy")
    assert fresh(TOY, root) == []
    home = root / "assignments/toy"
    (home / "toy.py").write_bytes((home / "toy.py").read_bytes() + b"\n")
    (home / "handout.json").unlink()
    (home / "checks/public/test_more.py").write_text("")
    (home / "empty").mkdir()
    (root / "notebooks/toy.ipynb").write_text("{}")
    faults = fresh(TOY, root)
    assert [fault.split(" ")[0] for fault in faults] == [
        "assignments/toy/handout.json",
        "assignments/toy/toy.py",
        "notebooks/toy.ipynb",
        "assignments/toy/checks/public/test_more.py",
        "assignments/toy/empty",
    ]
    assert [fault.partition(" ")[2] for fault in faults] == [
        "is missing",
        *["is not what its source makes now"] * 2,
        *["is no part of the handout"] * 2,
    ]
    build(TOY, root, root / "assignments" / "toy")
    assert fresh(TOY, root) == []


def test_fresh_sees_a_changed_source(root: Path) -> None:
    """A new line in the solution's public part makes the handout stale."""
    build(TOY, root, root / "assignments" / "toy")
    path = root / "solutions/toy/toy.py"
    path.write_text(path.read_text() + "\nMORE = 1\n")
    assert [fault.split(" ")[0] for fault in fresh(TOY, root)] == ["assignments/toy/toy.py"]


def test_a_notebook_without_source_goes(root: Path) -> None:
    """An assignment that has no notebook.py any more leaves no notebook behind."""
    build(TOY, root, root / "assignments" / "toy")
    (root / "solutions/toy/notebook.py").unlink()
    stray = [fault.split(" ")[0] for fault in fresh(TOY, root)]
    assert stray == ["assignments/toy/toy.ipynb", "notebooks/toy.ipynb"]
    build(TOY, root, root / "assignments" / "toy")
    assert not (root / "notebooks/toy.ipynb").exists()
    assert fresh(TOY, root) == []


def test_the_engine_parts_import_nothing_that_is_left_behind() -> None:
    """Whatever ``check`` reaches by imports at the top of modules is in ENGINE."""
    seen: set[str] = set()
    todo = ["check", "worker", "zygote", "compare", "__init__", "__main__"]
    while todo:
        module = todo.pop()
        path = ENGINE / f"{module}.py"
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
                _, _, inner = (node.module or "").partition(".")
                todo += [inner] if inner else [alias.name for alias in node.names]
    assert seen <= set(handout.ENGINE)
