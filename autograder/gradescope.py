"""What runs on Gradescope: one submission in, and a ``results.json`` that is valid at any moment.

Map of what it finds and makes, below ``/autograder`` or another folder that is named::

    source/                     the unpacked bundle; ``bundle`` says what is in it
        bundle.json             which assignment, and the platform's limits
        begun.json              what results.json holds before anything is known
    submission/                 what the student handed in
    submission_metadata.json    when that was, and when it was due
    results/results.json        replaced as a whole after every case

``run_autograder`` puts begun.json in place before Python starts. From then on
a kill at any moment leaves a file that says what is known so far, and that a
score which is not final is not one. Gives no points; takes some off for
lateness. What is printed is for staff.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import __version__, config, grade, isolation, recognise, report, whole
from autograder.lateness import Charge, charge, sentence
from autograder.model import (
    Assignment,
    CaseResult,
    LatePolicy,
    Limits,
    SubmissionResult,
    Verdict,
    from_plain,
)
from autograder.sandbox import Sandbox
from autograder.submission import SubmissionError
from autograder.visible import clean, cut, plural, points

CONFIG = "grading_config.yaml"
SETTINGS = "bundle.json"
BEGUN = "begun.json"
NAME = "submission"
SHARE_OF_TIME = 0.8
"""Of the platform's time limit: past that it would throw every result away."""
RESERVED_MB = 256
"""Of the platform's memory: what the grader, its helper and two idle workers take."""
LEAST_MB = 128
MAX_STDOUT = 20_000

_NO_FAULT = "The fault is not yours and no points are lost; staff have been told"
NOT_GRADED = (
    "NOT GRADED YET. The grader began with your submission and did not come to an end. The score "
    f"shown here is not your score. {_NO_FAULT} and will run it again."
)
NOT_FINISHED = (
    "NOT GRADED TO THE END. The grader stopped before it had tried everything. The score shown "
    f"here is not your final score. {_NO_FAULT} and will run it again."
)
OUT_OF_TIME = (
    "NOT GRADED TO THE END. The time for one submission was over before everything had been "
    f"tried. The score shown here is not your final score. {_NO_FAULT}."
)
REFUSED = (
    "NOT GRADED. Your submission has arrived, but the grading machine is not set up as it has to "
    f"be, so nothing was run. The score shown here is not your score. {_NO_FAULT}."
)


class BundleError(ValueError):
    """The bundle, or what it is to be made of, cannot be used; the text says why."""


@dataclass(frozen=True)
class Settings:
    """What a bundle is made for."""

    assignment: str
    minutes: float = 10.0
    """The time limit that is set on Gradescope."""
    memory_mb: int = 768
    """The memory that is set on Gradescope."""
    require: str = "sealed"
    """The weakest isolation that will do."""

    @property
    def seconds(self) -> float:
        """Our own deadline."""
        return 60 * self.minutes * SHARE_OF_TIME


def fitted(limits: Limits, settings: Settings) -> Limits:
    """``limits``, or what the platform leaves of them.

    A case may have begun just before the submission's time was over: it too
    has to end before our deadline.
    """
    longest = max(limits.case_seconds, limits.notebook_seconds)
    seconds = max(settings.seconds - longest, settings.seconds / 2)
    memory = max(settings.memory_mb - RESERVED_MB, LEAST_MB)
    return replace(
        limits,
        submission_seconds=min(limits.submission_seconds, seconds),
        memory_mb=min(limits.memory_mb, memory),
    )


# results.json -----------------------------------------------------------------


def results(
    result: SubmissionResult,
    policy: LatePolicy,
    late: Charge,
    *,
    complete: bool,
) -> dict[str, Any]:
    """The content of ``results.json``, with lateness charged and told."""
    told = sentence(policy, late)
    notices = (told, *result.notices) if told else result.notices
    made = report.gradescope(replace(result, notices=notices))
    raw = made["score"]
    made["score"] = round(raw * (1 - late.percent / 100), 6)
    made["extra_data"] |= {
        "complete": complete,
        "raw_score": raw,
        "late": {"days": late.days, "percent": late.percent},
    }
    return made


