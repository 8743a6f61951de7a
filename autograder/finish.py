"""One submission of a class to the bytes that are kept of it.

This is what a grader's process does, here or on a cluster: grade, and write out the result and the
files that staff read. It touches no folder of results; ``classroom`` does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder import grade, journal, pool, report
from autograder.model import Assignment, SubmissionResult
from autograder.roll import Part


@dataclass(frozen=True)
class Job:
    """One submission to grade."""

    name: str
    parts: tuple[Part, ...]
    assignment: Assignment
    room: grade.Room
    require: str
    """The weakest isolation that will do."""
    scratch: Path
    """Where temporary files may lie."""


@dataclass(frozen=True)
class Made:
    """What is kept of one submission."""

    name: str
    result: bytes
    """The whole result, as ``journal.result_bytes`` writes it."""
    files: Mapping[str, bytes]
    """What goes into the submission's folder, by file name."""
    refused: str = ""
    """Why this machine does not grade: submissions cannot be shut in as they have to be."""


def work(job: Job) -> Made:
    """Grade one submission in this process, with a sandbox that stays warm for the next."""
    tempfile.tempdir = str(job.scratch)
    task = pool.Task(job.name, job.parts, job.assignment, job.room, job.require, explain=True)
    outcome = pool.run(task)
    result = outcome.result or grade.not_run(
        job.assignment, job.name, outcome.problem, ours=outcome.ours
    )
    return made(result, outcome.problem if outcome.refused else "")


def lost(job: Job, problem: str) -> Made:
    """What stands for a submission whose grader failed: every score is withheld."""
    return made(grade.not_run(job.assignment, job.name, problem, ours=True))


def allowed_seconds(job: Job) -> float:
    """How long a grader may take for one submission before it is taken to hang."""
    return job.assignment.limits.submission_seconds + pool.MARGIN_SECONDS


def made(result: SubmissionResult, refused: str = "") -> Made:
    """What is kept of a result."""
    return Made(result.submission, journal.result_bytes(result), files(result), refused)


def files(result: SubmissionResult) -> dict[str, bytes]:
    """The files of one submission's folder: Gradescope's results, and the page for staff."""
    page = report.html(result, audience="staff")
    return {
        "report.html": page.encode("utf-8", "replace"),
        "results.json": report.results_text(result).encode("utf-8", "replace"),
    }
