"""The leak check: every kind of leak, planted by hand, is found and named."""

from __future__ import annotations

import dataclasses
import json
import py_compile
from pathlib import Path
from typing import Any

import pytest

from autograder.handout import build
from autograder.leaks import leaks
from autograder.model import Assignment, Case, Question

SOLUTION = "squares_N = [(x - middle) ** 2 for x in x_N]"
COMMENT = "the sample variance divides by one less"
HIDDEN = "want = (x_N ** 2).mean() - x_N.mean() ** 2"
MISCONCEPTION = "return sum(abs(x - x_N[0]) for x in x_N)"
VARIANT = "return statistics.pvariance(list(x_N))"

TOY = Assignment(
    name="toy",
    title="Toy homework",
    files=("toy.py",),
    questions=(
        Question(
            "1", "Variance of rows", 2.0, ("variance",),
            (Case("variance_example", 1.0), Case("variance_of_many", 1.0)),
        ),
    ),
)  # fmt: skip

FILES = {
    "solutions/toy/README.md": "# Toy\nCall `student.variance(x_N)`; the answer is 1.2500001.\n",
    "solutions/toy/toy.py": f'''\
"""Variance."""

LIMIT = 1000


def variance(x_N):
    """Variance of the numbers."""
    given = LIMIT * len(x_N)
    ### BEGIN SOLUTION
    middle = sum(x_N)  / len(x_N)
    {SOLUTION}  # {COMMENT}
    given = LIMIT * len(x_N)
    return x
    ### END SOLUTION


scale = 2.5  # SOLUTION
shift_of_the_scale = 12345  # SOLUTION
''',
    "solutions/toy/notebook.py": """\
# %%
from toy import variance

### BEGIN SOLUTION
print(variance([1, 2, 3, 4, 5, 6]))
### END SOLUTION

# %% [markdown] tags=["solution"]
# Model answer: it is about spread.
""",
    "solutions/toy/checks/public/test_toy_public.py": '''\
def test_variance_example(student):
    """The variance of 1 and 3 is 1."""
    want_of_example = student.variance([1, 3])
    assert want_of_example == 1
''',
    "solutions/toy/checks/hidden/test_toy_hidden.py": f'''\
def test_variance_of_many(student, rng):
    """The variance of many numbers is right."""
    x_N = [3.14159265, 1.2500001, 1e6]
    {HIDDEN}
    want_of_example = student.variance([1, 3])
    assert student.variance(x_N) == 7.1234e-3, "the spread is not right"
''',
    "solutions/toy/checks/hidden/expected.npy": "not a text of ours\0",
    "solutions/toy/misconceptions/variance__absolute.py": (
        f'"""You take absolute values instead."""\ndef variance(x_N):\n    {MISCONCEPTION}\n'
    ),
    "solutions/toy/variants/library.py": (
        f"import statistics\n\n\ndef variance(x_N):\n    {VARIANT}\n"
    ),
    "autograder/__init__.py": "",
    "autograder/model.py": f"def f(x_N):\n    {VARIANT}\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small course with its handout built."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build(TOY, tmp_path, tmp_path / "assignments" / "toy")
    return tmp_path


def found(root: Path) -> list[str]:
    """Leaks in the handout and in notebooks/."""
    return leaks(TOY, root, root / "assignments" / "toy")


def test_a_handout_as_built_leaks_nothing(root: Path) -> None:
    """Short lines, lines that stand outside marks as well and the engine's own are no leaks."""
    assert found(root) == []


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        (SOLUTION, "a marked line of solutions/toy/toy.py:11."),
        (f"\t{SOLUTION.replace(' ', '  ')}   ", "a marked line of solutions/toy/toy.py:11."),
        (f"# {SOLUTION}", "a marked line of solutions/toy/toy.py:11."),
        (SOLUTION.replace("for", "\n    for"), "a marked line of solutions/toy/toy.py:11."),
        (f"x = 'a\\n{SOLUTION}\\nb'", "a marked line of solutions/toy/toy.py:11."),
        (f"hint: {COMMENT}.", "a marked line of solutions/toy/toy.py:11."),
        ("shift_of_the_scale = 12345", "a marked line of solutions/toy/toy.py:18."),
        ("print(variance([1,2,3,4,5,6]))", "a marked line of solutions/toy/notebook.py:5."),
        ("Model answer: it is about spread.", "a marked line of solutions/toy/notebook.py:9."),
        (HIDDEN, "a line of a hidden check, solutions/toy/checks/hidden/test_toy_hidden.py:4."),
        ("The variance of many numbers is right.", "a value or text of a hidden check"),
        ("test_variance_of_many", "the name of the hidden case variance_of_many."),
        ('"variance_of_many": 1', "the name of the hidden case variance_of_many."),
        ("[3.141592650]", "a value or text of a hidden check"),
        ("x = .0071234", "a value or text of a hidden check"),
        ("The spread is: the spread is not right!", "a value or text of a hidden check"),
        (MISCONCEPTION, "a line of a misconception, solutions/toy/misconceptions/variance__abs"),
        ("variance__absolute", "the name of a misconception"),
        (VARIANT, "a line of a variant, solutions/toy/variants/library.py:5."),
    ],
)
def test_planted_text_is_found(root: Path, text: str, whose: str) -> None:
    """A leak is named with the line where it stands and the line that it comes from."""
    path = root / "assignments/toy/README.md"
    path.write_text(f"# Toy\n\n{text}\n", encoding="utf-8")
    got = found(root)
    assert got, text
    assert all(leak.startswith("assignments/toy/README.md:") for leak in got)
    assert any(leak.startswith("assignments/toy/README.md:3: " + whose) for leak in got), got


