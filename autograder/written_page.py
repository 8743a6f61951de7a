"""All written answers of a class on one page, the sheet that goes with it, and a PDF of the page.

The page asks for nothing: no script, no font, no request. Names can be hidden; order and files then
go by code. A sheet that somebody has begun to fill in is never written over.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder import prose, sheet, whole
from autograder.report import render
from autograder.visible import clean
from autograder.written import WORDS, Form, Student, WrittenError

PAGE = "written.html"
PRINTED = "written.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge")
PRINT_SECONDS = 300


def html(form: Form, students: Iterable[Student], *, anonymous: bool, sheet_name: str) -> str:
    """The page."""
    ordered = _ordered(students, anonymous=anonymous)
    questions = []
    for key, place in form.places.items():
        statement = prose.render(_below_heading(place.statement), lambda _: None, prose.Pictures())
        questions.append(
            {
                "key": key,
                "title": place.question.title,
                "points": place.question.points,
                "rubric": place.question.rubric,
                "statement": statement if place.statement else "",
                "tally": tally(ordered, key),
                "answers": [_shown(student, key, anonymous=anonymous) for student in ordered],
            }
        )
    return render(
        "written.html",
        title=form.assignment.title,
        count=len(ordered),
        anonymous=anonymous,
        questions=questions,
        sheet=sheet_name,
    )


def rows(form: Form, students: Iterable[Student], *, anonymous: bool) -> list[list[str]]:
    """The sheet's rows, question by question as on the page."""
    ordered = _ordered(students, anonymous=anonymous)
    return [
        [
            student.code,
            "" if anonymous else sheet.plain_cell(student.name),
            key,
            student.answers[key].status,
            *[""] * len(sheet.FILLED_IN),
        ]
        for key in form.places
        for student in ordered
    ]


def check_unfilled(path: Path) -> None:
    """Raises WrittenError when a sheet is there in which somebody has written."""
    if not path.exists():
        return
    try:
        begun = any(not row.empty for row in sheet.read(path))
    except sheet.SheetError:
        begun = True
    if begun:
        raise WrittenError(
            f"{path}: there is a sheet already, and it is not empty; merge it, move it away, or "
            "name another folder with --out"
        )


def tally(students: Iterable[Student], key: str) -> str:
    """How many answers to one question are given, unchanged, missing."""
    counts = Counter(student.answers[key].status for student in students)
    return ", ".join(f"{counts[status]} {status}" for status in WORDS if counts[status])


def _ordered(students: Iterable[Student], *, anonymous: bool) -> list[Student]:
    return sorted(students, key=lambda s: (s.code if anonymous else "", s.name.casefold(), s.name))


def _shown(student: Student, key: str, *, anonymous: bool) -> dict[str, Any]:
    answer = student.answers[key]
    body = answer.body
    if student.notice and not anonymous:  # it may quote the name of the file
        body = Markup("<p>{}</p>").format(clean(student.notice))
    return {
        "name": "" if anonymous else " ".join(clean(student.name).split()),
        "code": student.code,
        "status": answer.status,
        "words": WORDS[answer.status],
        "body": body,
        "pdfs": student.pdfs,
    }


def _below_heading(statement: str) -> str:
    lines = statement.split("\n")
    first = next((n for n, line in enumerate(lines) if line.startswith("#")), -1)
    last = max((n for n, line in enumerate(lines) if line.startswith("#")), default=first)
    return "\n".join(lines[last + 1 :])


# --- PDF ----------------------------------------------------------------------------------------


def printer() -> list[str]:
    """The command of a browser on this machine that can print. Raises WrittenError without one."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return [found]
    try:
        # The browser that nbconvert's webpdf prints with.
        with importlib.import_module("playwright.sync_api").sync_playwright() as playwright:
            path = playwright.chromium.executable_path
        if Path(path).is_file():
            return [path]
    except Exception:  # not installed, or installed without its browser
        pass
    raise WrittenError(
        "--pdf: no browser to print with on this machine; install Chromium (or nbconvert[webpdf] "
        f"and `playwright install chromium`), or open {PAGE} and print it to a file"
    )


def print_pdf(command: Sequence[str], page: Path, pdf: Path) -> None:
    """Print ``page`` to ``pdf``. Raises WrittenError where the browser fails."""
    with tempfile.TemporaryDirectory(prefix="autograder-print-") as temporary:
        made = Path(temporary) / "page.pdf"
        options = [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-extensions",
            "--disable-quic", f"--user-data-dir={temporary}/profile", "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
        ]  # fmt: skip
        # A browser refuses its own sandbox to root; the page has no script to shut in.
        options += ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        try:
            done = subprocess.run(
                [*command, *options, page.resolve().as_uri()],
                capture_output=True,
                timeout=PRINT_SECONDS,
                check=False,
            )
            why = f"status {done.returncode}"
        except (OSError, subprocess.TimeoutExpired) as error:
            why = type(error).__name__
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            raise WrittenError(
                f"{command[0]} did not print the page ({why}); open {page} and print it to a file"
            )
        whole.write(pdf, made.read_bytes())
