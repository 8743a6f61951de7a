"""The instructor's notebook: every assignment's, executed with its answers; and what stops it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import config, handout, solved
from autograder.notebook import cells, to_notebook
from autograder.solved import SolvedError, build
from tests import mini

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.parent.name for path in ROOT.glob("solutions/*/notebook.py"))
SECONDS = 120
"""What a notebook may take from top to bottom."""

needs_kernel = pytest.mark.skipif(
    importlib.util.find_spec("ipykernel") is None, reason="ipykernel is not installed"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mini.write(tmp_path_factory.mktemp("course"))


def refused(root: Path, out: Path, text: str | None = None, minutes: float = 1.0) -> str:
    """The sentence that says why nothing was made."""
    assignment = config.load(root / "grading_config.yaml").assignments[0]
    source = root / "solutions/mini/notebook.py"
    if text is not None:
        source.write_text(text)
    try:
        with pytest.raises(SolvedError) as caught:
            build(assignment, root, out, minutes)
    finally:
        source.write_text(mini.NOTEBOOK)
    assert not list(out.glob("*")) if out.is_dir() else True
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


# --- every notebook of the course -----------------------------------------------------------


@needs_kernel
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_with_its_answers(name: str, tmp_path: Path) -> None:
    """From top to bottom within two minutes, with its pictures; a notebook and a page come of it.

    (That of hw2 and what it shows is looked at closely in ``test_notebook``.)
    """
    course = config.load(ROOT / "grading_config.yaml")
    started = time.monotonic()
    paths = build(config.assignment(course, name), ROOT, tmp_path, SECONDS / 60)
    assert time.monotonic() - started < SECONDS
    assert [path.name for path in paths] == [f"{name}_solution.ipynb", f"{name}_solution.html"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    book: Any = nbformat.read(paths[0], as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    text = str(code)
    assert "NotImplementedError" not in text.replace("except NotImplementedError", "")
    assert "not written yet: " not in "".join(str(cell.outputs) for cell in code)
    assert "\\r" not in text
    pictures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    page = paths[1].read_text(encoding="utf-8")
    assert page.count("<img ") == len(pictures)


def _answer_cells(name: str) -> list[str]:
    text = (ROOT / "solutions" / name / "notebook.py").read_text(encoding="utf-8")
    return [c.source for c in cells(text, name) if "answer" in c.metadata.get("tags", ())]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_written_question_has_an_answer_cell(name: str) -> None:
    """By its number, in the notebook that students get, and nothing else is an answer."""
    course = config.load(ROOT / "grading_config.yaml")
    written = [q.key for q in config.assignment(course, name).questions if q.written]
    found = _answer_cells(name)
    assert len(found) == len(written)
    for key, source in zip(written, found, strict=True):
        assert re.search(rf"\b{re.escape(key)}\b", source)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_prose_is_the_same_in_every_program(name: str) -> None:
    """A line of a formula that begins like a list is one for programs that read Markdown first."""
    text = (ROOT / "solutions" / name / "notebook.py").read_text(encoding="utf-8")
    for cell in cells(text, "notebook.py"):
        if cell.kind == "markdown":
            lines = cell.source.split("\n")
            for number, line in enumerate(lines):
                before = "\n".join(lines[:number]).split("\n\n")[-1]
                if before.count("$") % 2 or before.count("$$") % 2:
                    assert not re.match(r"\s*([-+*>#]|\d+[.)])\s", line), line


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_students_notebook_has_no_outputs_and_its_own_ids(name: str) -> None:
    """Stripped; and who edits one cell changes that cell's id only."""
    text = (ROOT / "solutions" / name / "notebook.py").read_text(encoding="utf-8")

    def ids(source: str) -> list[str]:
        book: Any = nbformat.reads(to_notebook(source, "n.py"), as_version=4)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        assert all(not c.outputs and c.execution_count is None for c in code)
        return [cell.id for cell in book.cells]

    before, after = ids(text), ids(re.sub(r"^# # ", "# # New: ", text, count=1, flags=re.M))
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    assert len(set(before)) == len(before)


# --- what stops it --------------------------------------------------------------------------


