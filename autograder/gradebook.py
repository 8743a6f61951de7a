"""The gradebook: a row for every student of a class, for staff and their spreadsheets.

Holds points, verdicts and flags, no texts of cases. It formats and decides no
points. Who handed in nothing has blanks and no zero; a score that is withheld
is blank, and so is a total that would have to be counted without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograder import flags
from autograder.lateness import charges
from autograder.model import Assignment
from autograder.report import rounded
from autograder.roll import Row
from autograder.sheet import plain_cell
from autograder.visible import shown_cases, shown_questions

if TYPE_CHECKING:
    import pandas as pd

WHO = ("id", "name", "email", "section", "submission", "handed in")
SUMS = ("total", "score", "late days", "free days", "late percent", "max")
QUESTION, POINTS, VERDICT = "question ", "points ", "verdict "
"""How the columns of questions and cases begin."""
LAST = ("seconds", "flags")


def gradebook_csv(rows: Sequence[Row], assignment: Assignment) -> str:
    """A line a student, as CSV; the columns are those of ``table``."""
    text: str = table(rows, assignment).to_csv(index=False, lineterminator="\n")
    return text


def table(rows: Sequence[Row], assignment: Assignment) -> pd.DataFrame:
    """A row a student; a cell is text, a number, or None for a blank.

    Columns: who it is (``WHO``); ``total`` after lateness and ``score`` before, ``late days``,
    how many of them were ``free days``, ``late percent``, and ``max``, a bonus not among it
    (``SUMS``); ``question <key>``, ``points <case>`` and ``verdict <case>`` for every one of the
    config and of the results; ``seconds`` of wall time, and ``flags``. What a spreadsheet would
    take for a formula gets an apostrophe in front.
    """
    import pandas as pd

    questions = {QUESTION + q.key: None for q in assignment.questions if q.cases}
    names = {case.name: None for case in assignment.cases}
    made: list[dict[str, object]] = []
    for row, own in zip(rows, flags.told(rows), strict=True):
        cells: dict[str, object] = {**_who(row), **_sums(row, assignment)}
        said = (text for flag, text in own.items() if flag.in_gradebook)
        cells["flags"] = plain_cell("; ".join(said))
        if row.result is not None:
            cells["seconds"] = rounded(row.result.usage.wall_s)
            for question in shown_questions(row.result, "staff"):
                column = QUESTION + question.key
                cells[column] = None if question.withheld else question.score
                questions[column] = None
            for case in shown_cases(row.result, "staff"):
                cells[POINTS + case.case] = case.score
                cells[VERDICT + case.case] = case.verdict.value
                names[case.case] = None
        made.append(cells)
    columns = [*WHO, *SUMS, *questions, *(POINTS + n for n in names), *(VERDICT + n for n in names)]
    # As objects, for pandas would make 2 days late 2.0 where another cell is blank.
    frame: pd.DataFrame = pd.DataFrame(made, columns=[*columns, *LAST], dtype=object)
    return frame


def _who(row: Row) -> dict[str, object]:
    handed, student = row.handed, row.student
    submitted = str(handed.described.get("created_at") or "") if handed else ""
    cells = (
        student.id, student.name, student.email, student.section,
        handed.name if handed else "", submitted,
    )  # fmt: skip
    return {name: plain_cell(cell) for name, cell in zip(WHO, cells, strict=True)}


def _sums(row: Row, assignment: Assignment) -> dict[str, object]:
    if row.result is None:
        return {}
    cells: dict[str, object] = {"total": row.total, "max": row.result.max_score}
    if row.total is not None:
        cells["score"] = row.result.score
    if charges(assignment.late) and row.late.days is not None:
        cells["late days"] = row.late.days
        cells["free days"] = row.late.free
        cells["late percent"] = row.late.percent
    return cells