def unfinished(
    assignment: Assignment, cases: dict[str, CaseResult], notices: Sequence[str]
) -> SubmissionResult:
    """What is known so far: ``cases``, and every other one withheld."""
    base = grade.not_run(assignment, NAME, "", ours=True)
    known = tuple(cases.get(case.case, case) for case in base.cases)
    return replace(base, cases=known, notices=tuple(notices))


def begun(assignment: Assignment) -> str:
    """The text of begun.json."""
    made = unfinished(assignment, {}, (NOT_GRADED,))
    return _text(results(made, LatePolicy(), Charge(), complete=False))


def _text(made: dict[str, Any]) -> str:
    return json.dumps(made, allow_nan=False, indent=1) + "\n"


class Progress:
    """What is known of one submission, on disk at any moment.

    ``end`` says the last word: what comes later from another thread is dropped.
    """

    def __init__(self, path: Path, assignment: Assignment, late: Charge) -> None:
        self.notices: list[str] = []
        self.layers: tuple[str, ...] = ()
        self.promise = ""
        self._path = path
        self._assignment = assignment
        self._late = late
        self._cases: dict[str, CaseResult] = {}
        self._lock = threading.Lock()
        self._over = False

    def add(self, case: CaseResult) -> None:
        """Take up the result of one more case."""
        with self._lock:
            self._cases[case.case] = case
            if not self._over:
                # A full disk must not end the grading: the file before this one stands.
                with contextlib.suppress(OSError):
                    self._write(self._so_far(NOT_FINISHED), complete=False)

    def end(self, why: str) -> None:
        """Say what is known, and ``why`` it is not more."""
        self._last(lambda: (self._so_far(why), False))

    def finish(self, result: SubmissionResult) -> None:
        """Say what has been found out in the end."""
        self._last(lambda: (result, True))

    def _last(self, word: Callable[[], tuple[SubmissionResult, bool]]) -> None:
        with self._lock:
            if self._over:
                return
            self._over = True
            result, complete = word()
            self._write(result, complete=complete)
            tell(_for_staff(result, self._late, complete=complete))

    def _so_far(self, why: str) -> SubmissionResult:
        made = unfinished(self._assignment, self._cases, (why, *self.notices))
        return replace(made, layers=self.layers, promise=self.promise)

    def _write(self, result: SubmissionResult, *, complete: bool) -> None:
        made = results(result, self._assignment.late, self._late, complete=complete)
        # After each case: only a kill may come in between, and that loses nothing.
        whole.write_text(self._path, _text(made), flush=False)


# What staff read --------------------------------------------------------------


def tell(text: str) -> None:
    """Print for staff: Gradescope shows the output of the run to nobody else."""
    # pytest's own output is caught meanwhile, so not sys.stdout.
    stream = sys.__stdout__
    if stream is not None:
        print(cut(clean(text), MAX_STDOUT), file=stream, flush=True)


def _for_staff(result: SubmissionResult, late: Charge, *, complete: bool) -> str:
    state = "graded" if complete else "NOT GRADED TO THE END: run it again"
    held = [case for case in result.cases if case.score is None]
    lines = [
        f"autograder {__version__}, {result.assignment}: {state}",
        f"score before lateness: {points(result.score)} of {points(result.max_score)}",
        f"isolation: {result.promise or 'not tried'} ({', '.join(result.layers)})",
    ]
    if late.days:
        lines.append(f"late: {plural(late.days, 'day')}, {late.percent:g} % off")
    lines += [late.note] if late.note else []
    lines += [f"withheld: {len(held)} of {len(result.cases)} cases"] if held else []
    lines += [f"\n{case.case}: {case.staff_note}" for case in held if case.staff_note]
    return "\n".join(lines)


# Running ----------------------------------------------------------------------


