"""The page of a class: what it says of whom, and what it never holds."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from autograder import class_report, findings, flags, leaderboard, report
from autograder.lateness import Charge
from autograder.model import Figure, Leaderboard, Ranking, Usage, Verdict
from autograder.roll import Row, Student
from tests import class_samples as samples
from tests.class_samples import ASSIGNMENT, BOARD
from tests.outline import Outline, asks_for_nothing, is_accessible


@pytest.fixture(autouse=True)
def _same_version(monkeypatch):
    """A new version of the kit is no reason to renew the golden files."""
    monkeypatch.setattr(report, "__version__", "0.0.0")


def page(rows: list[Row] | None = None, assignment=ASSIGNMENT, **more: str) -> str:
    made = samples.rows() if rows is None else rows
    return class_report.class_html(made, assignment, samples.links(made), **more)


def line(text: str, part: str) -> str:
    """The one line of the page's markup that holds ``part``."""
    (found,) = [one for one in text.split("\n") if part in one]
    return found


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def group(text: str, begin: str) -> str:
    """The words of one flag, mistake or judge error: from ``begin`` to the end of its block."""
    return words(re.split(r"</div></dd>|</dd></div>|</div></li>", text.partition(begin)[2])[0])


def test_whole_page(golden):
    """The page is what its golden file holds."""
    golden("class.html", page(similarity_link="similar/r.html"))


def test_it_asks_for_nothing():
    """One script, inside, and nothing else that could act or be fetched."""
    text = page(similarity_link="similar/r.html")
    asks_for_nothing(text, "script", "form")
    assert len(list(Outline(text).all("script"))) == 1


def test_only_our_script_may_run():
    """The policy names the digest of the script that stands there, and no other source."""
    text = page()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(a["content"] for a in Outline(text).all("meta") if "http-equiv" in a)
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_it_is_accessible():
    """As every page of ours; the search box has a label, and a skip link comes first."""
    text = page()
    is_accessible(text)
    outline = Outline(text)
    assert next(outline.all("a")) == {"class": "skip", "href": "#students"}
    assert {a["for"] for a in outline.all("label")} == {a["id"] for a in outline.all("input")}


def test_it_can_be_read_without_the_script():
    """What only the script can serve is hidden until it runs; every row is there."""
    outline = Outline(page())
    assert all("hidden" in attrs for attrs in outline.all("button"))
    assert all("hidden" in attrs for attrs in outline.all("form"))
    rows = [attrs for attrs in outline.all("tr") if "data-find" in attrs]
    assert len(rows) == len(samples.rows())
    assert not any("hidden" in attrs for attrs in rows)


def test_text_of_students_is_text():
    """Markup in a name, an id, a section or a submission's texts never becomes markup."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{ 7 * 7 }}\u202e"
    student = Student(evil, evil, evil, evil)
    made = replace(samples.result(evil, "double_values"), title=evil, notices=(evil,))
    cases = tuple(
        replace(c, case=evil, title=evil, function=evil, message=evil, mistake=evil, question=evil,
                diagnosis=evil)
        for c in made.cases[:1]
    )  # fmt: skip
    row = replace(samples.rows()[0], student=student, result=replace(made, cases=cases))
    text = class_report.class_html(
        [row], replace(ASSIGNMENT, title=evil), {"ada": evil}, similarity_link=evil
    )
    outline = Outline(text)
    assert len(list(outline.all("script"))) == 1
    assert not any("onerror" in attrs for _, attrs in outline.elements)
    assert "\u202e" not in text
    assert "{{ 7 * 7 }}" in text


@pytest.mark.parametrize("mark", ["MARK-note", "MARK-detail"])
def test_it_holds_no_values_and_no_staff_notes(mark):
    """Points, verdicts and sentences of known mistakes; the rest is on the students' pages."""
    assert mark not in page()
    assert any(mark in report.html(r.result, audience="staff") for r in samples.rows() if r.result)


def test_links_are_paths():
    """Every submission links to its own page, whatever its name; who has none is listed without."""
    made = samples.rows()
    name = "javascript:alert(1)"
    assert made[0].handed is not None
    made[0] = replace(made[0], handed=replace(made[0].handed, name=name))
    text = class_report.class_html(made, ASSIGNMENT, {name: name, "bjork": "björk #2/r.html"})
    links = [str(a["href"]) for a in Outline(text).all("a")]
    assert "bj%C3%B6rk%20%232/r.html" in links
    assert not any(":" in link for link in links)
    assert "<bdi>王小明</bdi>" in text


def test_a_class_of_nobody():
    """An empty roster and no submission make a page that says so."""
    text = page([])
    Outline(text)
    assert "There are none: nobody is on the roster, and nobody handed in." in text


def test_a_class_that_handed_in_nothing():
    """No totals, no statistics, and the roster."""
    text = page([Row(Student("s1", "Ada")), Row(Student("s2", "Bo"))])
    Outline(text)
    assert [words(row) for row in text.split("\n") if "data-find" in row] == [
        "Ada s1 handed in nothing",
        "Bo s2 handed in nothing",
    ]
    assert 'class="histogram"' not in text
    assert 'id="cases"' not in text


