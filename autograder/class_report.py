"""A class as a table for the terminal and as a page: for staff.

Holds points, verdicts and the sentences of known mistakes, no values and no staff notes. It formats
and decides no points; what is shown of a submission is decided by ``visible``, what is worth
telling of a class by ``flags``, ``findings`` and ``items``. The page's drawings are SVG made in its
template: they follow the reader's colours, scale and print sharply, which no picture of a library
does.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from autograder import findings, flags, items, leaderboard
from autograder.findings import Graded
from autograder.model import Assignment, SubmissionResult, Verdict
from autograder.report import render, rounded
from autograder.roll import Row
from autograder.terminal import cells
from autograder.visible import (
    clean,
    out_of,
    points,
    shown_cases,
    tally,
    total,
)

_BINS = 20
"""Bars of the histogram at most."""
_LINKED = 40
"""Students that one finding links to at most; the table finds them all."""

_SHORT = {
    Verdict.ACCEPTED: "accepted",
    Verdict.PARTIALLY_ACCEPTED: "partial",
    Verdict.WRONG_ANSWER: "wrong",
    Verdict.RUN_TIME_ERROR: "error",
    Verdict.TIME_LIMIT_EXCEEDED: "time",
    Verdict.MEMORY_LIMIT_EXCEEDED: "memory",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "output",
    Verdict.NOT_IMPLEMENTED: "not impl.",
    Verdict.JUDGE_ERROR: "withheld",
}


def summary_table(results: Iterable[SubmissionResult]) -> str:
    """A row a submission: name, points, and how many cases have each verdict that occurs."""
    rows = [(r, shown_cases(r, "staff")) for r in results]
    counts = [dict(tally(cases)) for _, cases in rows]
    occurring = [v for v in Verdict if any(v in count for count in counts)]
    table = [["submission", "score", "of", *(_SHORT[v] for v in occurring)]]
    for (result, cases), count in zip(rows, counts, strict=True):
        name = " ".join(clean(result.submission).split())
        table.append(
            [
                name if len(name) <= 40 else name[:37] + "...",
                points(total(cases)),
                points(result.max_score),
                *(str(count.get(v, "")) for v in occurring),
            ]
        )
    widths = [max(cells(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        pad = [" " * (width - cells(text)) for text, width in zip(row, widths, strict=True)]
        rest = (space + text for text, space in zip(row[1:], pad[1:], strict=True))
        lines.append("  ".join([row[0] + pad[0], *rest]).rstrip())
    lines.insert(1, "-" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines) + "\n"


def class_html(
    rows: Sequence[Row],
    assignment: Assignment,
    links: Mapping[str, str],
    *,
    similarity_link: str | None = None,
) -> str:
    """A whole class on one page, for staff; it needs nothing else, and no script to be read.

    ``rows`` are those of ``roll.rows``. ``links`` gives for a submission (``Handed.name``) the
    path of its own page, relative to this one; one without a path is listed without a link.
    ``similarity_link`` is the path of the page of similar submissions.

    Totals are students', after lateness; everything about questions and cases is counted once a
    submission, before lateness, and leaves out those that could not be opened.
    """
    graded = findings.graded(rows)
    opened = [one for one in graded if not flags.unopened(one.result)]
    of_row = {id(row): one for one in graded for row in one.rows}
    # Once for all: every finding names people, and a class may have thousands.
    people = {one.name: [_person(row, links) for row in one.rows] for one in graded}
    flagged = [
        (row, [flag for flag in own if flag.on_page])
        for row, own in zip(rows, flags.told(rows), strict=True)
    ]
    totals = [row.total for row in rows if row.total is not None]
    # A grader that counted otherwise is not hidden by what the config says now.
    max_score = max([assignment.max_score, *(out_of(one.cases) for one in graded)])
    known = findings.known_mistakes(opened)
    script = _script()
    return render(
        "class.html",
        title=clean(assignment.title or assignment.name),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        students=len(rows),
        submissions=len(graded),
        max_score=max_score,
        totals=totals,
        figures=_figures(rows, totals, graded),
        promise=flags.strongest(row.result for row in rows),
        histogram=_histogram(totals, max_score),
        sections=_sections(rows),
        attention=[
            {
                "flag": flag,
                "people": _some([_person(row, links) for row, own in flagged if flag in own]),
            }
            for flag in flags.FLAGS
            if any(flag in own for _, own in flagged)
        ],
        faults=[
            {"case": fault.case, "people": _people(fault.who, people)}
            for fault in findings.judge_errors(graded)
        ],
        questions=_questions(opened, assignment),
        cases=_cases(opened, assignment),
        weak=items.WEAK,
        enough=items.ENOUGH,
        mistakes=[_mistake(m, people) for m in known],
        diagnoses=[_mistake(m, people) for m in findings.diagnoses(opened)],
        slowest=[
            {"slow": slow, "people": _people([slow.one], people)}
            for slow in findings.slowest(graded)
        ],
        board=_board(graded, assignment, people),
        similarity=quote(similarity_link) if similarity_link else "",
        table=[_entry(row, of_row.get(id(row)), own, links, max_score) for row, own in flagged],
        has_sections=any(row.student.section for row in rows),
        has_late=any(row.late.days for row in rows),
    )


@functools.cache
def _script() -> str:
    path = Path(__file__).parent / "templates" / "class.js"
    return path.read_text(encoding="utf-8")


def _person(row: Row, links: Mapping[str, str]) -> dict[str, str]:
    student = row.student
    name = row.handed.name if row.handed is not None else ""
    if row.handed is None and row.result is not None:
        name = row.result.submission
    # Quoted as a path, so that no name becomes an address of another kind.
    link = quote(links[name]) if name in links else ""
    return {"name": _line(student.name) or _line(student.id), "id": _line(student.id), "link": link}


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _some(people: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The first of many people, and how many there are in all."""
    return {"count": len(people), "shown": people[:_LINKED]}


