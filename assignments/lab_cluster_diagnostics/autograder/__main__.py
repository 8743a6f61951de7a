"""The commands. Nothing is decided here: each one loads, calls, and prints.

Exit status: 0 done (a low score is still done), 1 something that had to hold
does not (``verify``, a stale handout), 2 the command, a file or the config is
wrong, in one sentence. A handout carries this file too; there only ``check``
exists, and it needs nothing but numpy, pytest and the standard library.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import arguments
from autograder.arguments import CONFIG
from autograder.model import Assignment

if TYPE_CHECKING:
    from autograder.intake import Intake

MOST_LISTED, MOST_TOLD = 60, 20
"""Submissions of a class that are listed in the terminal, and sentences about what came in."""
IN_HANDOUT = not Path(__file__).with_name("config.py").is_file()


class CommandError(ValueError):
    """The command line names something that is not there."""


def _root(given: str | None) -> Path:
    """The course's root: the nearest folder upwards that holds the config."""
    start = Path(given) if given else Path.cwd()
    for folder in (start, *start.resolve().parents):
        if (folder / CONFIG).is_file():
            return folder.resolve()
    raise CommandError(
        f"{start}: no {CONFIG} here or in a folder above; run this command inside the course's "
        "folder or name it with --root"
    )


def _chosen(args: argparse.Namespace) -> tuple[Path, list[Assignment]]:
    from autograder import config

    root = _root(args.root)
    course = config.load(root / CONFIG)
    names = args.assignment if isinstance(args.assignment, list) else [args.assignment]
    if not names:
        return root, list(course.assignments)
    return root, [config.assignment(course, name) for name in names]


def _bar(total: int, what: str) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, desc=what, unit="", dynamic_ncols=True, disable=None, leave=False)


# Commands, in the order of an assignment's life -------------------------------


def handout(args: argparse.Namespace) -> int:
    """Regenerate ``assignments/`` and ``notebooks/``, or say whether they are fresh."""
    from autograder import handout as handouts
    from autograder import leaks

    root, assignments = _chosen(args)
    problems = 0
    for assignment in assignments:
        into = root / "assignments" / assignment.name
        if not args.check:
            handouts.build(assignment, root, into)
        found = handouts.fresh(assignment, root) or leaks.leaks(assignment, root, into)
        for sentence in found:
            print(sentence, file=sys.stderr)
        if found and args.check:
            print(f"run: autograder handout {assignment.name}", file=sys.stderr)
        problems += len(found)
        if not found:
            word = "is fresh" if args.check else "written"
            print(f"{into.relative_to(root)} {word}")
    return 1 if problems else 0


def new(args: argparse.Namespace) -> int:
    """Begin an assignment that already works, to be changed into yours."""
    from autograder import config, scaffold
    from autograder import handout as handouts

    try:
        root = _root(args.root)
    except CommandError:
        root = Path(args.root) if args.root else Path.cwd()
        if not root.is_dir():
            raise
    for path in scaffold.make(root, args.name):
        print(f"{path.relative_to(root)} written")
    made = config.assignment(config.load(root / CONFIG), args.name)
    handouts.build(made, root, root / "assignments" / made.name)
    print(f"assignments/{made.name} written")
    print(f"Prove it: autograder verify {args.name}")
    return 0


def verify(args: argparse.Namespace) -> int:
    """Grade the grader."""
    from autograder import exam_page, exam_table, pool, whole
    from autograder import verify as exam

    root, assignments = _chosen(args)
    if args.calibrate:
        if args.html:
            raise CommandError("--html draws the exam, and --calibrate runs none: leave one out")
        return _calibrate(root, assignments, args)
    wrong = 0
    for assignment in assignments:
        with _bar(0, f"verify {assignment.name}") as bar:
            report = exam.verify(
                assignment,
                root,
                jobs=args.jobs or pool.cores(),
                rounds=1 if args.once else 2,
                whole=args.whole,
                thorough=args.twice,
                mutated=args.mutants,
                only=lambda c: not args.only or args.only in f"{c.kind}/{c.name}",
                progress=_driven(bar),
            )
        print(exam_table.table(report))
        if args.html:
            page = Path(args.html)
            if len(assignments) > 1:
                page = page.with_name(f"{page.stem}_{assignment.name}{page.suffix}")
            whole.write_text(page, exam_page.html(report))
            print(f"{page} written")
        wrong += len(report.problems)
        written = report.problems == [] and report.write_book(root)
        if written:
            print(f"{written.relative_to(root)} written: mistakes are named by it")
    return 1 if wrong else 0


def _driven(bar: Any) -> Callable[[int], Callable[[], None]]:
    """What is told how many steps there are, and gives what is called after each one."""

    def begin(number: int) -> Callable[[], None]:
        bar.reset(number)
        return lambda: bar.update()

    return begin