def test_totals_are_after_lateness_and_blank_without_a_submission():
    """Points of a row are what its student gets; nothing handed in is a blank, not a zero."""
    text = page()
    late = words(line(text, 'data-find="s04@uni.example ivan"'))
    assert late.startswith("Иван Петров s04 A 6.4 2 days late, −20 % 3 / 5")
    nothing = line(text, 'data-find="s03@uni.example"')
    assert 'data-sort=""></td>' in nothing
    assert " 0 " not in words(nothing)


def test_histogram_counts_everybody():
    """Each total is in one bar of a round width; a bonus goes beyond full marks."""
    bars = class_report._histogram([0, 5.2, 51.9, 52, 52], 52)
    assert [b["count"] for b in bars] == [1, 1, *[0] * 8, 3]
    assert [bars[0]["high"], bars[-1]["high"]] == [5, 55]
    beyond = class_report._histogram([0, 89.9, 90, 97], 90)
    assert (beyond[-1]["high"], sum(b["count"] for b in beyond)) == (100, 4)
    third = class_report._histogram([0.3, 0.6, 0.9], 1)
    assert [b["low"] for b in third if b["count"]] == [0.3, 0.6, 0.9]
    assert class_report._histogram([0], 0) == class_report._histogram([], 10) == []


def test_every_flag_is_told_with_its_people():
    """Who it is about, in words, and on the row."""
    text = page()
    told = {
        flags.WITHHELD: "מרים",
        flags.NOT_OPENED: "José Ñíguez",
        flags.UNKNOWN_LATE: "Łukasz Żółć",
        flags.NOT_ON_ROSTER: "Dương Hồng",
        flags.NO_SUBMISSION: "فاطمة الفهرية",
        flags.STUB: "김민준",
        flags.LATE: "Иван Петров",
        flags.WEAKER: "Zoë O&#39;Brien",
        flags.ODD: "Björk Guðmundsdóttir",
        flags.NOTICE: "Zoë O&#39;Brien",
    }
    section = text.partition('id="flags"')[2].partition("</section>")[0]
    for flag, name in told.items():
        assert group(section, flag.words).endswith(f"{flag.why} {name}"), flag.words
        row = next(one for one in text.split("\n") if "data-find" in one and name in one)
        assert flag.words in row


def test_a_submission_without_a_result_is_flagged():
    """Nobody's work is lost without a word."""
    made = samples.rows()
    made[0] = replace(made[0], result=None)
    assert flags.told([made[0]]) == [{flags.UNGRADED: "not graded"}]
    assert "not graded" in line(page(made), 'data-find="s00@uni.example ada"')


def test_one_who_is_in_order_has_no_flag():
    """A class of such has no section of flags."""
    assert 'id="flags"' not in page([samples.rows()[0]])


def test_judge_errors_are_told_by_case():
    """The case and who is concerned; never as a zero."""
    text = page()
    section = text.partition('id="faults"')[2].partition("</section>")[0]
    assert group(section, "<dl").endswith("sum_values מרים")
    row = words(line(text, '<code title="The rule of sum_values.">'))
    assert "7 of 10" in row
    assert "1 judge error" in row


def test_cases_are_counted_once_a_submission():
    """Two who hand in together are one; what could not be opened is not counted."""
    assert len(findings.graded(samples.rows())) == 12
    assert "8 of 11" in words(line(page(), '<code title="The rule of double_input.">'))


def test_questions_tell_full_marks():
    """The share of submissions with every point of it; a withheld score leaves one out."""
    text = page()
    assert words(line(text, "<span>Doubling</span>")).endswith("45 % 5 of 11")
    assert words(line(text, "<span>Totals</span>")).endswith("60 % 6 of 10")
    assert "More (bonus)" in words(line(text, "More (bonus)"))
    assert "Why" not in words(text.partition('id="questions"')[2].partition("</table>")[0])


def test_known_mistakes_are_counted_once_a_submission():
    """The sentence, the number, the name and the people; the less likely sentence is left out."""
    section = page().partition('id="mistakes"')[2].partition("</section>")[0]
    item = words(section.partition("<li>")[2].partition("</li>")[0])
    assert item.startswith(f"4 {samples.SQUARES} double__squares")
    assert "Łukasz Żółć" in item
    assert "Else." not in section


def test_other_wrong_answers_are_told_by_diagnosis():
    """In words, by function; a case with a known mistake is not among them."""
    groups = {m.key: len(m.who) for m in findings.diagnoses(findings.graded(samples.rows()))}
    assert groups == {"more:shape": 4, "double:shape": 2, "total:shape": 3}
    assert "<code>more</code>: another shape" in page()


def test_a_diagnosis_that_has_no_words_is_told_as_it_is():
    """A new kind of diagnosis costs no report."""
    made = samples.result("x", "sum_values")
    cases = tuple(replace(c, diagnosis="brand_new" if c.score == 0 else "") for c in made.cases)
    one = replace(samples.rows()[0], result=replace(made, cases=cases))
    assert findings.diagnoses(findings.graded([one]))[0].words == "brand new"