def _people(
    who: Iterable[Graded], people: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, Any]:
    return _some([person for one in who for person in people[one.name]])


def _mistake(
    mistake: findings.Mistake, people: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, Any]:
    return {
        "key": mistake.key,
        "words": mistake.words,
        "functions": mistake.functions,
        "count": len(mistake.who),
        "people": _people(mistake.who, people),
    }


def _figures(
    rows: Sequence[Row], totals: Sequence[float], graded: Sequence[Graded]
) -> list[tuple[str, str]]:
    nothing = sum(row.handed is None and row.result is None for row in rows)
    told = [
        ("mean", points(statistics.fmean(totals))),
        ("median", points(statistics.median(totals))),
        ("lowest", points(min(totals))),
        ("highest", points(max(totals))),
    ] if totals else []  # fmt: skip
    told.append(("students", str(len(rows))))
    if len(graded) != len(rows) - nothing:
        told.append(("submissions", str(len(graded))))
    held = sum(any(c.score is None for c in one.cases) for one in graded)
    return told + [
        (words, str(count))
        for words, count in (("handed in nothing", nothing), ("with a withheld score", held))
        if count
    ]


def _histogram(totals: Sequence[float], max_score: float) -> list[dict[str, float]]:
    """Bars of a round width over 0 … the most that there is; the last one holds its upper end."""
    most = max([max_score, *totals], default=0.0)
    if most <= 0 or not totals:
        return []
    steps = (m * 10.0**e for e in range(-3, 12) for m in (1, 2, 5))
    step = next(s for s in steps if most / s <= _BINS)
    n = int(np.ceil(most / step - 1e-9))
    edges = [round(step * i, 9) for i in range(n + 1)]
    counts = [0] * n
    for value in totals:
        counts[min(max(int(value / step + 1e-9), 0), n - 1)] += 1
    return [{"low": edges[i], "high": edges[i + 1], "count": counts[i]} for i in range(n)]


