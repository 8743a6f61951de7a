"""The late policy as a table: when it was handed in and due, and what that costs."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from autograder import lateness, roll
from autograder.lateness import Charge
from autograder.model import LatePolicy
from autograder.roll import Handed, Student
from tests import samples

PLAIN = LatePolicy(percent_per_day=10, max_percent=100)
GRACE = LatePolicy(grace_minutes=15, percent_per_day=10, max_percent=100)
CAPPED = LatePolicy(percent_per_day=20, max_percent=50)
DAYS = LatePolicy(percent_per_day=10, max_percent=100, late_days=2)
FINE = LatePolicy(grace_minutes=0.5, percent_per_day=0.1, max_percent=0.25)

DUE = "2026-10-01T23:59:00+02:00"

TABLE = [
    # what it shows, policy, due, handed in, days, free, percent
    ("weeks early", PLAIN, DUE, "2026-09-01T00:00:00+02:00", 0, 0, 0),
    ("the last second before", PLAIN, DUE, "2026-10-01T23:58:59+02:00", 0, 0, 0),
    ("on the second", PLAIN, DUE, "2026-10-01T23:59:00+02:00", 0, 0, 0),
    ("a fraction of a second", PLAIN, DUE, "2026-10-01T23:59:00.999999+02:00", 0, 0, 0),
    ("a second late", PLAIN, DUE, "2026-10-01T23:59:01+02:00", 1, 0, 10),
    ("a day late, to the second", PLAIN, DUE, "2026-10-02T23:59:00+02:00", 1, 0, 10),
    ("a day and a second", PLAIN, DUE, "2026-10-02T23:59:01+02:00", 2, 0, 20),
    ("as many days as there are percents", PLAIN, DUE, "2026-10-11T23:59:00+02:00", 10, 0, 100),
    ("never more than everything", PLAIN, DUE, "2027-10-01T23:59:00+02:00", 365, 0, 100),
    ("the end of the grace", GRACE, DUE, "2026-10-02T00:14:00+02:00", 0, 0, 0),
    ("a second after the grace", GRACE, DUE, "2026-10-02T00:14:01+02:00", 1, 0, 10),
    ("days count from the grace's end", GRACE, DUE, "2026-10-03T00:14:00+02:00", 1, 0, 10),
    ("and a second after that", GRACE, DUE, "2026-10-03T00:14:01+02:00", 2, 0, 20),
    ("below the cap", CAPPED, DUE, "2026-10-03T23:59:00+02:00", 2, 0, 40),
    ("at the cap", CAPPED, DUE, "2026-10-03T23:59:01+02:00", 3, 0, 50),
    ("far above it", CAPPED, DUE, "2026-12-31T23:59:01+01:00", 92, 0, 50),
    ("a free day", DAYS, DUE, "2026-10-02T12:00:00+02:00", 1, 1, 0),
    ("all the free days", DAYS, DUE, "2026-10-03T23:59:00+02:00", 2, 2, 0),
    ("a second after the free days", DAYS, DUE, "2026-10-03T23:59:01+02:00", 3, 2, 10),
    ("on time uses no free day", DAYS, DUE, "2026-10-01T12:00:00+02:00", 0, 0, 0),
    ("half a minute of grace", FINE, DUE, "2026-10-01T23:59:30+02:00", 0, 0, 0),
    ("and a second more", FINE, DUE, "2026-10-01T23:59:31+02:00", 1, 0, 0.1),
    ("fractions of a percent", FINE, DUE, "2026-10-03T23:59:30+02:00", 2, 0, 0.2),
    ("a cap of a fraction", FINE, DUE, "2026-10-05T23:59:30+02:00", 4, 0, 0.25),
    ("another zone, on time", PLAIN, DUE, "2026-10-01T14:59:00-07:00", 0, 0, 0),
    ("another zone, late", PLAIN, DUE, "2026-10-01T14:59:01-07:00", 1, 0, 10),
    ("tomorrow's date, and on time", PLAIN, DUE, "2026-10-02T11:59:00+14:00", 0, 0, 0),
    ("UTC", PLAIN, DUE, "2026-10-01T21:59:01Z", 1, 0, 10),
    ("half an hour's zone", PLAIN, DUE, "2026-10-02T03:29:00+05:30", 0, 0, 0),
    # Clocks go back at 03:00 on the 25th: that day has 25 hours, and 24 of them are a day.
    ("clocks go back, same hour", PLAIN, "2026-10-24T23:59:00+02:00",
     "2026-10-25T23:59:00+01:00", 2, 0, 20),
    ("clocks go back, 24 hours", PLAIN, "2026-10-24T23:59:00+02:00",
     "2026-10-25T22:59:00+01:00", 1, 0, 10),
    ("the hour that comes twice, first", PLAIN, "2026-10-25T02:30:00+02:00",
     "2026-10-25T02:30:00+02:00", 0, 0, 0),
    ("the hour that comes twice, again", PLAIN, "2026-10-25T02:30:00+02:00",
     "2026-10-25T02:30:00+01:00", 1, 0, 10),
    ("clocks go forward, same hour", PLAIN, "2027-03-27T23:59:00+01:00",
     "2027-03-28T23:59:00+02:00", 1, 0, 10),
    ("clocks go forward, 24 hours and a second", PLAIN, "2027-03-27T23:59:00+01:00",
     "2027-03-29T00:59:01+02:00", 2, 0, 20),
    ("a leap day", PLAIN, "2028-02-28T23:59:00Z", "2028-03-01T23:59:00Z", 2, 0, 20),
    ("the year ends", PLAIN, "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", 1, 0, 10),
]  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "due", "when", "days", "free", "percent"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_what_lateness_costs(
    policy: LatePolicy, due: str, when: str, days: int, free: int, percent: float
) -> None:
    """Whether the platform or the config says when it was due."""
    wanted = Charge(days, percent, "", free)
    assert lateness.charge(policy, {"created_at": when}, due) == wanted
    described = {"created_at": when, "assignment": {"due_date": due}}
    assert lateness.charge(policy, described, None) == wanted
    assert lateness.charge(policy, described, "1999-01-01T00:00:00Z") == wanted


def _described(when: str, *extensions: str | None) -> dict:
    return {
        "created_at": when,
        "assignment": {"due_date": DUE},
        "users": [{"assignment": {"due_date": due}} for due in extensions],
    }


@pytest.mark.parametrize(
    ("extensions", "days"),
    [
        ((), 3),
        (("2026-10-03T23:59:00+02:00",), 1),
        (("2026-10-04T23:59:00+02:00",), 0),
        ((None, "2026-10-03T23:59:00+02:00"), 1),
        (("2026-10-02T23:59:00+02:00", "2026-10-03T23:59:00+02:00"), 1),
        (("2026-09-01T23:59:00+02:00",), 33),
        ((None,), 3),
    ],
    ids=["none", "two days", "enough", "one of two", "the later", "an earlier date", "empty"],
)
def test_an_extension_moves_the_date(extensions: tuple[str | None, ...], days: int) -> None:
    """Of a group the latest; a date set for one student counts even where it is earlier."""
    found = lateness.charge(PLAIN, _described("2026-10-04T12:00:00+02:00", *extensions), None)
    assert found.days == days


@pytest.mark.parametrize(
    ("left", "days", "free", "percent"),
    [
        ("", 3, 2, 10),
        (" ", 3, 2, 10),
        ("0", 3, 0, 30),
        ("1", 3, 1, 20),
        ("3", 3, 3, 0),
        (" 5.0 ", 3, 3, 0),
    ],
)
def test_the_roster_says_how_many_late_days_are_left(
    left: str, days: int, free: int, percent: float
) -> None:
    """A budget for the whole term: what is left of it stands in a column, blank: the policy's."""
    found = lateness.charge(DAYS, {"created_at": "2026-10-04T12:00:00+02:00"}, DUE, left)
    assert found == Charge(days, percent, "", free)