def load(source: Path) -> tuple[Settings, Assignment]:
    """The bundle's settings, and its assignment with limits that fit. Raises BundleError."""
    try:
        settings = from_plain(Settings, json.loads((source / SETTINGS).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BundleError(f"{source / SETTINGS} cannot be used ({error})") from None
    assignment = config.assignment(config.load(source / CONFIG), settings.assignment)
    return settings, replace(assignment, limits=fitted(assignment.limits, settings))


def metadata(path: Path) -> object:
    """What the file holds; None where it holds nothing that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, RecursionError):
        return None


def run(base: Path) -> int:
    """Grade the one submission below ``base``; 1 when it could not be graded to the end."""
    started = time.monotonic()
    settings, assignment = load(base / "source")
    described = metadata(base / "submission_metadata.json")
    late = charge(assignment.late, described, assignment.due)
    progress = Progress(base / "results" / "results.json", assignment, late)
    left = settings.seconds - (time.monotonic() - started)
    watch = threading.Timer(left, _time_is_over, (progress,))
    watch.daemon = True
    watch.start()
    try:
        progress.finish(_graded(base, settings, assignment, progress))
        return 0
    except isolation.IsolationError as error:
        tell(f"{error} (an option of `autograder bundle`)")
        progress.end(REFUSED)
        return 1
    except BaseException:
        tell(traceback.format_exc()[-MAX_STDOUT:])
        progress.end(NOT_FINISHED)
        return 1
    finally:
        watch.cancel()


def _time_is_over(progress: Progress) -> None:
    """Our deadline: what is known is written, and everything ends with this process."""
    try:
        progress.end(OUT_OF_TIME)
    finally:
        # The helper that starts workers dies with us, and they with it.
        os._exit(1)


def _graded(
    base: Path, settings: Settings, assignment: Assignment, progress: Progress
) -> SubmissionResult:
    room = grade.course_room(base / "source", assignment)
    with Sandbox(assignment.preload) as sandbox:
        found = isolation.examine(sandbox, assignment.limits)
        progress.layers, progress.promise = found.layers, found.promise
        isolation.require(found, settings.require)
        try:
            with grade.prepared(assignment, room, base / "submission", sandbox) as (bench, said):
                progress.notices = said
                judged = grade.judge(bench, room.checks, NAME, said, progress.add)
                book = grade.known(assignment, room)
                return recognise.told(judged, bench.answers, book) if book else judged
        except SubmissionError as error:
            made = grade.not_run(assignment, NAME, str(error), ours=False)
            return replace(made, layers=found.layers, promise=found.promise)


def prove(base: Path) -> str:
    """Grade the bundle's own reference; what is wrong, or an empty text.

    Part of the build: what would fail at the first submission fails there.
    """
    source = base / "source"
    settings, assignment = load(source)
    room = grade.course_room(source, assignment)
    with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
        for name in (*assignment.files, *assignment.given):
            if (room.given / name).is_file():
                shutil.copyfile(room.given / name, Path(temporary) / name)
        with Sandbox(assignment.preload) as sandbox:
            found = isolation.examine(sandbox, assignment.limits)
            result = grade.grade(assignment, room, Path(temporary), sandbox, "reference")
    lost = [case for case in result.cases if case.verdict is not Verdict.ACCEPTED]
    if lost:
        said = " ".join((lost[0].staff_note or lost[0].message).split())[-300:]
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        return f"the reference solution loses {lost[0].case}{more} on this machine ({said})"
    tell(f"{assignment.name}: the reference has all {points(result.max_score)} points here")
    if settings.require != found.promise:
        facts = "; ".join(f"{layer}: {why}" for layer, why in found.lacking.items())
        tell(f"isolation while building: {found.promise} ({facts})")
    return ""


def main(argv: Sequence[str] | None = None) -> int:
    """What ``run_autograder`` and ``setup.sh`` call."""
    parser = argparse.ArgumentParser(prog="autograder.gradescope", description=main.__doc__)
    parser.add_argument("base", nargs="?", default="/autograder", type=Path)
    parser.add_argument("--prove", action="store_true", help="grade the reference solution")
    args = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not args.prove:
            return run(args.base.resolve())
        wrong = prove(args.base.resolve())
    except ValueError as error:
        if not type(error).__module__.startswith("autograder"):
            raise
        wrong = str(error)
    if wrong:
        print(f"autograder.gradescope: {wrong}", file=sys.stderr)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
