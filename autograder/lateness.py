"""The late policy: when it was handed in, when it was due, what that costs, and how it is told.

Pure functions of the platform's metadata, the configured date, the policy and,
where the roster has a column ``late_days``, of what a student has left. Reads no
clock and no file, raises nothing on odd metadata, and gives no points: whoever
has the points takes the percent off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

from autograder.model import LatePolicy
from autograder.visible import clean, plural, points

DAY_SECONDS = 86_400.0
NOT_CHARGED, LATE_DAYS_LEFT = "lateness is not charged", "the roster's late_days"
"""How a note begins: on a submission of which too little is known; on what a student has left."""


@dataclass(frozen=True)
class Charge:
    """What lateness costs. ``days`` is None where nobody can say how late it was."""

    days: int | None = 0
    percent: float = 0.0
    note: str = ""
    """For staff: why it could not be judged."""
    free: int = 0
    """Days of ``days`` that cost nothing."""


def moment(text: object) -> datetime | None:
    """The moment that ``text`` names, as Gradescope writes them; None without a time zone."""
    if not isinstance(text, str):
        return None
    parts = re.fullmatch(
        r"\s*(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?\s*([Zz]|[+-]\d\d:?\d\d)\s*",
        text,
        re.ASCII,
    )
    if parts is None:
        return None
    day, clock, fraction, zone = parts.groups()
    zone = "+00:00" if zone in "zZ" else zone
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    # Python 3.10 reads fractions of three or six digits alone.
    rest = f".{(fraction + '000000')[:6]}" if fraction else ""
    seconds = "" if clock.count(":") == 2 else ":00"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{seconds}{rest}{zone}")
    except ValueError:
        return None


def due_date(described: object, configured: str | None) -> datetime | None:
    """When a submission was due: with an extension, by Gradescope, or by the config, in this order.

    Of several students who hand in together the latest date counts.
    """
    users = _inside(described, "users")
    own = [
        moment(_inside(user, "assignment", "due_date"))
        for user in (users if isinstance(users, list) else [])
    ]
    extended = [when for when in own if when is not None]
    if extended:
        return max(extended)
    return moment(_inside(described, "assignment", "due_date")) or moment(configured)


def _inside(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def charges(policy: LatePolicy) -> bool:
    """Whether lateness costs anything at all."""
    return policy.percent_per_day > 0 and policy.max_percent > 0


def handed_in(described: object) -> datetime | None:
    """When the ``described`` submission was handed in, by its own timestamp."""
    return moment(_inside(described, "created_at"))


def seconds_late(handed: datetime, due: datetime) -> int:
    """Whole seconds from ``due`` to ``handed``; below zero: early.

    Platforms show seconds, so a fraction of one makes nobody late.
    """
    return math.floor((handed - due).total_seconds())


def days_late(handed: datetime, due: datetime, grace_minutes: float) -> int:
    """Days that had begun when it was handed in, counted from the end of the grace.

    A day is 24 hours: where clocks are put forward or back in between, it ends at another
    hour of the day.
    """
    seconds = seconds_late(handed, due) - 60 * grace_minutes
    return max(0, math.ceil(seconds / DAY_SECONDS))


def percent_off(policy: LatePolicy, days: int, free: int | None = None) -> float:
    """Percent of the points that ``days`` of lateness cost; the first ``free`` cost nothing.

    Left out, as many are free as the policy says.
    """
    charged = max(0, days - (policy.late_days if free is None else free))
    return round(min(policy.max_percent, policy.percent_per_day * charged) + 0.0, 6)


def charge(policy: LatePolicy, described: object, configured: str | None, left: str = "") -> Charge:
    """What the ``described`` submission pays; nothing where that says too little.

    ``left`` is what the roster says of the days that this student may still be late for nothing;
    empty: the policy's.
    """
    if not charges(policy):
        return Charge()
    handed, due = handed_in(described), due_date(described, configured)
    if handed is None or due is None:
        lacking = "created_at" if handed is None else "due_date, and the config has no `due`"
        return Charge(None, 0.0, f"{NOT_CHARGED}: the metadata has no usable {lacking}")
    days = days_late(handed, due, policy.grace_minutes)
    own, note = policy.late_days, ""
    if re.fullmatch(r"\d{1,6}(\.0*)?", left.strip(), re.ASCII):
        own = int(left.strip().partition(".")[0])
    elif left.strip():
        note = (
            f"{LATE_DAYS_LEFT} is {clean(left)[:40]!r}, not a whole number; "
            f"{plural(own, 'day')} counted as free"
        )
    return Charge(days, percent_off(policy, days, own), note, min(own, days))


def sentence(policy: LatePolicy, late: Charge) -> str:
    """The charge as students read it; without points, which could tell those of hidden cases."""
    if not late.days or not charges(policy):
        return ""
    told = f"Late by {plural(late.days, 'day')}"
    told += f", {points(late.free)} of them free" if late.free else ""
    return f"{told}: \N{MINUS SIGN}{late.percent:g} % of the points."
