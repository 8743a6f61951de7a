"""The points that people gave, from the sheet into the results of a class.

Everything that is wrong in a sheet is listed at once, and then nothing is written. What a row says
replaces what was merged before for that answer; answers that the sheet does not have stay as they
are. So merging twice is merging once, and several people can merge a part of the class each.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import report, sheet
from autograder.model import Assignment, Marked, Question, RubricItem, Waiting, from_plain
from autograder.visible import plural

RESULTS, PAGE, GRADEBOOK = "results.json", "report.html", "gradebook.csv"
COLUMNS = ("submission", "total", "max")
"""Columns of the gradebook that have to be there."""
_BETWEEN = re.compile(r"[\s,;+]+")


class MergeError(ValueError):
    """A sheet or the results do not fit; the text lists everything that is wrong."""


@dataclass(frozen=True)
class Merged:
    """What a merge comes to."""

    files: Mapping[Path, str]
    """What is to be written, by its path below the folder of the results."""
    graded: int
    """Answers that have points in the sheet."""
    waiting: tuple[str, ...]
    """Answers that have none yet, one sentence for every question."""
    without_place: tuple[str, ...]
    """Students whose report.html has no place for written questions."""


def merge(assignment: Assignment, sheet_path: Path, results: Path) -> Merged:
    """What the results in ``results`` become with the sheet; nothing is written.

    Raises MergeError that lists everything that is wrong with its line, and SheetError.
    """
    students = _students(results)
    rows = sheet.read(sheet_path)
    marks, wrong = _marks(assignment, rows, sorted(students))
    wrong = [f"{sheet_path.name} {sentence}" for sentence in wrong]
    questions = {q.key: q for q in assignment.questions if q.written}
    files: dict[Path, str] = {}
    final: dict[str, dict[str, Marked | None]] = {}
    without_place = []
    for name, path in students.items():
        own = {key: mark for (whose, key), mark in marks.items() if whose == name}
        try:
            made = json.loads(path.read_text(encoding="utf-8"))
            final[name] = _into_results(made, own, questions)
            text = json.dumps(made, allow_nan=False, indent=2) + "\n"
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            wrong.append(f"{name}/{RESULTS} does not fit ({error}); run grade-all again")
            continue
        files[Path(name) / RESULTS] = text
        page = path.with_name(PAGE)
        if page.is_file():
            filled = report.with_written(
                page.read_text(encoding="utf-8"),
                [m for m in final[name].values() if m],
                [Waiting(k, questions[k].title, questions[k].points)
                 for k, m in final[name].items() if m is None],
            )  # fmt: skip
            if filled is None:
                without_place.append(name)
            else:
                files[Path(name) / PAGE] = filled
    if (results / GRADEBOOK).is_file() and not wrong:
        try:
            files[Path(GRADEBOOK)] = _into_gradebook(results / GRADEBOOK, final, questions)
        except (ValueError, KeyError) as error:
            wrong.append(f"{GRADEBOOK} does not fit ({error}); run grade-all again")
    if wrong:
        number = "one thing is" if len(wrong) == 1 else f"{len(wrong)} things are"
        raise MergeError("\n  ".join([f"{number} wrong; nothing was changed", *wrong]))
    waiting = _waiting(final, questions)
    return Merged(files, sum(m is not None for m in marks.values()), waiting, tuple(without_place))


def write(merged: Merged, out: Path) -> None:
    """Write every file below ``out``: all under temporary names first, then all renamed."""
    temporary: dict[Path, Path] = {}
    ending = f".{secrets.token_hex(4)}.tmp"
    try:
        for name, text in merged.files.items():
            place = out / name
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary[place] = place.with_name(f".{place.name}{ending}")
            temporary[place].write_bytes(text.encode("utf-8", "replace"))
        for place, made in temporary.items():
            os.replace(made, place)
    finally:
        for made in temporary.values():
            made.unlink(missing_ok=True)


def _students(results: Path) -> dict[str, Path]:
    """Every student's results.json, by name."""
    if not results.is_dir():
        raise MergeError(f"{results}: no such folder; name the one that grade-all wrote with --out")
    found = {
        path.name: path / RESULTS
        for path in sorted(results.iterdir())
        if not path.name.startswith(".") and (path / RESULTS).is_file()
    }
    if not found:
        raise MergeError(
            f"{results}: no <submission>/{RESULTS} here; name the folder that grade-all wrote"
        )
    return found