@pytest.mark.parametrize("left", ["two", "-1", "1.5", "1e3", "²", "9" * 50])
def test_late_days_that_are_no_number_are_told(left: str) -> None:
    """The policy's count, and staff read why."""
    found = lateness.charge(DAYS, {"created_at": "2026-10-04T12:00:00+02:00"}, DUE, left)
    assert (found.percent, found.free) == (10, 2)
    assert found.note == (
        f"the roster's late_days is {left[:40]!r}, not a whole number; 2 days counted as free"
    )


def test_each_of_a_group_has_late_days_of_their_own() -> None:
    """The same submission; one has days left and the other has none."""
    ada = Student("ada", fields=(("Late Days", "0"),))
    bob = Student("bob", fields=(("Late Days", "1"),))
    one = Handed("group", (), (ada, bob), {"created_at": "2026-10-02T12:00:00+02:00"})
    rows = roll.rows([one], {"group": samples.perfect()}, (ada, bob), policy=DAYS, due=DUE)
    assert [row.late.percent for row in rows] == [10, 0]
    assert [row.total for row in rows] == [46.8, 52]


@pytest.mark.parametrize(
    ("described", "due", "lacking"),
    [
        ({}, DUE, "created_at"),
        ({"created_at": "2026-10-01T12:00:00"}, DUE, "created_at"),
        ({"created_at": "Thursday"}, DUE, "created_at"),
        ({"created_at": DUE}, None, "due_date, and the config has no `due`"),
    ],
)
def test_without_a_timestamp_nothing_is_charged(
    described: dict, due: str | None, lacking: str
) -> None:
    """Nobody pays for what is not known; staff read what is lacking."""
    assert lateness.charge(PLAIN, described, due) == Charge(
        None, 0.0, f"lateness is not charged: the metadata has no usable {lacking}"
    )