def test_many_people_are_found_by_the_table():
    """Forty are linked, the others counted; the button finds all."""
    rows = [
        replace(samples.rows()[1], student=Student(f"n{i:03}"), handed=None,
                result=samples.result(f"n{i:03}", "double_values"))
        for i in range(50)
    ]  # fmt: skip
    text = class_report.class_html(rows, ASSIGNMENT, {})
    section = text.partition('id="mistakes"')[2].partition("</section>")[0]
    assert "n039 and 10 more" in words(section)
    assert 'data-search="double__squares"' in section
    assert text.count('data-find="double__squares"') == 50


def test_slowest_come_first():
    """By our clock; with the case that took longest. What took no time is left out."""
    slow = findings.slowest(findings.graded(samples.rows()), 3)
    assert [s.wall_s for s in slow] == [9.75, 1.5, 1.5]
    assert slow[0].one.name == "ivan"
    quick = replace(samples.rows()[0], result=samples.result("x", usage=Usage(0.0)))
    assert findings.slowest(findings.graded([quick])) == []


def test_sections_are_summed_up():
    """Students, totals, mean; a class without sections has no such table."""
    text = page()
    section = text.partition('id="sections"')[2].partition("</section>")[0]
    assert words(line(section, "<bdi>A</bdi>")).startswith("A 7 7")
    assert words(line(section, "<bdi>B</bdi>")).startswith("B 7 5")
    plain = [replace(r, student=replace(r.student, section="")) for r in samples.rows()]
    assert 'id="sections"' not in page(plain)
    assert ">Section" not in page(plain)


def test_lateness_has_a_column_where_somebody_was_late():
    """And none where nobody was."""
    assert ">Lateness</th>" in page()
    assert ">Lateness</th>" not in page([replace(r, late=Charge()) for r in samples.rows()])


# The leaderboard


def test_leaderboard_ranks_who_passed():
    """The largest first, equal figures share a rank, and who failed the case is not there."""
    graded = findings.graded(samples.rows())
    places = leaderboard.ranked(((g.name, g.result) for g in graded), BOARD)
    assert [(p.rank, p.who) for p in places] == [
        (1, "miriam"), (1, "lukasz"), (3, "bjork"), (4, "wang"), (4, "emmy"), (4, "hong"),
        (7, "ada"), (7, "zoe"),
    ]  # fmt: skip
    text = page().partition('id="leaderboard"')[2].partition("</section>")[0]
    assert "4 submissions did not" in words(text)
    assert words(line(text, "miriam")).startswith("1 מרים 1.75 0")


def test_ascending_order():
    """``asc``: the smallest is the best."""
    board = Leaderboard("sum_large", (Ranking("steps", "Steps", "asc"),))
    graded = findings.graded(samples.rows())
    places = leaderboard.ranked(((g.name, g.result) for g in graded), board)
    assert [p.entries[0].value for p in places] == sorted(p.entries[0].value for p in places)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": Verdict.PARTIALLY_ACCEPTED},
        {"verdict": Verdict.JUDGE_ERROR, "score": None},
        {"stood_in": ("total",)},
        {"figures": (Figure("score", 1.0),)},
        {"figures": (Figure("score", float("nan")), Figure("steps", 1.0))},
    ],
)
def test_only_own_work_that_passed_has_a_place(changes):
    """Not with another function answered by the grader, nor with a figure missing or no number."""
    made = samples.result("ada")
    cases = tuple(replace(c, **changes) if c.case == "sum_large" else c for c in made.cases)
    changed = replace(made, cases=cases)
    assert leaderboard.entries(made)
    assert leaderboard.entries(changed) == ()
    assert "leaderboard" in report.gradescope(made)
    assert "leaderboard" not in report.gradescope(changed)


def test_results_json_has_the_leaderboard():
    """Name, value and order, as Gradescope documents them."""
    assert report.gradescope(samples.result("abcd"))["leaderboard"] == [
        {"name": "Score per pixel", "value": 1.5, "order": "desc"},
        {"name": "Steps", "value": 1.0, "order": "asc"},
    ]
    assert "leaderboard" not in report.gradescope(samples.result("abcd", leaderboard=None))


def test_a_class_without_a_leaderboard_has_none():
    """Most assignments rank nobody."""
    assert 'id="leaderboard"' not in page(assignment=replace(ASSIGNMENT, leaderboard=None))


@pytest.mark.parametrize(
    ("lost_by_good", "remark"),
    [("double_input", "negative −1.00"), ("", "–"), ("sum_values", "–")],
)
def test_a_case_that_the_better_ones_fail_is_flagged(lost_by_good, remark):
    """In words beside its number, and with a line on what the number means."""
    rest = "double_values sum_values sum_large more_values"
    results = [samples.result(f"g{i}", lost_by_good) for i in range(6)]
    results += [samples.result(f"w{i}", rest) for i in range(6)]
    text = page([Row(Student(r.submission), result=r) for r in results])
    row = words(line(text, '<code title="The rule of double_input.">'))
    assert remark in row
    assert "below zero the better submissions fail it" in text