def _calibrate(root: Path, assignments: Sequence[Assignment], args: argparse.Namespace) -> int:
    from autograder import calibrate, pool

    wrong = 0
    among = list(calibrate.conditions(args.python))
    for assignment in assignments:
        with _bar(0, f"calibrate {assignment.name}") as bar:
            jobs = args.jobs or pool.cores()
            gauges = calibrate.calibrate(
                assignment, root, jobs=jobs, among=among, progress=_driven(bar)
            )
        print(calibrate.table(assignment, gauges, among))
        wrong += calibrate.faults(gauges)
    return 1 if wrong else 0


def grade(args: argparse.Namespace) -> int:
    """Grade one submission."""
    from autograder import grade as grader
    from autograder import isolation, report, terminal, whole
    from autograder.sandbox import Sandbox

    root, (assignment,) = _chosen(args)
    room = grader.course_room(root, assignment)
    with Sandbox(assignment.preload, args.mode) as sandbox:
        isolation.require(isolation.examine(sandbox, assignment.limits), args.require)
        result = grader.grade(
            assignment, room, Path(args.submission), sandbox, book=grader.known(assignment, room)
        )
    # First to the terminal: a full disk must not lose a finished result.
    terminal.write(result, sys.stdout, audience="staff")
    if args.results:
        report.write_json(result, Path(args.results))
    if args.html:
        whole.write_text(Path(args.html), report.html(result, audience="staff"))
    return 0


def grade_all(args: argparse.Namespace) -> int:
    """Grade a folder of submissions."""
    from autograder import changes, class_files, class_report, classroom, pool, progress
    from autograder import grade as grader
    from autograder import roster as rosters

    root, (assignment,) = _chosen(args)
    out = Path(args.out)
    known = rosters.read(Path(args.roster)) if args.roster else ()
    class_files.check_exports(args.format, assignment, known)
    jobs = args.jobs or pool.cores()
    with contextlib.ExitStack() as opened:
        found = opened.enter_context(_handed_in(args, out))
        handed = found.handed
        if known:
            matched = rosters.match(known, handed)
            handed = matched.handed
            _told("Roster", matched.told)
        class_files.check_exports(args.format, assignment, known, handed)
        comparison = class_files.Comparison(root, jobs, _comparing)
        with progress.Progress(sys.stderr, verbose=args.verbose) as shown:
            graded = classroom.grade_all(
                assignment,
                grader.course_room(root, assignment),
                handed,
                out,
                jobs=jobs,
                require=args.require,
                force=args.force,
                scheduler=args.scheduler,
                roster=known,
                on_begin=shown.begin,
                on_result=shown.finished,
                comparison=None if args.no_similarity else comparison,
            )
    results = list(graded.results.values())
    if len(results) <= MOST_LISTED:
        print(class_report.summary_table(results))
    if graded.again:
        print(changes.text(graded.changes, graded.again))
    print(f"Graded     {len(results)}: {shown.tally()}")
    absent = sum(row.handed is None for row in graded.rows)
    if known:
        print(f"Roster     {len(known)} students, {absent} of them handed in nothing")
    if graded.isolation:
        print(f"Isolation  {graded.isolation.promise}: {', '.join(graded.isolation.layers)}")
    print(f"Gradebook  {out / class_files.GRADEBOOK}")
    print(f"Report     {out / class_files.PAGE}")
    print(f"Results    {out / '<submission>' / 'results.json'}")
    if graded.likenesses:
        print(f"Similar    {out / class_files.SIMILAR}: {graded.likenesses}")
    if graded.changes:
        print(f"Changes    {out / class_files.CHANGES}")
    for sentence in classroom.remarks(graded):
        print(sentence)
    # What can still fail comes last: it must not hide any of the above.
    for line in class_files.write_exports(out, args.format, graded.rows, assignment, known):
        print(line)
    if old := class_files.outdated(out, args.format, similar=bool(graded.likenesses)):
        print(old)
    return 0


@contextlib.contextmanager
def _comparing(total: int) -> Iterator[Callable[[], None]]:
    with _bar(total, "comparing") as bar:
        yield bar.update


@contextlib.contextmanager
def _handed_in(args: argparse.Namespace, out: Path) -> Iterator[Intake]:
    """What a class handed in; what it was taken for, and what was left out, is told."""
    from autograder import class_files, intake

    with intake.opened(Path(args.folder), out, args.kind, reserved=class_files.RESERVED) as found:
        print(found.line, flush=True)
        _told("Left out", found.left_out)
        yield found


def _told(what: str, sentences: Sequence[str]) -> None:
    """Print some sentences, and how many more there are."""
    for sentence in sentences[:MOST_TOLD]:
        print(f"{what:<10} {sentence}", flush=True)
    if len(sentences) > MOST_TOLD:
        print(f"{what:<10} ... and {len(sentences) - MOST_TOLD} more", flush=True)


