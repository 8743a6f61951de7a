"""Put every hostile and broken submission through the real command, in three contexts.

``python -m tests.redteam.run [--context A|B|C|all] [--only TEXT] [--quick] [--each] [--jobs N]``

Map of the room that is made for each context, and gone at the end::

    course/      a copy of the course: tight limits, and strings that must never come out
    in-…/        the submissions of one command
    out-…/       what the command wrote
    home/        the ordinary user's, in C
    said/        what the commands printed

A course of its own costs nothing and proves more: whatever changes in it was
changed by a submission, and whatever of its strings is told was stolen.
Exit status: 0 all sound, 1 something is not or a context could not be had, 2
the command line is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import secrets
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.model import Assignment
from tests.redteam import contexts, corpus
from tests.redteam.corpus import ASSIGNMENT, LAST, MAIN, ROOT, Attack

LIMITS = (
    "{call_seconds: 3, case_seconds: 9, cpu_seconds: 8, submission_seconds: 100, memory_mb: 600, "
    "output_kb: 64, answer_mb: 64, file_mb: 8}"
)
"""Tight, so that what hangs is soon over; the same kinds as any course has."""
QUICK = ("1.1", "1.2", "1.3", "2.2")
"""The questions of a quick run."""
OVERHEAD_SECONDS = 60.0
"""Of one submission: importing, compiling and reading it, and writing reports."""
START_SECONDS = 60.0
CACHES = (".cache", ".config")
REFERENCE = "zzz-reference"
PARTS = ("autograder", "grading_config.yaml", "solutions", "data")


@dataclass(frozen=True)
class Room:
    """Where one context's submissions are graded."""

    context: str
    folder: Path
    questions: tuple[str, ...]
    """Those of the course; empty: all."""
    assignment: Assignment
    full: Assignment
    canaries: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def course(self) -> Path:
        """The copy of the course."""
        return self.folder / "course"

    @property
    def seconds(self) -> float:
        """What one submission may take, from its first byte to its results."""
        limits = self.assignment.limits
        return limits.submission_seconds + 3 * limits.call_seconds + OVERHEAD_SECONDS


@dataclass(frozen=True)
class Outcome:
    """What became of one submission in one context."""

    context: str
    title: str
    problems: tuple[str, ...]
    score: str = ""
    verdicts: str = ""
    seconds: float = 0.0


# The room -----------------------------------------------------------------------


@contextmanager
def room(context: str, *, quick: bool = False, real_limits: bool = False) -> Iterator[Room]:
    """A room for ``context``, whose course nobody else has."""
    folder = Path(tempfile.mkdtemp(prefix="redteam-", dir=_open_folder()))
    try:
        yield _furnished(folder, context, quick, real_limits)
    finally:
        # Nothing that a submission leaves behind may be in the way.
        shutil.rmtree(folder, ignore_errors=True)


def _open_folder() -> str:
    """A folder where other users may go, too."""
    found = tempfile.gettempdir()
    closed = contexts._closed([found])
    return "/var/tmp" if closed and os.path.isdir("/var/tmp") else found


def _furnished(folder: Path, context: str, quick: bool, real_limits: bool) -> Room:
    folder.chmod(0o755)
    course = folder / "course"
    course.mkdir()
    # Another assignment of the course is not needed, and may be unfinished.
    skip = shutil.ignore_patterns("__pycache__", "misconceptions", "variants", "cp4_*")
    for name in PARTS:
        source, target = ROOT / name, course / name
        shutil.copytree(source, target, ignore=skip) if source.is_dir() else shutil.copy(
            source, target
        )
    canaries = tuple(f"canary{secrets.token_hex(8)}" for _ in range(4))
    solution, checks, config, environment = canaries
    home = course / "solutions" / ASSIGNMENT
    with (home / MAIN).open("a", encoding="utf-8") as file:
        file.write(f'\n\n_NOT_FOR_STUDENTS = "{solution}"  # {solution}\n')
    for path in (home / "checks" / "hidden").glob("*.py"):
        with path.open("a", encoding="utf-8") as file:
            file.write(f'\n\n_NOT_FOR_STUDENTS = "{checks}"  # {checks}\n')
    text = (course / "grading_config.yaml").read_text(encoding="utf-8")
    text = _cut(text, QUICK if quick else (), "" if real_limits else LIMITS)
    (course / "grading_config.yaml").write_text(f"{text}\n# {config}\n", encoding="utf-8")
    (folder / "home").mkdir()
    (folder / "said").mkdir()
    if context == "C":
        _give(folder, contexts.unused_uid())
    return Room(
        context,
        folder,
        QUICK if quick else (),
        corpus.assignment(course),
        corpus.assignment(ROOT),
        canaries,
        {"NOT_FOR_STUDENTS": environment},
    )