# --- the sheet ----------------------------------------------------------------------------------

Marks = dict[tuple[str, str], Marked | None]


def _marks(
    assignment: Assignment, rows: Iterable[sheet.Row], names: Sequence[str]
) -> tuple[Marks, list[str]]:
    """What the rows say of each student and question, None: not graded; and what is wrong."""
    questions = {q.key: q for q in assignment.questions if q.written}
    by_code: dict[str, list[str]] = {}
    for name in names:
        by_code.setdefault(sheet.code_of(assignment.name, name), []).append(name)
    by_name: dict[str, list[str]] = {}
    for name in names:
        by_name.setdefault(_bare(sheet.plain_cell(name)), []).append(name)
    marks: Marks = {}
    wrong: list[str] = []
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        complaints: list[str] = []
        whose = _whose(row, by_code, by_name, complaints)
        question = questions.get(row.question)
        if question is None:
            there = ", ".join(questions)
            complaints.append(
                f"{row.question!r} is no written question of {assignment.name} ({there})"
            )
        mark = _mark(row, question, complaints) if question else None
        if whose is not None and question is not None:
            first = lines.setdefault((whose, question.key), row.line)
            if first != row.line:
                complaints.append(
                    f"{whose} has a row for question {question.key} in line {first} already; "
                    "delete one"
                )
            marks[whose, question.key] = mark
        wrong += [f"line {row.line}: {complaint}" for complaint in complaints]
    return marks, wrong


def _whose(
    row: sheet.Row,
    by_code: Mapping[str, list[str]],
    by_name: Mapping[str, list[str]],
    complaints: list[str],
) -> str | None:
    found = by_code.get(row.code.casefold(), [])
    named = by_name.get(_bare(row.student), [])
    if not row.code and row.student:
        found = named
    if len(found) == 1:
        if row.student and found != named:
            complaints.append(f"code {row.code} is that of {found[0]}, not of {row.student}")
            return None
        return found[0]
    whose = row.code or row.student or "(no code)"
    if found:
        complaints.append(f"{whose} may be {' or '.join(found)}; rename one of the folders")
    else:
        complaints.append(f"no results for the student {whose}; see the codes in the first sheet")
    return None


def _bare(cell: str) -> str:
    """A name without the apostrophe that a spreadsheet may keep or drop."""
    return unicodedata.normalize("NFC", cell).lstrip("'")


def _mark(row: sheet.Row, question: Question, complaints: list[str]) -> Marked | None:
    items = _items(row, question, complaints)
    come_to = round(min(max(sum(i.points for i in items), 0.0), question.points), 6)
    score: float | None = come_to
    if row.points:
        score = _number(row.points)
        if score is None:
            complaints.append(f"points {row.points!r} is not a number")
        elif not 0 <= score <= question.points:
            most = f"{question.points:g}"
            complaints.append(f"points {row.points} is not between 0 and {most}, the question's")
    elif row.comment and not row.items:
        complaints.append("a comment without points or items; write 0 where it has none")
    if row.empty or score is None:
        return None
    return Marked(
        question=question.key,
        title=question.title,
        score=score,
        max_score=question.points,
        items=items,
        adjusted=round(score - come_to, 6) if items else 0.0,
        comment=row.comment,
        bonus=question.bonus,
    )


def _items(row: sheet.Row, question: Question, complaints: list[str]) -> tuple[RubricItem, ...]:
    rubric = {item.key.casefold(): item for item in question.rubric}
    taken: dict[str, RubricItem] = {}
    for key in (word for word in _BETWEEN.split(row.items) if word):
        if key.casefold() not in rubric:
            there = ", ".join(item.key for item in question.rubric) or "it has none"
            complaints.append(f"{key!r} is no item of question {question.key}'s rubric ({there})")
        elif key.casefold() in taken:
            complaints.append(f"item {key} stands twice")
        else:
            taken[key.casefold()] = rubric[key.casefold()]
    return tuple(item for key, item in rubric.items() if key in taken)


def _number(text: str) -> float | None:
    """A number as people write it; 2,5 is 2.5."""
    if re.fullmatch(r"[-+]?(\d{1,9}([.,]\d{0,9})?|[.,]\d{1,9})", text) is None:
        return None
    number = float(text.replace(",", "."))
    return round(number, 6) + 0.0 if math.isfinite(number) else None


