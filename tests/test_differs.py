"""Where an array is wrong: the coarse picture, who may see it, and what it does not tell."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import config, describe, grade, gradescope, heatmap, report, terminal, visible
from autograder.compare import Mismatch, assert_close
from autograder.lateness import Charge
from autograder.model import (
    Differs,
    LatePolicy,
    SubmissionResult,
    Verdict,
    Visibility,
    from_plain,
    to_plain,
)
from autograder.sandbox import Sandbox
from tests import mini, samples

INF, NAN = float("inf"), float("nan")


def told(got: object, want: object, *, rtol: float = 0.0, atol: float = 1.0) -> Differs:
    with pytest.raises(Mismatch) as wrong:
        assert_close(got, want, rtol=rtol, atol=atol)
    assert wrong.value.differs is not None
    return wrong.value.differs


# What is told


def test_levels_are_decades_of_the_tolerance():
    """``.`` within it; 1 up to ten times; 2 up to a hundred times; 9 whatever is not finite."""
    want = np.zeros((2, 5))
    got = np.array([[0.0, 1.0, 1.5, 11.0, 101.0], [1e7, 1e8, 1e200, -2.0, 0.5]])
    assert told(got, want) == Differs((2, 5), ("..123", "8991."), 7)


def test_not_finite_is_the_worst():
    """NaN and infinity where a number is wanted; the rest of the array is told as well."""
    got = np.array([NAN, 1.0, INF, 3.0, 0.0, 0.0])
    assert told(got, np.zeros(6)) == Differs((6,), ("9.91..",), 3)
    endless = np.array([INF, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert told(np.zeros(6), endless) == Differs((6,), ("9.....",), 1)


def test_a_large_array_becomes_blocks():
    """At most 32 x 32 of them; each shows the worst of its entries, and none is lost."""
    got = np.zeros((1000, 33))
    got[999, 32], got[0, 0] = 50.0, 5.0
    found = told(got, np.zeros((1000, 33)))
    assert (len(found.grid), {len(line) for line in found.grid}) == (32, {32})
    assert found.grid[0] == "1" + "." * 31
    assert found.grid[-1] == "." * 31 + "2"
    assert (found.shape, found.wrong) == ((1000, 33), 2)


def test_more_axes_lie_side_by_side():
    """All but the first; a column stays a column, a row is one line."""
    got = np.zeros((2, 3, 4))
    got[1, 2, 3] = 5.0
    assert told(got, np.zeros((2, 3, 4))).grid == ("." * 12, "." * 11 + "1")
    column = np.zeros((7, 1))
    column[2] = 5.0
    assert told(column, np.zeros((7, 1))).grid == (*"..1....",)


@given(
    st.integers(1, 100), st.integers(1, 100), st.integers(0, 2**32 - 1)
)  # fmt: skip
def test_every_wrong_entry_is_in_a_block(rows, columns, seed):
    """A grid has a mark exactly where a block holds a wrong entry, whatever the shape."""
    rng = np.random.default_rng(seed)
    error = rng.choice([0.0, 5.0], size=(rows, columns), p=[0.98, 0.02])
    found = describe.differs(error, np.ones((rows, columns)))
    if found is None:
        assert rows * columns < describe.MAP_LEAST
        return
    marks = sum(c != "." for line in found.grid for c in line)
    assert found.wrong == np.count_nonzero(error)
    assert marks <= found.wrong
    assert (marks > 0) == (found.wrong > 0)
    assert len(found.grid) == min(rows, 32)
    assert {len(line) for line in found.grid} == {min(columns, 32)}


def test_a_handful_of_numbers_has_no_picture():
    """They are seen at a glance, in the detail."""
    with pytest.raises(Mismatch) as wrong:
        assert_close(np.ones(5), np.zeros(5), rtol=0, atol=0)
    assert wrong.value.differs is None


def test_no_value_can_be_had_from_it():
    """Answers that are off by nearly the same have the same picture, whatever is expected."""
    rng = np.random.default_rng(5)
    error = np.array([0.0, 2.0, 30.0, 0.0, 0.0, 7.0])
    pictures = {told(want + error, want) for want in rng.uniform(1e3, 1e6, size=(50, 6))}
    assert pictures == {Differs((6,), (".12..1",), 3)}


def test_it_crosses_as_plain_data():
    """As everything in a result does."""
    differs = Differs((6, 3), ("9..", ".91"), 3)
    case = replace(samples.cases()[2], differs=differs)
    plain = json.loads(json.dumps(to_plain(case)))
    assert from_plain(type(case), plain) == case


# Who may see it


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("audience", ["student", "staff", "gradescope"])
def test_it_is_for_staff_and_for_visible_cases(visibility, audience):
    """Like every value; one function decides."""
    case = replace(samples.cases()[2], visibility=visibility)
    seen = visible.shown(case, audience)
    may = audience == "staff" or visibility is Visibility.VISIBLE
    assert (seen is not None and seen.differs == case.differs) is may


def test_a_case_that_the_grader_failed_shows_none():
    """Not to students: whatever it holds may be the check's own."""
    case = replace(samples.cases()[2], verdict=Verdict.JUDGE_ERROR, score=None)
    seen = visible.shown(case, "student")
    assert seen is not None
    assert seen.differs is None


