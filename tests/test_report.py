"""Gradescope JSON and HTML pages: what they hold, and what they never hold."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import class_report, report, terminal, visible, whole
from autograder.model import (
    Curve,
    CurvePoint,
    Panel,
    Picture,
    SubmissionResult,
    Usage,
    Verdict,
    Visibility,
)
from tests import samples
from tests.outline import Outline, asks_for_nothing, is_accessible

_SCHEMA = Path(__file__).parent / "gradescope_schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
STYLE = Path(report.__file__).parent / "templates" / "style.css"


def _one(**changes: object) -> SubmissionResult:
    """A result of one case: the wrong answer in question 1.1, changed."""
    case = replace(samples.cases()[2], **changes)  # type: ignore[arg-type]
    return replace(samples.graded(), cases=(case,), notices=(), waiting=())


def _valid(result: SubmissionResult) -> dict:
    plain = report.gradescope(result)
    VALIDATOR.validate(plain)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    return plain


@pytest.fixture(autouse=True)
def _same_version(monkeypatch):
    """A new version of the kit is no reason to renew the golden files."""
    monkeypatch.setattr(report, "__version__", "0.0.0")


def _pixels(page: str) -> str:
    """``page`` with a digest of its pixels for each image: encoders differ in their bytes."""

    def digest(match: re.Match[str]) -> str:
        pixels = iio.imread(base64.b64decode(match.group(1)), extension=".png")
        return f"data:image/png;pixels,{hashlib.sha256(pixels.tobytes()).hexdigest()[:16]}"

    return re.sub(r"data:image/png;base64,([A-Za-z0-9+/=]+)", digest, page)


PAGES = {
    "student.html": lambda: report.html(samples.graded()),
    "staff.html": lambda: report.html(samples.graded(), audience="staff"),
    "check.html": lambda: report.html(samples.own_check()),
}


# Golden files


@pytest.mark.parametrize("name", PAGES)
def test_whole_page(golden, name):
    """A page is what its golden file holds, image for image and letter for letter."""
    golden(name, _pixels(PAGES[name]()))


def test_whole_results_json(golden, tmp_path):
    """results.json is what its golden file holds."""
    report.write_json(samples.graded(), tmp_path / "results.json")
    golden("results.json", (tmp_path / "results.json").read_text(encoding="utf-8"))


def test_whole_summary(golden):
    """The table of a class is what its golden file holds."""
    golden("summary.txt", class_report.summary_table(samples.classroom()))


# What nobody may read


@pytest.mark.parametrize("secret", samples.SECRETS.values())
def test_students_pages_hold_no_secret(secret):
    """No values or staff notes of a case that is not visible, and nothing of a hidden one."""
    assert secret not in report.html(samples.graded())
    assert secret not in terminal.render(samples.graded(), colour=True, width=80)


@pytest.mark.parametrize("kind", ["detail", "staff_note", "panel", "caption", "differs", "mistake"])
def test_results_json_holds_no_values_of_hidden_cases(kind):
    """Gradescope stores results and hands them on: it is never given values or staff notes."""
    assert samples.SECRETS[kind] not in json.dumps(report.gradescope(samples.graded()))


@pytest.mark.parametrize("kind", samples.SECRETS)
def test_staff_page_holds_everything(kind):
    """Staff read what students do not; so the two tests above look for words that do exist."""
    assert samples.SECRETS[kind] in report.html(samples.graded(), audience="staff")


@pytest.mark.parametrize("kind", ["detail", "staff_note", "panel", "caption", "differs", "mistake"])
def test_the_table_holds_no_texts(kind):
    """The table is of points and verdicts, not of students' values."""
    assert samples.SECRETS[kind] not in class_report.summary_table([samples.graded()])


def test_student_total_is_that_of_the_cases_shown():
    """A total that a student may see does not give a hidden case away."""
    page = report.html(samples.graded())
    assert "<strong>17.5</strong> <span>of 47 points for the cases shown here</span>" in page
    staff = report.html(samples.graded(), audience="staff")
    assert "<strong>17.5</strong> <span>of 52 points</span>" in staff


# Gradescope


@pytest.mark.parametrize(
    "result",
    [
        samples.graded(),
        samples.own_check(),
        samples.perfect(),
        *samples.classroom(),
        replace(samples.graded(), cases=()),
        replace(samples.graded(), cases=(), questions=(), notices=(), waiting=(), layers=()),
        _one(score=None),
        _one(title="", usage=Usage(0.0, None, None), seed=None),
    ],
)
def test_only_documented_fields(result):
    """Every result makes a results.json of documented fields, types and values."""
    plain = _valid(result)
    assert len(plain["tests"]) == len(result.cases)