# --- the results --------------------------------------------------------------------------------


def _into_results(
    made: dict[str, Any], own: Mapping[str, Marked | None], questions: Mapping[str, Question]
) -> dict[str, Marked | None]:
    """Change ``made``, the content of a results.json; what each of its questions has now."""
    extra = made["extra_data"]
    code = [test for test in made["tests"] if "written" not in test["extra_data"]]
    before = [test for test in made["tests"] if "written" in test["extra_data"]]
    known: dict[str, Marked | None] = {w["question"]: None for w in extra["waiting"]}
    for test in before:
        known[test["extra_data"]["question"]] = from_plain(Marked, test["extra_data"]["written"])
    strange = [key for key in (*known, *own) if key not in questions or key not in known]
    if strange:
        raise ValueError(f"its written questions are others than the config's: {strange[0]}")
    now = {key: own.get(key, known[key]) for key in questions if key in known}
    waiting = [Waiting(k, questions[k].title, questions[k].points) for k in now if now[k] is None]
    marked = [mark for mark in now.values() if mark is not None]
    # Of the total only our part is changed: the rest may have been charged for lateness.
    rest = made["score"] - sum(test["score"] for test in before)
    made["score"] = round(rest + sum(mark.score for mark in marked), 6)
    made["tests"] = [*code, *map(report.written_test, marked)]
    lines = {report.waiting_line(Waiting(k, questions[k].title, questions[k].points)) for k in now}
    top = [line for line in made["output"].split("\n") if line not in lines]
    made["output"] = "\n".join(line for line in [*top, *map(report.waiting_line, waiting)] if line)
    extra["waiting"] = [
        {"question": w.question, "title": w.title, "points": w.points} for w in waiting
    ]
    return now


def _into_gradebook(
    path: Path,
    final: Mapping[str, Mapping[str, Marked | None]],
    questions: Mapping[str, Question],
) -> str:
    """The gradebook with a column for every written question, after those of the others."""
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    head = table[0] if table else []
    lacking = [column for column in COLUMNS if head.count(column) != 1]
    if lacking:
        raise ValueError(f"it has no single column {', '.join(lacking)}")
    names = {sheet.plain_cell(name): name for name in final}
    old = {key: head.index(f"question {key}") for key in questions if f"question {key}" in head}
    kept = [n for n in range(len(head)) if n not in old.values()]
    last = max((i for i, n in enumerate(kept) if head[n].startswith("question ")), default=-1)
    place = last + 1 if last >= 0 else next(
        (i for i, n in enumerate(kept) if head[n].startswith("points ")), len(kept)
    )  # fmt: skip
    made = [[*(head[n] for n in kept)]]
    made[0][place:place] = [f"question {key}" for key in questions]
    for row in table[1:]:
        cells = dict(zip(head, row, strict=True))
        given: dict[str, Marked] = {}
        if cells["submission"]:
            if cells["submission"] not in names:
                raise ValueError(f"{cells['submission']!r} has no {RESULTS}")
            marks = final[names[cells["submission"]]]
            given = {key: mark for key, mark in marks.items() if mark is not None}
            counted = {key: float(row[n]) for key, n in old.items() if row[n]}
            change = sum(mark.score for mark in given.values()) - sum(counted.values())
            full = sum(mark.max_score for mark in given.values() if not mark.bonus)
            full -= sum(questions[key].points for key in counted if not questions[key].bonus)
            # A total that waits for a withheld case stays blank; lateness is not charged anew.
            for column, more in (("total", change), ("score", change), ("max", full)):
                if cells.get(column):
                    cells[column] = str(round(float(cells[column]) + more, 6))
        line = [cells[head[n]] for n in kept]
        line[place:place] = [str(given[key].score) if key in given else "" for key in questions]
        made.append(line)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(made)
    return text.getvalue()


def _waiting(
    final: Mapping[str, Mapping[str, Marked | None]], questions: Mapping[str, Question]
) -> tuple[str, ...]:
    def sentences() -> Iterator[str]:
        for key in questions:
            names = [name for name, marks in final.items() if key in marks and marks[key] is None]
            if names:
                some = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
                yield f"question {key} waits for {plural(len(names), 'student')}: {some}"

    return tuple(sentences())
