"""The late policy: when it was handed in, when it was due, what that costs, and how it is told.

Pure functions of the platform's metadata, the configured date and the policy.
Reads no clock and no file, raises nothing on odd metadata, and gives no points:
whoever has the points takes the percent off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

from autograder.model import LatePolicy
from autograder.visible import plural, points

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Charge:
    """What lateness costs. ``days`` is None where nobody can say how late it was."""

    days: int | None = 0
    percent: float = 0.0
    note: str = ""
    """For staff: why it could not be judged."""


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


def days_late(handed_in: datetime, due: datetime, grace_minutes: float) -> int:
    """Days that had begun when it was handed in, counted from the end of the grace."""
    seconds = (handed_in - due).total_seconds() - 60 * grace_minutes
    return max(0, math.ceil(seconds / DAY_SECONDS))


def percent_off(policy: LatePolicy, days: int) -> float:
    """Percent of the points that ``days`` of lateness cost."""
    charged = max(0, days - policy.late_days)
    return round(min(policy.max_percent, policy.percent_per_day * charged), 6)


def charge(policy: LatePolicy, described: object, configured: str | None) -> Charge:
    """What the ``described`` submission pays; nothing where that says too little."""
    if policy.percent_per_day == 0 or policy.max_percent == 0:
        return Charge()
    handed_in, due = moment(_inside(described, "created_at")), due_date(described, configured)
    if handed_in is None or due is None:
        lacking = "created_at" if handed_in is None else "due_date, and the config has no `due`"
        return Charge(None, 0.0, f"lateness is not charged: the metadata has no usable {lacking}")
    days = days_late(handed_in, due, policy.grace_minutes)
    return Charge(days, percent_off(policy, days))


def sentence(policy: LatePolicy, late: Charge) -> str:
    """The charge as students read it; without points, which could tell those of hidden cases."""
    if not late.days:
        return ""
    free = min(policy.late_days, late.days)
    told = f"Late by {plural(late.days, 'day')}"
    told += f", {points(free)} of them free" if free else ""
    return f"{told}: \N{MINUS SIGN}{late.percent:g} % of the points."
