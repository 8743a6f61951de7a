"""What a reader may see, and how it looks in a terminal."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import terminal, visible
from autograder.model import CaseResult, SubmissionResult, Usage, Verdict, Visibility
from tests import samples

NOT_VISIBLE = [v for v in Visibility if v is not Visibility.VISIBLE]


def _case(**changes: object) -> CaseResult:
    values: dict[str, object] = {
        "case": "c",
        "question": "1",
        "title": "A rule.",
        "function": "f",
        "verdict": Verdict.WRONG_ANSWER,
        "score": 0.0,
        "max_score": 2.0,
        "visibility": Visibility.VISIBLE,
        "message": "the message",
        "detail": "the detail",
        "hint": "the hint",
        "staff_note": "the note",
        "pictures": (samples.Picture("p", (samples.panel("a", 4, 2, 2),)),),
        "curves": samples.CURVES,
    }
    return CaseResult(**{**values, **changes})  # type: ignore[arg-type]


def _result(*cases: CaseResult, **changes: object) -> SubmissionResult:
    result = SubmissionResult(assignment="a", title="T", submission="s", cases=cases)
    return replace(result, **changes)  # type: ignore[arg-type]


def _render(result: SubmissionResult, **changes: object) -> str:
    options: dict[str, object] = {"colour": False, "width": 80, **changes}
    return terminal.render(result, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "result", "options"),
    [
        ("terminal.txt", samples.graded(), {}),
        ("terminal_colour.txt", samples.graded(), {"colour": True}),
        ("terminal_ascii.txt", samples.graded(), {"encoding": "ascii", "width": 60}),
        ("terminal_staff.txt", samples.graded(), {"audience": "staff"}),
        ("terminal_check.txt", samples.own_check(), {}),
    ],
)
def test_whole_report(golden, name, result, options):
    """The whole text is what its golden file holds."""
    golden(name, _render(result, **options))


@pytest.mark.parametrize("width", [40, 57, 80, 100])
def test_no_line_is_wider_than_the_terminal(width):
    """Every line of a report fits the width that was asked for."""
    lines = _render(samples.graded(), width=width, audience="staff").split("\n")
    assert max(terminal.cells(line) for line in lines) == width


def test_visible_case_shows_its_values_and_no_staff_note():
    """A student reads message, detail, hint and pictures of a visible case, never a staff note."""
    case = visible.shown(_case(), "student")
    assert case is not None
    assert (case.message, case.detail, case.hint) == ("the message", "the detail", "the hint")
    assert len(case.pictures) == 1
    assert case.staff_note == ""


@pytest.mark.parametrize("audience", ["student", "gradescope"])
@pytest.mark.parametrize("visibility", NOT_VISIBLE)
def test_values_of_other_cases_stay_with_staff(audience, visibility):
    """Detail, pictures and staff note of a case that is not visible are for staff alone."""
    case = visible.shown(_case(visibility=visibility), audience)
    if (audience, visibility) == ("student", Visibility.HIDDEN):
        assert case is None
        return
    assert case is not None
    assert (case.message, case.hint) == ("the message", "the hint")
    assert (case.detail, case.staff_note, case.pictures) == ("", "", ())
    # Digits and names of conditions are no values.
    assert case.curves == samples.CURVES


@pytest.mark.parametrize("visibility", list(Visibility))
def test_staff_see_everything(visibility):
    """Staff see every text of every case."""
    case = visible.shown(_case(visibility=visibility), "staff")
    assert case is not None
    assert (case.detail, case.staff_note, len(case.pictures)) == ("the detail", "the note", 1)


@pytest.mark.parametrize(
    "ours",
    [
        {"score": None},
        {"score": float("nan")},
        {"score": float("inf")},
        {"verdict": Verdict.JUDGE_ERROR},
    ],
)
@pytest.mark.parametrize("audience", ["student", "gradescope"])
def test_our_fault_is_withheld(ours, audience):
    """Where the grader failed there is no score, and the reader is told so and nothing else."""
    case = visible.shown(_case(**ours), audience)
    assert case is not None
    assert case.score is None
    assert case.verdict is Verdict.JUDGE_ERROR
    assert case.message == visible.WITHHELD
    assert (case.detail, case.hint, case.staff_note, case.pictures) == ("", "", "", ())
    assert case.curves == ()


def test_withheld_case_in_the_text():
    """A withheld case costs nothing in words: a dash for its points, and a sentence at the end."""
    text = _render(_result(_case(score=None, max_score=3), _case(score=2.0)))
    assert "– / 3" in text
    assert "0 / 3" not in text
    assert " ".join(text.split()).count(visible.WITHHELD) == 2


def test_hidden_cases_leave_no_trace_for_students():
    """A student's text has nothing of a hidden case, and calls its total that of what is shown."""
    text = _render(samples.graded())
    for secret in samples.SECRETS.values():
        assert secret not in text
    assert "Total of the cases shown here" in text
    staff = _render(samples.graded(), audience="staff")
    for name in ("detail", "staff_note", "hidden"):
        assert samples.SECRETS[name] in staff