@pytest.mark.parametrize("grid", [(), ("",), ("..", "."), ("x.",)])
def test_a_picture_that_is_none_costs_no_report(grid):
    """Such as one of another version: it is left out."""
    case = replace(samples.cases()[2], differs=Differs((2, 2), grid, 1))
    result = replace(samples.graded(), cases=(case,))
    assert '<figure class="differs">' not in report.html(result, audience="staff")


# The drawing


def test_squares_are_where_the_marks_are():
    """A run of one level in a line is one piece of a path, at its column and row."""
    drawn = heatmap.plot(Differs((3, 5), ("11.9.", ".....", "....1"), 4))
    assert (drawn.columns, drawn.rows) == (5, 3)
    assert [(s.level, s.path) for s in drawn.shades] == [
        (1, "M0 0h2v1h-2zM4 2h1v1h-1z"),
        (9, "M3 0h1v1h-1z"),
    ]
    assert (drawn.width, drawn.height) == (110, 66)


@pytest.mark.parametrize(
    ("shape", "grid", "width", "height"),
    [
        ((40,), ("1" * 32,), 288, 10),
        ((1000, 1), tuple("1" * 32), 10, 288),
        ((6,), ("1.....",), 132, 22),
    ],
)  # fmt: skip
def test_thin_arrays_can_be_seen(shape, grid, width, height):
    """However long, the picture fits on a phone; however thin, it has some height."""
    drawn = heatmap.plot(Differs(shape, grid, 1))
    assert (drawn.width, drawn.height) == (width, height)


def test_words_say_what_the_picture_shows():
    """How many are wrong, of what shape, what a square is; the same for those who do not see it."""
    small = heatmap.plot(Differs((2, 3), ("1..", "..."), 1))
    assert small.caption == (
        "Wrong: 1 of 6 entries of an array of 2 × 3; entry [0, 0] at the top left."
    )
    assert small.alt == (
        "Picture of where it differs: 1 of 2 rows of squares and 1 of 3 columns hold wrong "
        "entries; the worst is off by less than 10 tolerances"
    )
    large = heatmap.plot(Differs((40, 2, 2), ("...." * 1,) * 31 + ("3..9",), 4))
    assert large.caption == (
        "Wrong: 4 of 160 entries of an array of 40 × 2 × 2; all axes but the first lie side by "
        "side; a square stands for several entries and shows the worst."
    )
    assert large.alt.endswith("off by 10⁸ tolerances or more, or is not finite")
    line = heatmap.plot(Differs((6,), ("..4...",), 1))
    assert line.caption == "Wrong: 1 of 6 entries."
    assert "1 of 6 squares" in line.alt
    assert line.alt.endswith("less than 10⁴ tolerances")