def test_score_on_top_is_the_sum_of_the_points_given():
    """The total is given explicitly and agrees with the tests and with the result."""
    plain = _valid(samples.graded())
    assert plain["score"] == 17.5 == samples.graded().score
    assert plain["score"] == sum(t.get("score", 0) for t in plain["tests"])


def test_withheld_case_gets_no_score():
    """A case that the grader failed is information without a score, and its name is on record."""
    plain = _valid(samples.graded())
    (held,) = [t for t in plain["tests"] if t["extra_data"]["verdict"] == "judge_error"]
    assert "score" not in held
    assert "max_score" not in held
    assert held["status"] == "failed"
    assert held["output"] == f"judge error: {visible.WITHHELD}"
    assert plain["extra_data"]["withheld"] == ["kmeans_empty_cluster"]
    assert visible.WITHHELD in plain["output"]


def test_withheld_hidden_case_is_not_told_on_top():
    """The text on top is read at once by everybody, so hidden cases are not counted in it."""
    plain = _valid(_one(score=None, visibility=Visibility.HIDDEN))
    assert plain["output"] == ""
    assert plain["extra_data"]["withheld"] == ["pairwise_dist_zero"]


def test_number_status_and_visibility():
    """A test carries its question as number, Gradescope's word for who sees it, and its status."""
    for case, test in zip(samples.cases(), _valid(samples.graded())["tests"], strict=True):
        assert test["number"] == test["extra_data"]["question"] == case.question
        assert test["visibility"] == case.visibility.value
        assert (test["status"] == "passed") is (case.verdict is Verdict.ACCEPTED)
        assert test["extra_data"]["function"] == case.function


def test_numbers_are_plain_and_finite():
    """numpy's numbers become plain ones, and what is not finite is left out."""
    usage = Usage(wall_s=float("inf"), cpu_s=float("nan"), peak_mb=np.float64(12.3456))
    result = replace(
        _one(usage=usage, score=np.float64(0.5), max_score=np.int64(2), seed=np.int64(7)),
        usage=usage,
        seed=np.int64(8),
    )
    plain = _valid(result)
    (test,) = plain["tests"]
    assert (test["score"], test["max_score"], plain["execution_time"]) == (0.5, 2.0, 0.0)
    extra = test["extra_data"]
    assert (extra["wall_s"], extra["cpu_s"], extra["peak_mb"]) == (None, None, 12.346)
    for number in (test["score"], test["max_score"], extra["peak_mb"]):
        assert type(number) in (int, float)


@pytest.mark.parametrize("bad", [float("nan"), float("-inf")])
def test_score_that_is_no_number_is_withheld(bad):
    """A score that is not finite is our fault: withheld, never zero and never sent."""
    plain = _valid(_one(score=bad))
    assert plain["extra_data"]["withheld"] == ["pairwise_dist_zero"]
    assert "score" not in plain["tests"][0]


def test_long_output_is_cut_by_us():
    """Outputs stay under Gradescope's 100,000 characters and say where something is missing."""
    long = "a" * 80_000 + "b" * 80_000
    result = replace(_one(message=long, detail=long, hint=long), notices=(long,))
    plain = _valid(result)
    for text in (plain["output"], plain["tests"][0]["output"]):
        assert len(text) < 100_000
        assert "characters left out here" in text


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=())))
def test_any_text_survives_the_way_to_a_file(text):
    """Whatever students write, results.json is UTF-8 without NUL or lone surrogates."""
    result = replace(
        _one(message=text, detail=text, hint=text, title=text, function=text), notices=(text,)
    )
    plain = _valid(result)
    json.dumps(plain, ensure_ascii=False).encode("utf-8")
    assert "\x00" not in plain["output"] + plain["tests"][0]["output"]


def test_nul_and_surrogates_are_removed():
    """NUL and lone surrogates vanish, the text around them stays."""
    (test,) = _valid(_one(detail="left\x00\ud800right", message="m"))["tests"]
    assert "leftright" in test["output"]


