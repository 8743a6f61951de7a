"""The exam as a page: every candidate and case is on it, and nothing on it can act."""

from __future__ import annotations

import dataclasses
import html as entities
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder import exam_page, report
from autograder.candidates import Candidate
from autograder.equivalence import Finding, Witness
from autograder.exam import Report, Row
from autograder.feedback import DESCRIBED, MISNAMED, NAMED_RIGHTLY, UNTOLD, Feedback
from autograder.model import Assignment, Case, CaseResult, Question, SubmissionResult, Verdict
from autograder.overlay import Overlay

HOSTILE = (
    "</title></style><script>alert(1)</script><img src=//x.example/a.png onerror='b()'> & \x07"
)
KIND_OF_CELL = {"first": "cell-first", "gap": "cell-gap", "held": "cell-held"}

ASSIGNMENT = Assignment(
    "small",
    "Small sums",
    ("small.py",),
    (
        Question(
            "1", "Doubling", 4, ("double",), (Case("doubles", 3), Case("keeps_input", 1))
        ),
        Question("2", "Totals", 6, ("Sums.total", "Sums.mean"), (
            Case("total_by_hand", 5.98), Case("mean_by_hand", 0.02), Case("notebook_runs", 0))),
        Question("3", "Why", 2, written=True),
    ),
)  # fmt: skip


def says(name: str, sentence: str, text: str, loses: str = "") -> Overlay:
    path = Path("solutions/small/misconceptions") / f"{name}.py"
    return Overlay(path, sentence, None, tuple(loses.split()), (), text)


def row(
    kind: str, name: str, lost: str = "", overlay: Overlay | None = None, **changes: object
) -> Row:
    """A candidate that loses the cases in ``lost`` whole; ``held`` are withheld."""
    held = str(changes.pop("held", "")).split()
    cases = []
    for question in ASSIGNMENT.questions:
        for case in question.cases:
            score = None if case.name in held else 0.0 if case.name in lost.split() else case.points
            verdict = Verdict.ACCEPTED if score else Verdict.WRONG_ANSWER
            cases.append(
                CaseResult(case.name, question.key, "", "", verdict, score, case.points)
            )  # fmt: skip
    result = SubmissionResult("small", "Small sums", name, tuple(cases), ASSIGNMENT.questions)
    made = Row(
        Candidate(kind, name, Path(name), f"solutions/small/{name}", overlay),
        result.score,
        tuple(lost.split()),
        result=result,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def exam() -> Report:
    """One of everything that the page can show."""
    everything = " ".join(case.name for case in ASSIGNMENT.cases)
    double = "def double(x):\n    return x\n"
    total = "class Sums:\n    def total(self, x):\n        return 0\n"
    both = f"{total}    def mean(self, x):\n        return 0\n"
    witness = Witness("total_by_hand", "Sums.total(f8[0])", "with no rows", HOSTILE)
    rows = [
        row("reference", "reference"),
        row("handout", "handout", everything),
        row(
            "misconception", "double__squares", "doubles keeps_input",
            says("double__squares", "You square.", double, "doubles"),
            feedback=Feedback(NAMED_RIGHTLY, "double__squares"),
            unknown=Feedback(DESCRIBED, "scaled"),
            unseen=frozenset({"total_by_hand", "mean_by_hand"}),
        ),
        row(
            "misconception", "double__lives", "",
            says("double__lives", "It lives.", double, "doubles"),
            problems=["double__lives.py: survives doubles, which it must lose"],
        ),
        row(
            "misconception", "Sums.total__hostile", "total_by_hand",
            says("Sums.total__hostile", HOSTILE, total, "total_by_hand"),
            feedback=Feedback(MISNAMED, HOSTILE), unknown=Feedback(UNTOLD), held="doubles",
        ),
        row(
            "misconception", "Sums__both", "mean_by_hand",
            says("Sums__both", "Both are wrong.", both, "mean_by_hand"),
            feedback=Feedback(UNTOLD), unknown=Feedback(UNTOLD),
        ),
        row("misconception", "Sums.mean__broken", overlay=says("x", "Gone.", both),
            problems=["Sums.mean__broken.py: could not be graded: it is gone"],
            result=None, score=None),
        row("variant", "adds", overlay=says("adds", "x + x in place of 2 x.", double)),
        row("odd", "none", everything),
        row("odd", "empty_list", everything),
        row("mutant", "double__axis", "doubles", says("m", "line 4: `2` became `3`", double),
            feedback=Feedback(DESCRIBED, "scaled")),
        row("mutant", "total__same", overlay=says("m", "line 5: `1` became `1.0`", total),
            finding=Finding("equivalent", 60)),
        row("mutant", "total__late", overlay=says("m", "line 6: a loop", total),
            finding=Finding("slower", 24)),
        row("mutant", "total__seen", overlay=says("m", "line 7: `<` became `<=`", total),
            finding=Finding("missed", 3, witness)),
        row("mutant", "mean__never", overlay=says("m", "line 9: `+` became `-`", total),
            finding=Finding("missed", 0)),
    ]  # fmt: skip
    return Report(ASSIGNMENT, rows, ["grading_config.yaml: a fact that is wrong"], seconds=134.4)


def right(*rows: Row) -> Report:
    """An exam in which nothing is wrong."""
    whole = [row("reference", "reference"), row("handout", "handout")]
    return Report(ASSIGNMENT, [*whole, *rows], [], seconds=48.0)


@pytest.fixture(autouse=True)
def _same_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "__version__", "0.0.0")