def _cut(text: str, questions: Sequence[str], limits: str) -> str:
    """The config with one assignment, with some of its questions, and other limits."""
    head, start, rest = text.partition(f"  {ASSIGNMENT}:\n")
    block = re.split(r"^  (?=\w)", rest, maxsplit=1, flags=re.M)[0]
    if limits:
        block = f"    limits: {limits}\n" + re.sub(
            r"^    limits:.*\n(      .*\n)*", "", block, flags=re.M
        )
    if questions:
        intro, *parts = re.split(r'^(?=      "[\d.]+":)', block, flags=re.M)
        kept = [part for part in parts if part.split('"')[1] in questions]
        points = sum(float(re.findall(r"^        points: (.*)$", p, re.M)[0]) for p in kept)
        block = re.sub(r"^    points: .*$", f"    points: {points:g}", intro, flags=re.M)
        block += "".join(kept)
    return head + start + block


def _give(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for path in folder.rglob("*"):
        os.chown(path, uid, uid, follow_symlinks=False)


def tree(where: Room) -> dict[str, str]:
    """Everything that a submission must leave as it is: names, and what is in them."""
    found = {}
    for path in sorted(where.course.rglob("*")):
        state = path.lstat()
        said = f"{state.st_mode:o} {state.st_uid} {state.st_mtime_ns}"
        if path.is_file() and not path.is_symlink():
            said += hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(where.folder))] = said
    for name in ("purelib", "platlib", "stdlib"):
        for entry in os.scandir(sysconfig.get_path(name)):
            found[entry.path] = ""
    # The grader's own libraries keep their caches there.
    home = (entry for entry in os.scandir(where.folder / "home") if entry.name not in CACHES)
    return found | {entry.path: "" for entry in home}


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    names = sorted(before.keys() | after.keys())
    return [f"changed: {name}" for name in names if before.get(name) != after.get(name)]


# Grading ------------------------------------------------------------------------


def _reference() -> Attack:
    return Attack("", REFERENCE, ROOT, "Nothing: it is right.", 90.0, 90.0, ("accepted",))


def _placed(attack: Attack, folder: Path, stem: str, where: Room) -> str:
    """Build ``attack`` in ``folder`` under ``stem``; the name under which it is graded."""
    made = corpus.build(attack, folder / stem, where.course)
    if made == folder / stem:
        return stem
    single = folder / f"{stem}{made.suffix}"
    made.rename(single)
    shutil.rmtree(folder / stem)
    return stem


