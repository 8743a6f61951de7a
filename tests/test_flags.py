"""Flags: the same words in the gradebook and on the page, and told in the manual."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from autograder import class_report, flags, gradebook
from autograder.flags import FLAGS, Flag
from autograder.lateness import charge
from autograder.model import LatePolicy
from autograder.roll import Row, Student
from tests import class_samples as samples

MANUAL = Path(__file__).parent.parent / "docs" / "gradebook.md"


def everything() -> list[Row]:
    """Rows with every flag that there is."""
    made = samples.rows()
    policy = LatePolicy(percent_per_day=10, max_percent=50)
    when = "2026-10-01T12:00:00+02:00"
    made[0] = replace(made[0], late=charge(policy, {"created_at": when}, when, "two"))
    made[9] = replace(made[9], late=charge(policy, {}, when))
    return [*made, replace(made[1], result=None)]


def test_every_flag_is_told() -> None:
    """Of some row, each in words that begin with its own; the order is that of ``FLAGS``."""
    told = flags.told(everything())
    assert {flag for own in told for flag in own} == set(FLAGS)
    for own in told:
        assert list(own) == [flag for flag in FLAGS if flag in own]
        assert all(text.startswith(flag.words) for flag, text in own.items())


def test_no_two_flags_have_the_same_words() -> None:
    """The page's buttons look for them."""
    assert len({flag.words for flag in FLAGS}) == len(FLAGS)


def test_the_gradebook_and_the_page_use_the_same_words() -> None:
    """Whatever both tell of a row; what one of them leaves out is in the other."""
    rows = everything()
    column = gradebook.table(rows, samples.ASSIGNMENT)["flags"]
    page = class_report.class_html(rows, samples.ASSIGNMENT, samples.links(rows))
    cells = [line.partition('"small flags">')[2] for line in page.split("\n") if "data-f" in line]
    for own, text, cell in zip(flags.told(rows), column, cells, strict=True):
        for flag in own:
            assert (flag.words in text) == flag.in_gradebook
            assert (f">{escape(flag.words)}<" in cell) == flag.on_page
            assert flag.in_gradebook or flag.on_page


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.words)
def test_every_flag_is_in_the_manual(flag: Flag) -> None:
    """Its words begin a line of the table, which says where it stands."""
    lines = re.findall(r"^\| `(.*?)` \| .*\|$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert any(line.startswith(flag.words) for line in lines)


def test_what_people_grade_alone_may_not_be_opened() -> None:
    """Without a case, a result that tells of no isolation and says why has not been opened."""
    made = replace(samples.result("ada"), cases=(), promise="", notices=("ada.zip is damaged",))
    assert flags.told([Row(Student("s"), result=made)]) == [
        {flags.NOT_OPENED: "could not be opened"}
    ]
    ran = replace(made, promise="open")
    assert flags.told([Row(Student("s"), result=ran)]) == [{flags.NOTICE: "notice"}]


def test_several_oddities_are_told_in_one_flag() -> None:
    """One sentence after another."""
    row = samples.rows()[1]
    assert row.handed is not None
    row = replace(row, handed=replace(row.handed, notices=("It came late.", "And twice.")))
    assert flags.told([row]) == [{flags.ODD: "odd hand-in: It came late. And twice."}]