class Outline(HTMLParser):
    """Elements and attributes of a page, and the text of each table row."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.rows: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "tr" in self.open:
            self.rows[-1] += f" {data}"


def drawn(page: str, case: str) -> str:
    """The drawing of one case in the matrix."""
    (found,) = re.findall(
        rf'<tr><th scope="row" class="row[^"]*" title="{case}">.*?</tr>', page, re.S
    )
    return str(found)


def test_whole_page(golden) -> None:  # type: ignore[no-untyped-def]
    """A page is what its golden file holds."""
    golden("exam.html", exam_page.html(exam()))


def test_every_case_and_candidate_is_on_it() -> None:
    """By name, in the row of a table; odd answers in one line."""
    found = exam()
    page = exam_page.html(found)
    outline = Outline(page)
    assert outline.open == []
    for name in [c.name for c in ASSIGNMENT.cases] + [
        r.candidate.name for r in found.rows if r.candidate.kind != "odd"
    ]:
        assert any(f" {name} " in f"{text} " for text in outline.rows), name
    assert "2 odd answers (empty list, none): no check choked, and none kept a point" in page
    for problem in found.problems:
        assert entities.escape(problem, quote=False) in page


def test_what_is_wrong_stands_before_everything_else() -> None:
    """The verdict in one sentence, then the problems."""
    page = exam_page.html(exam())
    assert (
        "The grader is not right: 4 things that had to hold do not (15 candidates, in 2 min 14 s "
        "of wall time)." in page
    )
    headings = re.findall(r"<h2[^>]*>([^<]*)<", page)
    assert headings == [
        "What is wrong", "Summary", "Cases by misconceptions", "Cases", "Misconceptions",
        "Mutants", "Reference, handout and variants", "Odd answers",
    ]  # fmt: skip


def test_the_verdict_of_a_right_grader_and_of_a_part() -> None:
    """Part of an exam proves nothing of the whole; one problem is not several."""
    whole = exam_page.html(right())
    assert "The grader is right: everything that had to hold does (2 candidates, in 48 s" in whole
    assert "What is wrong" not in whole
    part = Report(ASSIGNMENT, [row("variant", "adds")], [], seconds=0.2)
    page = exam_page.html(part)
    assert "Nothing is wrong in the part of the exam that was run (1 candidate, in 0 s" in page
    assert '<h2 id="matrix">' not in page
    one = dataclasses.replace(part, facts=["a stale handout"])
    assert "1 thing that had to hold does not" in exam_page.html(one)


def test_a_cell_is_what_became_of_the_case() -> None:
    """Killed first, killed, survived, must be lost, withheld; what was not run is not drawn."""
    page = exam_page.html(exam())
    first = drawn(page, "doubles")
    assert '<use href="#cell-first" x="15"><title>double__squares</title>' not in first
    assert re.search(r'#cell-first" x="\d+"><title>double__squares<', first)
    assert re.search(r'#cell-gap" x="\d+"><title>double__lives<', first)
    assert re.search(r'#cell-held" x="\d+"><title>Sums\.total__hostile<', first)
    assert re.search(r'class="s" x="\d+"><title>Sums__both<', first)
    assert "mean__broken" not in first
    assert (
        "doubles. Lost first by: double__squares. Must be lost by, but is not: double__lives. "
        "Withheld for: Sums.total__hostile. Survived by: 1. Not graded: 1." in first
    )
    also = drawn(page, "keeps_input")
    assert re.search(r'class="k" x="[\d.]+"><title>double__squares<', also)
    blank = drawn(page, "mean_by_hand")
    assert "<title>double__squares<" not in blank
    assert "Not run, because it cannot see the change: 1." in blank
    assert 'title="notebook_runs"' not in page


def test_totals_of_rows_and_columns() -> None:
    """Kills of a case beside its name, cases lost above a misconception's column."""
    page = exam_page.html(exam())
    assert "<code>doubles</code><span>1</span>" in page
    assert 'class="row idle" title="mean_by_hand"' not in page
    columns = re.findall(r'<text class="sum"[^>]*>(\d+)<', page)
    # double: lives, squares; Sums.total: hostile; Sums (both methods): broken, both
    assert columns == ["0", "2", "1", "0", "1"]


def test_columns_stand_by_function_in_the_order_of_grading() -> None:
    """A mistake in several methods is about their class."""
    page = exam_page.html(exam())
    assert re.findall(r'<text class="function"[^>]*>([^<]*)<', page) == [
        "double", "Sums.total", "Sums"
    ]  # fmt: skip
    shorts = re.findall(r'rotate\(-90\)">([^<]*)<title>', page)
    assert shorts == ["lives", "squares", "hostile", "Sums.mean  broken", "both"]


