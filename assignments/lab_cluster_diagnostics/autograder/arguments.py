"""The command line: what each command takes, in which words. It runs nothing.

It is read whenever the command is typed, so it imports nothing that takes time. A handout carries
it too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from autograder import __version__

CONFIG = "grading_config.yaml"
"""The file in a course's root folder."""


def parser(commands: Mapping[str, Callable[[argparse.Namespace], int]]) -> argparse.ArgumentParser:
    """What reads the command line for ``commands``, by their names and in their order.

    The first line of a command's docstring is its help. ``run`` of what is read is the command.
    """
    top = argparse.ArgumentParser(
        prog="autograder", description="Coursework autograder for numerical Python."
    )
    top.add_argument("--version", action="version", version=f"autograder {__version__}")
    among = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, run in commands.items():
        text = (run.__doc__ or "").splitlines()[0]
        one = among.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        if name != "check":
            one.add_argument("--root", help=f"the folder that holds {CONFIG} (default: found)")
        _TAKES[name](one)
    return top


def _check(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", nargs="?", default=".", help="the handout (default: this folder)")
    _add_mode(one)


def _new(one: argparse.ArgumentParser) -> None:
    one.add_argument("name", help="small letters, digits and _, such as lab1_regression")


def _handout(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment", nargs="*", help="default: all")
    one.add_argument("--check", action="store_true", help="only say whether they are fresh")


def _grade(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment")
    one.add_argument("submission", help="a folder, a .zip, a .py or a .ipynb file")
    one.add_argument("--results", help="write Gradescope's results.json here")
    one.add_argument("--html", help="write the report page here")
    _add_mode(one)
    _add_require(one)


def _grade_all(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment")
    _add_folder(one)
    one.add_argument("--out", required=True, help="folder for gradebook, reports and results")
    one.add_argument(
        "--roster", metavar="FILE", help="CSV of who is in the class, as your platform exports it"
    )
    one.add_argument(
        "--format",
        action="append",
        default=[],
        choices=("canvas", "moodle", "gradescope", "excel"),
        help="also write the gradebook as this imports it; may be given again",
    )
    one.add_argument(
        "--no-similarity", action="store_true", help="do not look for submissions that are alike"
    )
    one.add_argument(
        "--force", action="store_true", help="grade again what is graded and has not changed"
    )
    one.add_argument("--verbose", action="store_true", help="print a line for each submission")
    one.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="have a Dask cluster do the work, such as tcp://host:8786 (needs autograder[cluster])",
    )
    _add_jobs(one)
    _add_require(one)


def _written(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment")
    _add_folder(one)
    one.add_argument("--out", required=True, help="folder for the page and the sheet")
    one.add_argument("--anonymous", action="store_true", help="hide the students' names")
    one.add_argument(
        "--sheet", choices=("csv", "xlsx"), default="csv", help="kind of sheet (default: csv)"
    )
    one.add_argument("--pdf", action="store_true", help="print the page to a PDF as well")


def _merge(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment")
    one.add_argument("--sheet", required=True, help="the sheet, filled in")
    one.add_argument("--results", required=True, help="the folder that grade-all wrote")
    one.add_argument("--out", help="write there instead of into --results")


def _bundle(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment")
    one.add_argument("--out", help="the file to write (default: ASSIGNMENT_gradescope.zip)")
    one.add_argument(
        "--minutes", type=_minutes, default=10.0, help="time limit set on Gradescope (default: 10)"
    )
    one.add_argument(
        "--memory", type=_positive, default=768, help="MB set on Gradescope (default: 768)"
    )
    _add_require(one)


def _verify(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment", nargs="*", help="default: all")
    one.add_argument("--only", help="only candidates whose kind/name contains this text")
    again = one.add_mutually_exclusive_group()
    again.add_argument("--once", action="store_true", help="grade nothing a second time")
    again.add_argument(
        "--twice",
        action="store_true",
        help="the second time, run all that the first time ran (default: what may differ)",
    )
    one.add_argument(
        "--calibrate",
        action="store_true",
        help="only measure how wide every tolerance is beside honest and wrong answers",
    )
    one.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="with --calibrate: also with this interpreter and its NumPy; may be given again",
    )
    one.add_argument(
        "--mutants",
        type=int,
        default=0,
        metavar="N",
        help="also try N automatic mutants of the reference (default: none)",
    )
    one.add_argument(
        "--whole",
        action="store_true",
        help="run all cases of all candidates, also those that cannot see its change",
    )
    one.add_argument(
        "--html",
        metavar="FILE",
        help="also write the exam as a page; of several assignments, each to FILE with its name "
        "before the suffix",
    )
    _add_jobs(one)


def _notebook(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment", nargs="*", help="default: all that have a notebook")
    one.add_argument("--out", required=True, help="folder for NAME_solution.ipynb and .html")
    one.add_argument(
        "--minutes", type=_minutes, default=10.0, help="for all cells together (default: 10)"
    )


def _data(one: argparse.ArgumentParser) -> None:
    one.add_argument("action", nargs="?", choices=("fetch",), help="default: list what is here")
    one.add_argument("--into", help="folder for the real tops (default: data/fashion_tops)")


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", help="what the class handed in: your platform's download, or one item a student"
    )
    command.add_argument(
        "--kind",
        choices=("gradescope", "canvas", "moodle", "plain"),
        help="whose download it is (default: as it looks)",
    )


def _add_mode(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--mode",
        choices=("fork", "plain"),
        help="how workers start: forked from a warm process (Linux) or each by itself",
    )


def _add_require(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--require",
        choices=("sealed", "partial", "open"),
        default="sealed",
        help="refuse to grade where submissions cannot be shut in as well as this "
        "(default: sealed)",
    )


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--jobs", type=_positive, help="processes at a time (default: all cores)")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 1440:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes")
    return minutes


_TAKES: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "check": _check,
    "new": _new,
    "handout": _handout,
    "grade": _grade,
    "grade-all": _grade_all,
    "written": _written,
    "merge": _merge,
    "bundle": _bundle,
    "verify": _verify,
    "notebook": _notebook,
    "data": _data,
}
"""What each command takes."""