def _sections(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """How each section did; nothing where the roster has none."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_line(row.student.section), []).append(row)
    if not any(groups):
        return []
    made = []
    for name in sorted(groups, key=lambda s: (not s, s.casefold())):
        got = [row.total for row in groups[name] if row.total is not None]
        made.append(
            {
                "name": name,
                "students": len(groups[name]),
                "graded": len(got),
                "mean": statistics.fmean(got) if got else None,
                "median": statistics.median(got) if got else None,
                "low": min(got, default=None),
                "high": max(got, default=None),
            }
        )
    return made


def _questions(opened: Sequence[Graded], assignment: Assignment) -> list[dict[str, Any]]:
    """Mean points and full marks of each question, over the submissions that have it."""
    groups: dict[str, dict[str, Any]] = {
        clean(q.key): {"key": clean(q.key), "title": clean(q.title), "bonus": q.bonus, "max": 0.0}
        for q in assignment.questions
    }
    got: dict[str, list[tuple[float, float, float]]] = {}
    for one in opened:
        sums: dict[str, list[float]] = {}
        for case in one.cases:
            own = sums.setdefault(case.question, [0.0, 0.0, 0.0])
            own[0] += case.score or 0.0
            own[1] += case.max_score
            own[2] += case.max_score if case.score is None else 0.0
        for key, (score, most, held) in sums.items():
            got.setdefault(key, []).append((score, most, held))
    made = []
    for key, of in got.items():
        whole = [(score, most) for score, most, held in of if not held]
        most = max(m for _, m, _ in of)
        if most <= 0:
            continue
        full = sum(score >= m - 1e-6 for score, m in whole)
        made.append(
            groups.get(key, {"key": key, "title": "", "bonus": False})
            | {
                "max": most,
                "mean": statistics.fmean(score for score, _ in whole) if whole else None,
                "full": full,
                "judged": len(whole),
                "rate": full / len(whole) if whole else None,
            }
        )
    return made


def _cases(opened: Sequence[Graded], assignment: Assignment) -> list[dict[str, Any]]:
    """How each case went and what it tells apart, in the config's order."""
    titles: dict[str, tuple[str, str, float]] = {}
    for one in opened:
        for case in one.cases:
            titles.setdefault(case.case, (case.question, case.title, case.max_score))
    order = {clean(case.name): i for i, case in enumerate(assignment.cases)}
    names = sorted(titles, key=lambda name: order.get(name, len(order)))
    column = {name: c for c, name in enumerate(names)}
    share_NC = np.full((len(opened), len(names)), np.nan)
    groups: list[dict[Verdict, int]] = [{} for _ in names]
    for n, one in enumerate(opened):
        for case in one.cases:
            c = column[case.case]
            groups[c][case.verdict] = groups[c].get(case.verdict, 0) + 1
            if case.score is not None and case.max_score > 0:
                share_NC[n, c] = case.score / case.max_score
            elif case.score is not None:
                share_NC[n, c] = float(case.verdict is Verdict.ACCEPTED)
    stats = items.items(share_NC, [titles[name][2] for name in names])
    made = []
    for name, item, counts in zip(names, stats, groups, strict=True):
        question, title, most = titles[name]
        passed = counts.get(Verdict.ACCEPTED, 0)
        made.append(
            {
                "case": name,
                "question": question,
                "title": title,
                "max": most,
                "passed": passed,
                "judged": item.judged,
                "rate": passed / item.judged if item.judged else None,
                "item": item,
                "other": [(v, counts[v]) for v in Verdict if v in counts
                          and v is not Verdict.ACCEPTED],
            }
        )  # fmt: skip
    return made


def _board(
    graded: Sequence[Graded],
    assignment: Assignment,
    people: Mapping[str, Sequence[Mapping[str, str]]],
) -> dict[str, Any] | None:
    board = assignment.leaderboard
    if board is None:
        return None
    of = {one.name: one for one in graded}
    places = leaderboard.ranked(((one.name, one.result) for one in graded), board)
    return {
        "case": board.case,
        "titles": [clean(f.title) for f in board.figures],
        "first": board.figures[0],
        "places": [{"place": p, "people": _people([of[p.who]], people)} for p in places],
        "without": len(graded) - len(places),
    }


def _entry(
    row: Row,
    one: Graded | None,
    own: Sequence[flags.Flag],
    links: Mapping[str, str],
    max_score: float,
) -> dict[str, Any]:
    """One line of the table of students."""
    found = [row.student.email, row.handed.name if row.handed is not None else ""]
    found += dict.fromkeys(c.mistake for c in one.cases if c.mistake) if one is not None else []
    return _person(row, links) | {
        "section": _line(row.student.section),
        "total": row.total,
        "share": min(max((row.total or 0.0) / max_score, 0.0), 1.0) if max_score > 0 else 0.0,
        "late": findings.lateness(row),
        "days": row.late.days or 0,
        "tally": tally(one.cases) if one is not None else [],
        "passed": sum(c.verdict is Verdict.ACCEPTED for c in one.cases) if one else None,
        "cases": len(one.cases) if one is not None else 0,
        "seconds": rounded(one.result.usage.wall_s) if one is not None else None,
        "flags": own,
        "find": " ".join(filter(None, map(_line, found))),
    }