@pytest.mark.parametrize(
    "text",
    [
        "return x",
        "given = LIMIT * len(x_N)",
        "scale = 2.5",
        "for x in range(len(x_N)):",
        "want_of_example = student.variance([1, 3])",
        "1.2500001",
        "1000000",
        "other_" + SOLUTION,
        SOLUTION[:-1] + "_NM]",
    ],
)
def test_what_is_short_or_public_is_no_leak(root: Path, text: str) -> None:
    """Everyday lines, lines outside marks, public values and longer names are not reported."""
    (root / "assignments/toy/README.md").write_text(f"# Toy\n{text}\n", encoding="utf-8")
    assert found(root) == []


def notebook_with(root: Path, change: Any) -> None:
    """Change the notebook as its JSON."""
    path = root / "notebooks/toy.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["a\n", SOLUTION + "\n"]}
RESULT = {
    "output_type": "execute_result",
    "execution_count": 1,
    "metadata": {},
    "data": {"text/plain": "a\n" + SOLUTION},
}


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n["cells"][0]["source"].append("\n" + SOLUTION),
        lambda n: n["cells"][0].update(source="é = 'a'\n" + SOLUTION),
        lambda n: n["cells"][0]["outputs"].append(OUTPUT),
        lambda n: n["cells"][0]["outputs"].append(RESULT),
        lambda n: n["cells"][0]["metadata"].update(note=SOLUTION),
        lambda n: n["metadata"].update({SOLUTION: 1}),
    ],
    ids=["source list", "source text", "stream", "result", "cell metadata", "metadata key"],
)
def test_every_part_of_a_notebook_is_searched(root: Path, change: Any) -> None:
    """Sources, outputs and metadata; the line is that of the .ipynb file."""
    notebook_with(root, change)
    (leak,) = found(root)
    place, _, whose = leak.partition(": ")
    assert whose == "a marked line of solutions/toy/toy.py:11."
    name, _, line = place.partition(":")
    assert name == "notebooks/toy.ipynb"
    text = (root / name).read_text(encoding="utf-8").split("\n")[int(line) - 1]
    assert "middle" in text


def test_a_number_in_a_notebook_is_found(root: Path) -> None:
    """A value in the metadata need not be a text."""
    notebook_with(root, lambda n: n["metadata"].update(want=3.14159265))
    assert "a value or text of a hidden check" in found(root)[0]


def test_a_broken_notebook_is_searched_as_text(root: Path) -> None:
    """JSON that cannot be read hides nothing."""
    (root / "notebooks/toy.ipynb").write_text('{"cells": [\n' + SOLUTION, encoding="utf-8")
    assert found(root) == ["notebooks/toy.ipynb:2: a marked line of solutions/toy/toy.py:11."]


@pytest.mark.parametrize("name", ["checks/__pycache__/x.cpython-311.pyc", "toy.pyc"])
def test_bytecode_is_a_leak(root: Path, name: str) -> None:
    """Bytecode holds all of its source, whatever it was compiled from."""
    target = root / "assignments/toy" / name
    py_compile.compile(str(root / "solutions/toy/toy.py"), cfile=str(target))
    got = found(root)
    assert f"assignments/toy/{name}:1: bytecode, which holds what it was compiled from." in got


def test_an_answer_in_a_binary_file_is_found(root: Path) -> None:
    """A file that is no text is searched for the texts in it."""
    (root / "assignments/toy/x.bin").write_bytes(b"\0\1\2" + SOLUTION.encode() + b"\0\xff")
    assert found(root) == ["assignments/toy/x.bin:1: a marked line of solutions/toy/toy.py:11."]


def test_a_copy_of_a_hidden_data_file_is_found(root: Path) -> None:
    """Files of the hidden folders that are no Python are known by their bytes."""
    data = (root / "solutions/toy/checks/hidden/expected.npy").read_bytes()
    (root / "assignments/toy/data.npy").write_bytes(data)
    (leak,) = found(root)
    assert leak.endswith("the same file as solutions/toy/checks/hidden/expected.npy.")


def test_the_name_of_a_file_is_searched(root: Path) -> None:
    """An empty file called after a misconception tells of it."""
    (root / "assignments/toy/variance__absolute.py").write_text("")
    (leak,) = found(root)
    assert "the name of a misconception" in leak


def test_a_changed_engine_file_is_searched(root: Path) -> None:
    """Only the engine's own bytes are taken for the engine."""
    path = root / "assignments/toy/autograder/model.py"
    path.write_text(path.read_text() + f"# {SOLUTION}\n")
    assert any("toy.py:11" in leak for leak in found(root))


def test_an_answer_in_a_public_source_is_found(root: Path) -> None:
    """A solution line in a public check or in the statement leaks by way of the build."""
    for name in ("checks/public/test_toy_public.py", "README.md"):
        path = root / "solutions/toy" / name
        before = path.read_text(encoding="utf-8")
        path.write_text(before + f"# {SOLUTION}\n", encoding="utf-8")
        build(TOY, root, root / "assignments" / "toy")
        assert [leak.split(":")[0] for leak in found(root)] == [f"assignments/toy/{name}"]
        path.write_text(before, encoding="utf-8")


def test_a_given_file_with_marks_leaks(root: Path) -> None:
    """Given files go out as they are, so marks in one are a mistake that is found."""
    text = f"### BEGIN SOLUTION\n{SOLUTION.replace('middle', 'centre')}\n### END SOLUTION\n"
    (root / "solutions/toy/extra.py").write_text(text, encoding="utf-8")
    given = dataclasses.replace(TOY, given=("extra.py",))
    build(given, root, root / "assignments" / "toy")
    got = leaks(given, root, root / "assignments" / "toy")
    assert got == ["assignments/toy/extra.py:2: a marked line of solutions/toy/extra.py:2."]