def test_hostile_text_is_shown_and_does_nothing() -> None:
    """Whatever a sentence or a mutant's answer says, it is text."""
    outline = Outline(exam_page.html(exam()))
    tags = {tag for tag, _ in outline.elements}
    assert not tags & {"script", "img", "iframe", "link", "object", "embed", "form", "base"}
    assert not [name for _, attrs in outline.elements for name in attrs if name.startswith("on")]
    assert "alert(1)" in " ".join(outline.rows)
    assert "\x07" not in exam_page.html(exam())


def test_the_page_asks_for_nothing() -> None:
    """No address but places within the page, and the browser is told to refuse any other."""
    page = exam_page.html(right(row("variant", "adds")))
    outline = Outline(page)
    for _, attrs in outline.elements:
        for key in ("src", "href", "data", "action", "srcset", "xlink:href"):
            assert (attrs.get(key) or "#").startswith("#")
    assert not re.search(r"@import|//\w|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_every_place_that_is_pointed_to_is_there() -> None:
    """Symbols and labels by id, each once."""
    outline = Outline(exam_page.html(exam()))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    pointed = {(a.get("href") or "#")[1:] for _, a in outline.elements} - {""}
    pointed |= {a["aria-labelledby"] or "" for _, a in outline.elements if "aria-labelledby" in a}
    assert pointed <= set(ids)
    assert set(KIND_OF_CELL.values()) <= pointed


def test_tables_have_headers_and_drawings_have_words() -> None:
    """Each table has column headers, each drawing a name or is hidden from those who listen."""
    page = exam_page.html(exam())
    for table in re.findall(r"<table.*?</table>", page, re.S):
        assert '<th scope="col"' in table
        assert '<th scope="row"' in table
    for drawing in re.findall(r"<svg[^>]*>\s*(?:<title>[^<]+</title>)?", page):
        assert 'aria-hidden="true"' in drawing or ('role="img"' in drawing and "<title>" in drawing)


def test_feedback_is_told_in_words() -> None:
    """Status, names, and what would be said of a mistake that is not in the book."""
    text = [" ".join(r.split()) for r in Outline(exam_page.html(exam())).rows]
    (line,) = [t for t in text if t.startswith("double__squares You square.")]
    assert line.endswith("6 / 10 named : double__squares if it were not known: described : scaled")
    (rates,) = [t for t in text if t.startswith("misconceptions 3")]
    assert rates == "misconceptions 3 1 33.3 % 0 0.0 % 1 33.3 % 1 33.3 % 33.3 %"


def test_cases_that_prove_nothing_and_mistakes_that_cost_nothing() -> None:
    """Both are named above their tables."""
    page = exam_page.html(exam())
    assert "misconception that costs too little to notice" in page
    assert re.search(r"too little to notice</strong>[^<]*<code>Sums__both</code></p>", page)
    only = exam_page.html(right(exam().of("misconception")[0]))
    assert re.search(
        r"4 cases that no misconception loses</strong>: nothing proves them. <code>doubles", only
    )


def test_mutants_by_what_became_of_them() -> None:
    """Missed ones first and open, with the call that tells them from the reference."""
    page = exam_page.html(exam())
    kinds = re.findall(r"<details( open)?>\s*<summary>([^<]*)<", page)
    assert kinds == [
        (" open", "2 missed"), ("", "1 slower"), ("", "1 equivalent"), ("", "1 killed")
    ]  # fmt: skip
    assert "Sums.total(f8[0]) of total_by_hand, with no rows: " in page
    assert "no recorded call reaches the change" in page
    assert "60 sequences of calls answered alike" in page
    assert "Mutants" not in exam_page.html(right())
    survivor = row("mutant", "alone")
    assert "not looked into" in exam_page.html(right(survivor))


def test_an_odd_answer_that_keeps_points_is_named() -> None:
    """What is wrong with it stands among the problems."""
    bad = row("odd", "none", problems=["functions that return None keep points in doubles"])
    page = exam_page.html(right(bad, row("odd", "dict")))
    assert "2 odd answers (dict, none): something is wrong with none." in page


def test_points_are_conserved_or_the_page_says_so() -> None:
    """A score above what the case is worth shows in the summary."""
    assert "<dt>gradings conserve points</dt><dd>2 of 2</dd>" in exam_page.html(right())
    wrong = right()
    result = wrong.rows[0].result
    assert result is not None
    cases = (dataclasses.replace(result.cases[0], score=99.0), *result.cases[1:])
    wrong.rows[0].result = dataclasses.replace(result, cases=cases)
    assert "<dt>gradings conserve points</dt><dd>1 of 2</dd>" in exam_page.html(wrong)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (134, "2 min 14 s"), (3900, "1 h 5 min")],
)
def test_durations_are_told_as_people_do(seconds: float, words: str) -> None:
    """Seconds, minutes, hours."""
    assert exam_page.duration(seconds) == words