def together(attacks: Sequence[Attack], where: Room, label: str) -> list[Outcome]:
    """Grade ``attacks`` in one command, one after the other, and the reference after them."""
    inside, out = where.folder / f"in-{label}", where.folder / f"out-{label}"
    inside.mkdir()
    out.mkdir()
    names = {}
    for number, attack in enumerate(attacks):
        names[_placed(attack, inside, f"{number:03}-{attack.name}", where)] = attack
    shutil.copyfile(ROOT / "solutions" / ASSIGNMENT / MAIN, inside / f"{REFERENCE}.py")
    if where.context == "C":
        _give(inside, contexts.unused_uid())
        _give(out, contexts.unused_uid())
    command = [sys.executable, "-m", "autograder", "grade-all", ASSIGNMENT, str(inside)]
    command += ["--out", str(out), "--jobs", "1", "--require", "sealed"]
    before, started = tree(where), time.time()
    found = contexts.run(
        where.context,
        where.folder,
        [command],
        folder=where.course,
        seconds=START_SECONDS + where.seconds * (len(attacks) + 1),
        environment=where.environment,
    )
    outcomes = []
    last = started
    for name, attack in {**names, REFERENCE: _reference()}.items():
        results = out / name / "results.json"
        ended = results.stat().st_mtime if results.is_file() else last
        title = attack.title if attack.category else f"{label}: the reference after it"
        outcomes.append(_outcome(attack, results, where, title, ended - last, found["ends"][0]))
        last = ended
    left = found["left"] + _changed(before, tree(where))
    outcomes.append(Outcome(where.context, f"{label}: what is left behind", tuple(left)))
    shutil.rmtree(inside)
    shutil.rmtree(out)
    return outcomes


def by_itself(attack: Attack, where: Room) -> list[Outcome]:
    """Grade ``attack`` by a command of its own, and the reference right after it."""
    label = f"{attack.category}-{attack.name}"
    inside, out = where.folder / f"in-{label}", where.folder / f"out-{label}"
    inside.mkdir()
    out.mkdir()
    _placed(attack, inside, attack.name, where)
    (path,) = inside.iterdir()
    reference = inside / f"{REFERENCE}.py"
    shutil.copyfile(ROOT / "solutions" / ASSIGNMENT / MAIN, reference)
    if where.context == "C":
        _give(inside, contexts.unused_uid())
        _give(out, contexts.unused_uid())
    before, started = tree(where), time.time()
    grade = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT]
    results = [(attack, path, out / "first.json"), (_reference(), reference, out / "second.json")]
    found = contexts.run(
        where.context,
        where.folder,
        [
            [*grade, str(which), "--results", str(to), "--require", "sealed"]
            for _, which, to in results
        ],
        folder=where.course,
        seconds=START_SECONDS + where.seconds,
        environment=where.environment,
    )
    outcomes = []
    last = started
    for (one, _, written), end in zip(results, found["ends"], strict=True):
        ended = written.stat().st_mtime if written.is_file() else last
        title = attack.title + ("" if one is attack else ": the reference after it")
        outcome = _outcome(one, written, where, title, ended - last, end)
        if end["status"] != 0 and not outcome.problems:
            outcome = Outcome(where.context, title, (f"exit status {end['status']}",))
        outcomes.append(outcome)
        last = ended
    left = found["left"] + _changed(before, tree(where))
    if left:
        outcomes.append(Outcome(where.context, f"{attack.title}: left behind", tuple(left)))
    shutil.rmtree(inside)
    shutil.rmtree(out)
    return outcomes


def _outcome(
    attack: Attack,
    results: Path,
    where: Room,
    title: str,
    seconds: float,
    end: dict[str, object],
) -> Outcome:
    if not results.is_file():
        said = str(end["said"]).strip().splitlines()[-1:] or [""]
        told = f"no results.json (exit status {end['status']}: {said[0][:200]})"
        return Outcome(where.context, title, (told,))
    if attack.category:
        questions = where.questions or [q.key for q in where.full.questions]
        low, high = corpus.bounds(attack, questions, where.full)
        if not corpus.inside(attack, questions, where.full):
            attack = replace(attack, verdicts=(), says="")
    else:
        low = high = where.assignment.max_score
    text = results.read_text(encoding="utf-8")
    found = corpus.problems(attack, text, low=low, high=high, canaries=where.canaries)
    if seconds > where.seconds:
        found.append(f"it took {seconds:.0f} s, and the limit is {where.seconds:.0f}")
    score = re.search(r'"score": ([-\d.e]+)', text)
    verdicts = sorted(set(re.findall(r'"verdict": "(\w+)"', text)) - {"accepted"})
    return Outcome(
        where.context,
        title,
        tuple(found),
        score.group(1) if score else "",
        ", ".join(verdicts),
        max(seconds, 0.0),
    )


