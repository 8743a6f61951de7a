"""A class as a table for the terminal and as a page: for staff.

Holds points and verdicts, no texts of cases. It formats and decides no points;
what is shown of a submission is decided by ``visible``.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from autograder.model import SubmissionResult, Verdict
from autograder.report import render
from autograder.terminal import cells
from autograder.visible import (
    ShownCase,
    clean,
    out_of,
    points,
    shown_cases,
    shown_questions,
    tally,
    total,
)

_BINS = 10

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


def class_html(results: Sequence[SubmissionResult], links: Mapping[str, str]) -> str:
    """A whole class on one page, for staff: spread, questions, cases and submissions.

    ``links`` gives for a submission the path of its own page, relative to
    this one; a submission without a path is listed without a link.
    """
    shown = [(r, shown_cases(r, "staff")) for r in results]
    scores = [total(cases) for _, cases in shown]
    max_score = max((out_of(cases) for _, cases in shown), default=0.0)
    return render(
        "class.html",
        title=clean(results[0].title or results[0].assignment) if results else "",
        count=len(shown),
        max_score=max_score,
        scores=scores,
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        bins=_histogram(scores, max_score),
        questions=_question_means(results),
        cases=_case_rates([cases for _, cases in shown]),
        submissions=[
            {
                "name": clean(result.submission),
                # Quoted as a path, so that no name becomes an address of another kind.
                "link": quote(links[result.submission]) if result.submission in links else "",
                "score": score,
                "max_score": out_of(cases),
                "tally": tally(cases),
                "withheld": sum(c.score is None for c in cases),
            }
            for (result, cases), score in zip(shown, scores, strict=True)
        ],
    )


def _histogram(scores: Sequence[float], max_score: float) -> list[dict[str, float]]:
    """Equal bins over 0 … ``max_score``; the last one holds its upper end."""
    if max_score <= 0:
        return []
    counts = Counter(min(int(_BINS * s / max_score), _BINS - 1) for s in scores)
    edges = [max_score * i / _BINS for i in range(_BINS + 1)]
    return [
        {"low": edges[i], "high": edges[i + 1], "count": counts.get(i, 0)} for i in range(_BINS)
    ]


def _question_means(results: Iterable[SubmissionResult]) -> list[dict[str, Any]]:
    """Mean points of each question over the submissions that have it."""
    rows: dict[str, dict[str, Any]] = {}
    for result in results:
        for q in shown_questions(result, "staff"):
            row = rows.setdefault(q.key, {"key": q.key, "title": q.title, "max": 0.0, "got": []})
            row["max"] = max(row["max"], q.max_score)
            row["got"].append(q.score)
    return [row | {"mean": statistics.fmean(row["got"])} for row in rows.values()]


def _case_rates(classes: Iterable[Sequence[ShownCase]]) -> list[dict[str, Any]]:
    """For each case: how many passed, of how many that have a verdict of their own."""
    groups: dict[str, list[ShownCase]] = {}
    for cases in classes:
        for case in cases:
            groups.setdefault(case.case, []).append(case)
    rows = []
    for name, group in groups.items():
        judged = [c for c in group if c.score is not None]
        passed = sum(c.verdict is Verdict.ACCEPTED for c in judged)
        rows.append(
            {
                "case": name,
                "question": group[0].question,
                "function": group[0].function,
                "max": group[0].max_score,
                "passed": passed,
                "judged": len(judged),
                "rate": passed / len(judged) if judged else None,
                "other": [(v, n) for v, n in tally(group) if v is not Verdict.ACCEPTED],
            }
        )
    return rows