@needs_kernel
def test_answers_and_staff_cells_are_in_it(course: Path, tmp_path: Path) -> None:
    """Nothing is left out, and progress is told cell by cell."""
    marked = "def f():\n    ### BEGIN SOLUTION\n    return 4\n    ### END SOLUTION\n\n\nprint(f())"
    staff = 'import sys\nprint("for staff")\nprint("\\r 9%", file=sys.stderr)\nprint("again")'
    text = f'{mini.NOTEBOOK}\n# %%\n{marked}\n\n# %% tags=["solution"]\n{staff}\n'
    source = course / "solutions/mini/notebook.py"
    source.write_text(text)
    steps: list[int] = []

    def progress(total: int) -> Any:
        steps.append(total)
        return lambda: steps.append(1)

    assignment = config.load(course / "grading_config.yaml").assignments[0]
    paths = build(assignment, course, tmp_path, 1, progress)
    source.write_text(mini.NOTEBOOK)
    book: Any = nbformat.read(paths[0], as_version=4)
    said = [[o.text for o in c.outputs] for c in book.cells if c.cell_type == "code"]
    assert said == [["[2 4]\n"], ["4\n"], ["for staff\nagain\n"]]
    assert steps == [3, 1, 1, 1]


@pytest.mark.parametrize(
    "place", ["assignments", "assignments/mini", "notebooks", "x/../notebooks"]
)
def test_it_never_goes_to_students(course: Path, place: str) -> None:
    """Where students get their files, no answers are written."""
    out = course / place
    assert "students get what lies in" in refused(course, out)


@needs_kernel
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1 / 0", "code cell 2 failed: ZeroDivisionError: division by zero."),
        ("import os\nos._exit(3)", "code cell 2 brought its Python process down."),
    ],
)
def test_a_cell_that_fails_is_named(cell: str, said: str, course: Path, tmp_path: Path) -> None:
    """By its number among the code cells, and nothing is written."""
    text = f"{mini.NOTEBOOK}\n# %%\n{cell}\n"
    assert refused(course, tmp_path, text) == f"solutions/mini/notebook.py, {said}"


@needs_kernel
def test_a_notebook_that_takes_too_long_is_stopped(course: Path, tmp_path: Path) -> None:
    """The limit is for all cells together."""
    text = f"{mini.NOTEBOOK}\n# %%\nimport time\n\ntime.sleep(60)\n"
    assert refused(course, tmp_path, text, minutes=0.1) == (
        "solutions/mini/notebook.py, code cell 2 was still running after 0.1 minutes: allow more "
        "with --minutes, or make it faster."
    )


def test_without_a_kernel_it_says_what_to_install(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ipykernel is for those who develop the course."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        solved.importlib.util, "find_spec", lambda n: None if n == "ipykernel" else found(n)
    )
    assert refused(course, tmp_path) == (
        "ipykernel is not installed here: python -m pip install ipykernel, or '.[dev]'."
    )


@needs_kernel
def test_a_kernel_that_does_not_start_is_told(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence in place of a traceback."""
    from nbconvert.preprocessors import ExecutePreprocessor

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Kernel didn't respond in 60 seconds")

    monkeypatch.setattr(ExecutePreprocessor, "preprocess", fails)
    assert "no kernel started (Kernel didn't respond" in refused(course, tmp_path)


def test_without_a_notebook_there_is_nothing_to_make(course: Path, tmp_path: Path) -> None:
    """The place where it would be written as text is named."""
    source = course / "solutions/mini/notebook.py"
    source.unlink()
    assert refused(course, tmp_path) == (
        "solutions/mini/notebook.py is missing: write the notebook as text there."
    )


@needs_kernel
def test_the_command(course: Path, tmp_path: Path) -> None:
    """Paths are printed; a mistake is one sentence and status 2; all notebooks by default."""
    handout.build(
        config.load(course / "grading_config.yaml").assignments[0],
        course,
        course / "assignments" / "mini",
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder", "notebook", *words]
        return subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)

    done = run("--out", str(tmp_path / "new"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        str(tmp_path / "new" / f"mini_solution.{ending}") for ending in ("ipynb", "html")
    ]
    done = run("mini", "--out", "assignments/mini")
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: assignments/mini: students get")
    assert len(done.stderr.splitlines()) == 1