Unit = Callable[[], "list[Outcome]"]


def units(where: Room, attacks: Sequence[Attack], *, each: bool = False) -> list[Unit]:
    """Commands, ready to be run, that grade ``attacks`` in ``where``."""
    chosen = [attack for attack in attacks if where.context in attack.contexts]
    last = [attack for attack in chosen if attack.category == LAST]
    made: list[Unit] = []
    for attack in chosen:
        if attack.alone and attack.category != LAST:
            made.append(lambda one=attack: by_itself(one, where))  # type: ignore[misc]
    rest = [attack for attack in chosen if not attack.alone and attack.category != LAST]
    groups: dict[str, list[Attack]] = {}
    for attack in rest:
        groups.setdefault(attack.title if each else attack.category, []).append(attack)
    if last and not groups:
        groups[LAST] = []
    for label, group in groups.items():
        # Their place is after all the others; a quick run has it once.
        follow = last if not where.questions or label == list(groups)[-1] else []
        batch, name = [*group, *follow], label.replace("/", "-")
        made.append(lambda b=batch, n=name: together(b, where, n))  # type: ignore[misc]
    return made


# The command line ---------------------------------------------------------------


def table(outcomes: Sequence[Outcome]) -> str:
    """One line for each outcome, and the problems of those that are not sound."""
    width = max([len(outcome.title) for outcome in outcomes], default=0)
    lines = []
    for one in outcomes:
        word = "NOT SOUND" if one.problems else "sound"
        line = f"{one.context}  {one.title:{width}}  {word:9}  {one.score:>5}  {one.seconds:5.1f} s"
        lines.append(f"{line}  {one.verdicts}".rstrip())
        lines += [f"     {problem}" for problem in one.problems]
    bad = sum(bool(one.problems) for one in outcomes)
    lines.append(f"{len(outcomes)} outcomes, {bad} not sound")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the red team."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--context", choices=(*contexts.CONTEXTS, "all"), default="all")
    parser.add_argument("--only", action="append", help="only titles with this text (repeatable)")
    parser.add_argument("--quick", action="store_true", help="few questions, nothing slow")
    parser.add_argument("--each", action="store_true", help="a command for each submission")
    parser.add_argument("--real-limits", action="store_true", help="the limits of the course")
    parser.add_argument("--jobs", type=int, default=1, help="commands at a time")
    args = parser.parse_args(arguments)
    try:
        attacks = corpus.attacks()
    except corpus.CorpusError as error:
        print(f"redteam: {error}", file=sys.stderr)
        return 2
    wanted = args.only or [""]
    attacks = [a for a in attacks if any(text in a.title for text in wanted)]
    attacks = [a for a in attacks if not (args.quick and a.slow)]
    if args.jobs < 1:
        parser.error("--jobs is a whole number from 1 on")
    if not attacks:
        print(f"redteam: no submission's title contains {' or '.join(wanted)!r}", file=sys.stderr)
        return 2
    outcomes: list[Outcome] = []
    skipped = []
    for context in contexts.CONTEXTS if args.context == "all" else args.context:
        why = contexts.unavailable(context)
        if why:
            skipped.append(f"context {context} ({contexts.CONTEXTS[context]}) skipped: {why}")
            continue
        with room(context, quick=args.quick, real_limits=args.real_limits) as where:
            todo = units(where, attacks, each=args.each)
            with ThreadPoolExecutor(args.jobs) as pool:
                for found in pool.map(lambda unit: unit(), todo):
                    outcomes += found
                    bad = sum(bool(one.problems) for one in found)
                    print(f"{context}  {found[0].title} …: {bad} not sound", file=sys.stderr)
    print(table(outcomes))
    for line in skipped:
        print(line)
    # A context that was not tried is not a context in which all is sound.
    return 1 if skipped or any(outcome.problems for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