def written(args: argparse.Namespace) -> int:
    """Gather the written answers, question by question, for people to grade."""
    from autograder import sheet, whole
    from autograder import written as answers
    from autograder import written_page as page

    root, (assignment,) = _chosen(args)
    out = Path(args.out)
    form = answers.form(assignment, root)
    place = out / f"sheet.{args.sheet}"
    page.check_unfilled(place)
    browser = page.printer() if args.pdf else []
    sheet.write(place, [])  # refuse before the first submission, not after the last
    students = []
    with _handed_in(args, out) as found:
        out.mkdir(parents=True, exist_ok=True)
        with _bar(len(found.handed), "gathering") as bar:
            for one in found.handed:
                students.append(answers.gather(form, one.name, one.parts, out))
                bar.update()
    text = page.html(form, students, anonymous=args.anonymous, sheet_name=place.name)
    whole.write_text(out / page.PAGE, text)
    rows = page.rows(form, students, anonymous=args.anonymous)
    whole.write(place, sheet.write(place, rows))
    for key in form.places:
        print(f"Question {key:6}  {page.tally(students, key)}")
    for student in students:
        if student.notice:
            name, notice = student.name, student.notice
            if args.anonymous:  # the sentence may quote the name of a file
                name, notice = student.code, "the submission cannot be read"
            print(f"{name}: {notice}", file=sys.stderr)
    print(f"Answers    {out / page.PAGE}")
    print(f"Sheet      {place}")
    if args.pdf:
        page.print_pdf(browser, out / page.PAGE, out / page.PRINTED)
        print(f"PDF        {out / page.PRINTED}")
    return 0


def merge(args: argparse.Namespace) -> int:
    """Bring the points of a filled-in sheet into the results of a class."""
    from autograder import merge as merging

    _, (assignment,) = _chosen(args)
    results = Path(args.results)
    merged = merging.merge(assignment, Path(args.sheet), results)
    out = Path(args.out) if args.out else results
    merging.write(merged, out)
    for name in merged.without_place:
        print(f"{name}/report.html has no place for written questions: run grade-all again")
    for sentence in merged.waiting:
        print(sentence)
    print(f"{merged.graded} answers of the sheet are in {len(merged.files)} files below {out}")
    return 0


def bundle(args: argparse.Namespace) -> int:
    """Make the zip that is uploaded to Gradescope."""
    from autograder import bundle as bundles
    from autograder.gradescope import Settings

    root, (assignment,) = _chosen(args)
    out = Path(args.out or f"{assignment.name}_gradescope.zip")
    settings = Settings(assignment.name, args.minutes, args.memory, args.require)
    for line in bundles.build(assignment, root, out, settings):
        print(line)
    return 0


def data(args: argparse.Namespace) -> int:
    """Say which data is here, or fetch the real tops (needs a network)."""
    from autograder import datasets

    if args.action == "fetch":
        from autograder import fetch

        into = args.into or _root(args.root) / "data" / datasets.REAL_TOPS
        return 0 if fetch.fetch(Path(into)) else 1
    if args.into:
        raise CommandError("--into goes with: autograder data fetch")
    for line in datasets.listing(_root(args.root) / "data"):
        print(line)
    return 0


def notebook(args: argparse.Namespace) -> int:
    """Execute the notebook with the answers in it, for instructors."""
    from autograder import solved

    root, assignments = _chosen(args)
    if not args.assignment:
        home = root / "solutions"
        assignments = [a for a in assignments if (home / a.name / "notebook.py").is_file()]
    for assignment in assignments:
        with _bar(0, f"{assignment.name}, cells") as bar:

            def progress(total: int, bar: Any = bar) -> Callable[[], None]:
                bar.reset(total)
                return lambda: bar.update()

            paths = solved.build(assignment, root, Path(args.out), args.minutes, progress)
        for path in paths:
            print(path)
    return 0


def check(args: argparse.Namespace) -> int:
    """The student's command: run the public checks of a handout."""
    from autograder import check as checks
    from autograder import terminal

    terminal.write(checks.check(Path(args.folder), args.mode), sys.stdout, audience="student")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": check,
    "new": new,
    "handout": handout,
    "grade": grade,
    "grade-all": grade_all,
    "written": written,
    "merge": merge,
    "bundle": bundle,
    "verify": verify,
    "notebook": notebook,
    "data": data,
}
"""By the names that they are typed by, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    there = {"check": check} if IN_HANDOUT else COMMANDS
    args = arguments.parser(there).parse_args(argv)
    # What ends a command from outside ends it as Ctrl-C does: nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("autograder: interrupted; what was finished is kept", file=sys.stderr)
    except OSError as error:
        # Whatever is still unwritten would fail again when Python exits.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        if not isinstance(error, BrokenPipeError):  # its reader has seen enough
            place = f"{error.filename}: " if error.filename else ""
            print(f"autograder: {place}{error.strerror or error}", file=sys.stderr)
    except ValueError as error:
        # Every error that a person can mend is a ValueError of ours.
        if type(error).__module__.split(".")[0] not in ("autograder", "__main__"):
            raise
        print(f"autograder: {error}", file=sys.stderr)
    except Exception as error:
        if type(error).__name__ != "SandboxError":
            raise
        print(f"autograder: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
