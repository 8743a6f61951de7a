"""A notebook that was handed in, run from top to bottom as after "restart and run all".

Its code cells run in order in one worker, shut in as all of a submission is, in a fresh
``__main__``. The worker's folder is a room of its own: the submission, the assignment's data, and
each cell as a text file, whose lines an error can name. A kernel would need a network, which no
worker has; so nothing is drawn, kept or judged here but whether a cell raises.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder import cells
from autograder.entries import SubmissionError, quote
from autograder.model import Assignment, Limits, Verdict
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from autograder.session import CallFailed


class Rehearsal:
    """What a check gets: ``run()``, and what is to be told when all is well."""

    def __init__(
        self,
        assignment: Assignment,
        sandbox: Sandbox,
        submission: Path,
        data: Path,
        on_start: Callable[[Submission], None],
    ) -> None:
        self.note = ""
        self._assignment = assignment
        self._sandbox = sandbox
        self._submission = submission
        self._data = data
        self._on_start = on_start

    def run(self) -> None:
        """Run every code cell. Raises CallFailed at the first one that raises or takes too long.

        Where there is no notebook, or several that might be meant, ``note`` says so.
        """
        paths = _candidates(self._submission, self._assignment)
        if len(paths) != 1:
            self.note = _told(paths, self._assignment)
            return
        try:
            book = cells.read(paths[0].read_bytes(), paths[0].name)
        except SubmissionError as error:
            raise CallFailed(Verdict.RUN_TIME_ERROR, str(error)) from None
        limits = _limits(self._assignment.limits)
        with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
            room = Path(temporary) / "submission"
            self._furnish(room, book)
            worker = Submission(lambda: self._sandbox.start(room, limits), "__main__")
            self._on_start(worker)
            try:
                for cell in book.cells:
                    self._run_cell(worker, cell, _is_colab(book))
            finally:
                # The worker may still look for the room's files.
                worker.end()
        self.note = f"All {len(book.cells)} code cells of {quote(book.name)} ran."

    def _furnish(self, room: Path, book: cells.Notebook) -> None:
        shutil.copytree(self._submission, room)
        for name in self._assignment.data:
            (room / "data" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._data / name, room / "data" / name)
        for cell in book.cells:
            (room / _file(cell)).write_text(cell.text, encoding="utf-8")

    def _run_cell(self, worker: Submission, cell: cells.CodeCell, colab: bool) -> None:
        text = cell.text
        if cell.writes:
            how = "a" if cell.appends else "w"
            text = f"with open({cell.writes!r}, {how!r}, encoding='utf-8') as _file:\n"
            text += f"    _file.write({cell.text!r} + '\\n')\n"
        try:
            worker.run_cell(_file(cell), text, colab=colab)
        except CallFailed as failure:
            raise _named(failure, cell) from None


def _candidates(folder: Path, assignment: Assignment) -> list[Path]:
    """The notebook of the assignment's name, or all there are."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".ipynb" and p.is_file())
    for wanted in (assignment.name, assignment.module):
        named = [path for path in found if path.stem.casefold() == wanted.casefold()]
        if len(named) == 1:
            return named
    return found


def _told(paths: list[Path], assignment: Assignment) -> str:
    if not paths:
        return "No notebook was handed in, so none was run."
    names = ", ".join(quote(path.name) for path in paths[:3]) + (", ..." if paths[3:] else "")
    return (
        f"None of {len(paths)} notebooks ({names}) was run: call one of them "
        f"{assignment.name}.ipynb."
    )


def _limits(limits: Limits) -> Limits:
    """The whole notebook's time instead of one call's, one case's and one process's."""
    seconds = min(limits.notebook_seconds, limits.submission_seconds)
    return replace(limits, call_seconds=seconds, case_seconds=seconds, cpu_seconds=seconds)


def _file(cell: cells.CodeCell) -> str:
    return f"code cell {cell.number}"


def _is_colab(book: cells.Notebook) -> bool:
    """Whether the notebook takes Colab for granted: an import that may fail is tried first."""
    return any(name.startswith("google.colab") for name in _imports(book))


def _imports(book: cells.Notebook) -> Iterator[str]:
    for cell in book.cells:
        for node in cell.tree.body if cell.tree is not None else ():
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _named(failure: CallFailed, cell: cells.CodeCell) -> CallFailed:
    """``failure`` with the cell, and its line where the worker named one that there is."""
    here = re.escape(_file(cell))
    found = re.search(rf"^  {here} line (\d+)[:,]", failure.detail, re.MULTILINE)
    line = int(found[1]) if found and len(found[1]) < 9 else 0
    where = f" (line {line})" if 1 <= line <= cell.text.count("\n") + 1 else ""
    message = re.sub(rf" at {here} line \d+", "", failure.message)
    message = re.sub(r"the limit of one (call|case)", "the limit of the whole notebook", message)
    return CallFailed(
        failure.verdict,
        f"Code cell {cell.number}{where}: {message}",
        failure.detail,
        failure.hint,
        failure.said,
    )
