"""An assignment's notebook with the answers in it, executed: for instructors only.

Made from ``solutions/<name>/notebook.py`` and run in a kernel, in a folder that holds the
reference solution, the given files and the data. Two files come of it, whole or not at all:
``<name>_solution.ipynb`` and ``<name>_solution.html``. They must never lie where students get
their files. Runs our own code only; what students hand in is for ``rehearsal``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from autograder import whole
from autograder.model import Assignment
from autograder.notebook import to_notebook

STUDENTS = ("assignments", "notebooks")
"""Folders of the course whose files go to students."""


class SolvedError(ValueError):
    """The notebook cannot be made or does not run; the text is one sentence."""


def build(
    assignment: Assignment,
    root: Path,
    out: Path,
    minutes: float,
    progress: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> list[Path]:
    """Execute the notebook and write it to the folder ``out`` as notebook and page; their paths.

    ``minutes`` is for all cells together. ``progress`` is given the number of code cells and
    returns what is called after each. Raises SolvedError where ``out`` is a folder of the
    students', where there is no notebook or no kernel, and where a cell fails.
    """
    _refuse_students(root, out)
    book = execute(assignment, root, minutes, progress)
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(book)  # type: ignore[no-untyped-call]
    plain: str = nbformat.writes(book)  # type: ignore[no-untyped-call]
    texts = {".ipynb": plain, ".html": str(page)}
    paths = [out / f"{assignment.name}_solution{ending}" for ending in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        whole.write_text(path, text)
    return paths


def execute(
    assignment: Assignment,
    root: Path,
    minutes: float,
    progress: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> Any:
    """The executed notebook, answers included. Raises SolvedError as ``build`` does."""
    solution = root / "solutions" / assignment.name
    source = solution / "notebook.py"
    shown = source.relative_to(root).as_posix()
    if not source.is_file():
        raise SolvedError(f"{shown} is missing: write the notebook as text there.")
    if importlib.util.find_spec("ipykernel") is None:
        raise SolvedError(
            "ipykernel is not installed here: python -m pip install ipykernel, or '.[dev]'."
        )
    text = to_notebook(source.read_text(encoding="utf-8"), shown, answers_too=True)
    book = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder:
        for name in (*assignment.files, *assignment.given):
            if (solution / name).is_file():
                shutil.copyfile(solution / name, Path(folder) / name)
        for name in assignment.data:
            (Path(folder) / "data" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "data" / name, Path(folder) / "data" / name)
        _run(book, folder, shown, minutes, progress)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = _without_progress(cell.outputs)
    return book


def _without_progress(outputs: list[Any]) -> list[Any]:
    """``outputs`` without what progress bars have left, and each run of printed text as one."""
    kept: list[Any] = []
    for output in outputs:
        if output.output_type == "stream":
            last = kept[-1] if kept else None
            text = "" if output.name == "stderr" and "\r" in output.text else output.text
            if last is not None and last.get("name") == output.name:
                last.text += text
            elif text.strip():
                kept.append(output)
        else:
            kept.append(output)
    return kept


def _run(
    book: Any,
    folder: str,
    shown: str,
    minutes: float,
    progress: Callable[[int], Callable[[], None]],
) -> None:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbconvert.preprocessors import ExecutePreprocessor

    code = [index for index, cell in enumerate(book.cells) if cell.cell_type == "code"]
    done = progress(len(code))
    deadline = time.monotonic() + 60 * minutes
    at = {"cell": 0}

    def started(cell: Any, cell_index: int, **_: Any) -> None:
        at["cell"] = cell_index

    runner = ExecutePreprocessor(  # type: ignore[no-untyped-call]
        extra_arguments=["--log-level=ERROR"],
        kernel_name="python3",
        timeout_func=lambda cell: max(1, round(deadline - time.monotonic())),
        on_cell_start=started,
        on_cell_complete=lambda cell, cell_index, **_: done(),
    )
    name = f"{shown}, code cell"
    try:
        with _one_thread():
            runner.preprocess(book, {"metadata": {"path": folder}})
    except CellExecutionError as error:
        number = code.index(at["cell"]) + 1
        said = " ".join(f"{error.ename}: {error.evalue}".split())
        raise SolvedError(f"{name} {number} failed: {said[:300]}.") from None
    except CellTimeoutError:
        number = code.index(at["cell"]) + 1
        raise SolvedError(
            f"{name} {number} was still running after {minutes:g} minutes: allow more with "
            "--minutes, or make it faster."
        ) from None
    except DeadKernelError:
        number = code.index(at["cell"]) + 1
        raise SolvedError(f"{name} {number} brought its Python process down.") from None
    except (NoSuchKernel, RuntimeError) as error:
        raise SolvedError(
            f"{shown}: no kernel started ({error}); try python -m pip install --upgrade ipykernel."
        ) from None


@contextlib.contextmanager
def _one_thread() -> Any:
    """On a busy machine several threads wait for each other."""
    before = os.environ.get("OPENBLAS_NUM_THREADS")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ["OPENBLAS_NUM_THREADS"]


def _refuse_students(root: Path, out: Path) -> None:
    place = out.resolve()
    for name in STUDENTS:
        folder = (root / name).resolve()
        if place == folder or folder in place.parents:
            raise SolvedError(
                f"{out}: students get what lies in {name}/, and this notebook holds the answers; "
                "name another folder."
            )