def test_students_are_told_what_runs_later():
    """After a student's own check: how many public cases passed, how many cases are to come."""
    passed = _case(verdict=Verdict.ACCEPTED, score=2.0)
    all_passed = _render(_result(passed, passed, hidden_cases=7))
    assert "\n2 public cases passed; 7 hidden cases run after you submit\n" in all_passed
    some = _render(_result(passed, _case(), hidden_cases=7))
    assert "\n1 of 2 public cases passed; 7 hidden cases run after you submit\n" in some
    assert "run after you submit" not in _render(_result(passed, _case()))


def test_notices_come_first():
    """What concerns the whole submission stands above the first case."""
    text = _render(_result(_case(), notices=("Line 3 is not Python.",)))
    assert text.index("Line 3 is not Python.") < text.index("A rule.")


def test_every_verdict_has_a_mark_and_words():
    """No two verdicts share a mark or a name, and no name is a machine's word."""
    assert set(terminal.MARKS) == set(visible.WORDS) == set(Verdict)
    for marks in zip(*terminal.MARKS.values(), strict=True):
        assert len(set(marks)) == len(Verdict)
    assert len(set(visible.WORDS.values())) == len(Verdict)
    assert not any("_" in words for words in visible.WORDS.values())
    for verdict in Verdict:
        score = 2.0 if verdict is Verdict.ACCEPTED else 0.0
        text = _render(_result(_case(verdict=verdict, score=score)))
        assert f"  {terminal.MARKS[verdict][0]} A rule." in text
        assert f"{visible.WORDS[verdict]}:" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1", "no-such-encoding"])
def test_streams_without_the_marks_get_ascii(encoding):
    """A stream that cannot encode the marks is given text that it can encode."""
    text = _render(_result(_case(message="distance ≤ 3 – π")), encoding=encoding)
    text.encode("ascii" if encoding == "no-such-encoding" else encoding)
    assert "  x A rule." in text
    assert "distance <= 3 - " in text


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=())))
def test_no_control_character_reaches_the_terminal(text):
    """Whatever a student's text holds, the report can be encoded and sets no cursor or colour."""
    case = _case(message=text, detail=text, hint=text, title=text, function=text)
    page = _render(_result(case, notices=(text,), submission=text, title=text))
    page.encode("utf-8")
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in page)


@settings(deadline=None)
@given(text=st.text(max_size=400), limit=st.integers(60, 300))
def test_long_text_is_cut_in_the_middle(text, limit):
    """A cut text keeps within its limit, keeps both ends, and says that something is missing."""
    short = visible.cut(text, limit)
    assert len(short) <= limit
    if len(text) <= limit:
        assert short == text
    else:
        assert "left out here" in short
        assert short[:3] == text[:3]
        assert short[-3:] == text[-3:]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (7.0, "7"), (0.5, "0.5"), (1 / 3, "0.33"), (10, "10"), (100.0, "100"), (None, "–")],
)
def test_points_are_short(value, words):
    """Points have two decimals at most and no zeros at their end."""
    assert visible.points(value) == words


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_where_it_is_wanted(monkeypatch):
    """Colours go to terminals only, and not where NO_COLOR is set."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for stream, coloured in ((_Terminal(), True), (io.StringIO(), False)):
        terminal.write(samples.graded(), stream)
        assert ("\x1b[" in stream.getvalue()) is coloured
    monkeypatch.setenv("NO_COLOR", "1")
    stream = _Terminal()
    terminal.write(samples.graded(), stream)
    assert "\x1b[" not in stream.getvalue()


def test_write_to_a_stream_of_few_characters(tmp_path):
    """Writing to an ASCII file raises nothing, whatever the report holds."""
    with (tmp_path / "out.txt").open("w", encoding="ascii") as stream:
        terminal.write(samples.graded(), stream)
    assert "Total" in (tmp_path / "out.txt").read_text(encoding="ascii")


def test_colours_change_no_word():
    """The coloured text without its codes is the plain text."""
    coloured = _render(samples.graded(), colour=True)
    assert re.sub(r"\x1b\[\d*m", "", coloured) == _render(samples.graded())


def test_runs_on_the_standard_library_alone(tmp_path):
    """A handout can print a report with two modules of ours and no package at all."""
    package = tmp_path / "autograder"
    package.mkdir()
    for name in ("__init__.py", "model.py", "visible.py", "terminal.py"):
        shutil.copy(Path(terminal.__file__).parent / name, package / name)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from autograder import model, terminal\n"
        "r = model.SubmissionResult('a', 'T', 's', ())\n"
        "terminal.write(r, sys.stdout)\n"
        f"assert terminal.__file__.startswith({str(tmp_path)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Total" in done.stdout


def test_usage_without_an_account_is_fine():
    """A platform that keeps no account of time and memory gives a report all the same."""
    assert "A rule." in _render(_result(_case(usage=Usage(0.1, None, None))))