def test_write_is_all_or_nothing(tmp_path, monkeypatch):
    """A write that fails leaves the file as it was and no other file behind."""
    path = tmp_path / "deep" / "results.json"
    report.write_json(samples.graded(), path)
    before = path.read_bytes()
    assert json.loads(before)["score"] == 17.5

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(whole.os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        report.write_json(samples.perfect(), path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["results.json"]


# HTML


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_for_nothing(name):
    """A page holds no script and refers to nothing but itself and pictures inside it."""
    asks_for_nothing(PAGES[name]())


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(name):
    """Language, one h1, no heading level skipped, scopes, text for images, labels that exist."""
    is_accessible(PAGES[name]())


def test_text_of_students_is_text():
    """Markup in a submission's texts is shown as it was written and never becomes markup."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{ 7 * 7 }}"
    picture = Picture(evil, (Panel(evil, 1, 1, b"abc"),))
    curve = Curve(evil, evil, (CurvePoint(evil, None, 1.0, 2.0, 3.0),))
    result = replace(
        _one(title=evil, message=evil, detail=evil, hint=evil, case=evil, function=evil,
             question=evil, pictures=(picture,), curves=(curve,)),
        notices=(evil,), submission=evil, title=evil, layers=(evil,),
        waiting=(samples.Waiting(evil, evil, 1),),
    )  # fmt: skip
    for page in (
        report.html(result),
        report.html(result, audience="staff"),
    ):
        outline = Outline(page)
        assert "script" not in {tag for tag, _ in outline.elements}
        assert not any("onerror" in attrs for _, attrs in outline.elements)
        assert "&lt;script&gt;" in page
        assert "{{ 7 * 7 }}" in page


def test_failed_cases_are_open():
    """What needs reading is unfolded; what passed is folded."""
    outline = Outline(report.html(samples.graded(), audience="staff"))
    unfolded = ["open" in attrs for attrs in outline.all("details")]
    assert unfolded == [c.verdict is not Verdict.ACCEPTED for c in samples.cases()]


def test_a_curve_is_drawn_with_what_is_finite():
    """A number of digits that is none is left out, of a point or with it; words tell the rest."""
    nan = float("nan")
    points = (
        CurvePoint("1e0", 1.0, 9.5, nan, 6.0),
        CurvePoint("1e4", 1e4, nan, 15.0, 6.0),
        CurvePoint("1e8", 1e8, 2.5, 15.0, nan),
    )
    page = report.html(_one(curves=(Curve("Rows", "offset", points),)))
    assert "1e0: 9.5, asked 6. 1e8: 2.5, reference 15.0, nothing asked." in page
    assert page.count('<circle class="student" cx="') == 3  # two conditions and the legend
    assert "nan" not in page.partition('<figure class="digits">')[2].partition("<p ")[0]


def test_a_page_without_curves_has_no_drawing():
    """Most cases sweep nothing."""
    assert '<figure class="digits">' not in report.html(_one())


def test_pictures_are_the_pixels_they_were():
    """A picture in a page decodes to exactly the pixels of the result."""
    panel = samples.panel("yours", 5, 9, 7)
    uri = report.png_uri(panel)
    image = iio.imread(base64.b64decode(uri.split(",")[1]), extension=".png")
    assert image.shape == (7, 9, 3)
    assert image.tobytes() == panel.rgb


@pytest.mark.parametrize(
    ("width", "height", "rgb"), [(2, 2, b"short"), (0, 0, b""), (-1, -1, b"abc")]
)
def test_broken_picture_costs_no_report(width, height, rgb):
    """A picture that is none is said to be none; the rest of the page stands."""
    page = report.html(_one(pictures=(Picture("c", (Panel("p", width, height, rgb),)),)))
    assert "This picture could not be drawn." in page
    assert "<img" not in page


def test_page_of_a_result_without_cases():
    """A submission of which nothing could be judged has a page all the same."""
    page = report.html(
        SubmissionResult("a", "", "s", (), notices=("The zip holds no Python file.",))
    )
    Outline(page)
    assert "The zip holds no Python file." in page
    assert "of 0 points" in page


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme):
    """Text has contrast 4.5 to whatever it stands on, bars have 3 to the page (WCAG AA)."""
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for ground in ("page", "card", "note"):
        for name in ("text", "quiet", "link", "good", "part", "bad", "none", "ours", "fill"):
            dark, light = sorted((_luminance(colours[ground]), _luminance(colours[name])))
            wanted = 3 if name == "fill" else 4.5
            assert (light + 0.05) / (dark + 0.05) >= wanted, (ground, name)


# A class


def test_summary_table_counts_verdicts():
    """A row a submission, with its points and its verdicts; columns in line."""
    lines = class_report.summary_table([samples.graded(), samples.perfect()]).splitlines()
    assert lines[2].split()[:5] == ["adjei_k", "17.5", "52", "4", "1"]
    assert lines[3].split() == ["zhang_wei", "52", "52", "14"]
    assert lines[1] == "-" * len(lines[0])