def test_no_clock_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graded next year, it costs what it costs today."""

    def clock(*_: object) -> float:
        raise AssertionError("a clock was read")

    for name in ("time", "time_ns", "localtime", "gmtime", "monotonic"):
        monkeypatch.setattr(time, name, clock)

    class Frozen(datetime):
        now = today = utcnow = clock  # type: ignore[assignment]

    monkeypatch.setattr(lateness, "datetime", Frozen)
    when = {"created_at": "2026-10-02T23:59:01+02:00"}
    assert lateness.charge(PLAIN, when, DUE) == Charge(2, 20.0)


def test_the_machines_zone_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is graded."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no tzset")
    found = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        found.append(lateness.charge(PLAIN, {"created_at": "2026-10-02T23:59:01+02:00"}, DUE))
    monkeypatch.undo()
    time.tzset()
    assert found == [Charge(2, 20.0)] * 3


@pytest.mark.parametrize(
    ("policy", "late", "told"),
    [
        (PLAIN, Charge(0), ""),
        (PLAIN, Charge(None), ""),
        (PLAIN, Charge(1, 10.0), "Late by 1 day: \N{MINUS SIGN}10 % of the points."),
        (DAYS, Charge(2, 0.0, "", 2), "Late by 2 days, 2 of them free: \N{MINUS SIGN}0 % of the "
                                      "points."),
        (FINE, Charge(3, 0.25), "Late by 3 days: \N{MINUS SIGN}0.25 % of the points."),
        (LatePolicy(), Charge(3), ""),
    ],
)  # fmt: skip
def test_what_students_read(policy: LatePolicy, late: Charge, told: str) -> None:
    """Days and percent; nothing where nothing is charged for lateness."""
    assert lateness.sentence(policy, late) == told


@pytest.mark.parametrize(
    ("when", "seconds"),
    [("2026-10-01T22:00:00.5Z", 60), ("2026-10-01T21:58:59.5Z", -1), ("2026-10-01T21:59:00Z", 0)],
)
def test_lateness_is_in_whole_seconds(when: str, seconds: int) -> None:
    """As platforms show it."""
    handed, due = lateness.moment(when), lateness.moment(DUE)
    assert handed is not None
    assert due is not None
    assert lateness.seconds_late(handed.astimezone(timezone.utc), due) == seconds