# From a submission to every output


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SubmissionResult:
    """A table whose last row is wrong, in a visible case and in a hidden one."""
    root = mini.write(tmp_path_factory.mktemp("course"))
    body = """

def test_{}(student, tolerance):
    \"\"\"A table is doubled.\"\"\"
    table = np.arange(1.0, 13.0).reshape(4, 3) * {}
    assert_close(student.double(table), 2 * table, **tolerance)
"""
    for kind, name, factor in (("public", "seen", "1000.5"), ("hidden", "unseen", "7077.25")):
        path = root / f"solutions/mini/checks/{kind}/test_mini_{kind}.py"
        path.write_text(path.read_text() + body.format(name, factor))
    path = root / "grading_config.yaml"
    text = path.read_text().replace("points: 6\n", "points: 8\n").replace(
        "        points: 4\n", "        points: 6\n"
    )  # fmt: skip
    path.write_text(
        text.replace(
            "          double_values: {points: 2}\n",
            "          double_values: {points: 2}\n"
            "          seen: {points: 1, visibility: visible}\n          unseen: {points: 1}\n",
        )
    )
    folder = tmp_path_factory.mktemp("handed_in")
    (folder / "mini.py").write_text(
        "import numpy as np\n\n\ndef double(x):\n    y = 2 * np.asarray(x)\n"
        "    if y.ndim == 2:\n        y[-1] += 3.21\n    return y\n\n\n"
        "class Sums:\n    def total(self, x):\n        return float(double(x).sum())\n"
    )
    assignment = config.assignment(config.load(path), "mini")
    with Sandbox(("numpy",)) as sandbox:
        room = grade.course_room(root, assignment)
        return grade.grade(assignment, room, folder, sandbox, "sub")


def test_a_check_tells_where_an_array_is_wrong(graded: SubmissionResult) -> None:
    """The record is in the result of both cases, and in no other."""
    found = {c.case: c.differs for c in graded.cases if c.differs is not None}
    assert set(found) == {"double_values", "seen", "unseen"}
    assert found["seen"] is not None
    assert found["seen"].grid[:3] == ("...",) * 3
    assert "." not in found["seen"].grid[3]
    assert (found["seen"].shape, found["seen"].wrong) == ((4, 3), 3)


def outputs(result: SubmissionResult) -> dict[str, str]:
    """Everything that students get to read of a result."""
    sent = gradescope.results(result, LatePolicy(), Charge(), complete=True)
    return {
        "page": report.html(result),
        "terminal": terminal.render(result, colour=False, width=100),
        "results.json": json.dumps(report.gradescope(result)),
        "gradescope": json.dumps(sent),
    }


def test_hidden_values_are_in_no_output(graded: SubmissionResult) -> None:
    """Neither a value of a hidden case nor its picture; those of the visible one are there."""
    for name, text in outputs(graded).items():
        assert "7077" not in text, name
        assert "84927" not in text, name  # the last expected value
        assert '"differs":' not in text, name
    page = outputs(graded)["page"]
    assert page.count('<figure class="differs">') == 1
    assert "1000.5" in page
    staff = report.html(graded, audience="staff")
    assert staff.count('<figure class="differs">') == 3
    assert "7077" in staff


def test_a_hidden_picture_changes_no_output(graded: SubmissionResult) -> None:
    """Whatever the record of a hidden case holds, what students read stays letter for letter."""
    other = Differs((31, 31), ("9" * 31,) * 31, 961)
    changed = replace(
        graded,
        cases=tuple(
            replace(c, differs=other) if c.visibility is not Visibility.VISIBLE else c
            for c in graded.cases
        ),
    )
    assert outputs(changed) == outputs(graded)
    assert report.html(changed, audience="staff") != report.html(graded, audience="staff")


# Known mistakes stand apart


def test_the_known_mistake_stands_apart():
    """On the page; in words the message stays whole, everywhere else."""
    case = replace(samples.cases()[4], message="Wrong.\nMost likely: You do A.\nOr, seen less "
                   "often: You do B.")  # fmt: skip
    seen = visible.shown(case, "student")
    assert seen is not None
    assert seen.said == "Wrong."
    assert seen.likely == "Most likely: You do A.\nOr, seen less often: You do B."
    page = report.html(replace(samples.graded(), cases=(case,)))
    assert '<p class="message">Wrong.</p>' in page
    assert '<p class="likely">Most likely: You do A.' in page
    plain = visible.shown(replace(case, message="Wrong."), "student")
    assert plain is not None
    assert (plain.said, plain.likely) == ("Wrong.", "")
    alone = visible.shown(replace(case, message="Most likely: You do A."), "student")
    assert alone is not None
    assert (alone.said, alone.likely) == ("", "Most likely: You do A.")


def test_the_course_ships_with_this_path() -> None:
    """The check of a handout makes the same record, so its module is among those shipped."""
    shipped = Path(__file__).parents[1] / "assignments/hw2_clustering/autograder/describe.py"
    assert "def differs(" in shipped.read_text(encoding="utf-8")
