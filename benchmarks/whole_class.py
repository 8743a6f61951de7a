"""Does a whole class come out right, to the last cell of the gradebook?

Makes a class as Gradescope exports it: correct variants, known mistakes, untouched handouts,
hostile and broken submissions, handed in early, late and in groups, by people with names in
several scripts; and a roster with some who handed in nothing. Every kind of submission is graded
once, alone, and held against what its author says of it; the class is graded by the command that
instructors use; then every cell of gradebook.csv is compared with what follows from the two.

    python benchmarks/whole_class.py [--number 1000] [--assignment NAME] [--faults 20]

``--faults N`` kills the whole process group with SIGKILL at N random moments and goes on each time.
Exit status: 0 when every cell is right, 1 when one is not, 2 when the class cannot be graded.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder import config, grade  # the project's own folder comes first
from autograder.candidates import candidates
from autograder.model import Assignment, SubmissionResult, Verdict
from autograder.sandbox import Sandbox
from autograder.submission import SubmissionError

DUE = datetime(2026, 12, 18, 23, 59, tzinfo=timezone.utc)
GRACE_MINUTES, PERCENT, MOST_PERCENT, FREE_DAYS = 15, 10, 40, 1
POLICY = {
    "grace_minutes": GRACE_MINUTES,
    "percent_per_day": PERCENT,
    "max_percent": MOST_PERCENT,
    "late_days": FREE_DAYS,
}
NOTHING = 17
"""People on the roster who handed in nothing."""
NAMES = (
    "Ada Lovelace", "王小明", "أحمد علي", "Анна Иванова", "José Núñez", "नेहा शर्मा", "Ngô Bảo Châu",
    "Σοφία Κοβαλέφσκαγια", "김민준", "O'Brien, Pat", "=SUM(A1:A9)", "Zoë “Z” Müller-Lüdenscheidt",
)  # fmt: skip
HOSTILE = {
    "ends the process": "import os\nos._exit(0)\n",
    "leaves at import": "raise SystemExit(0)\n",
    "never ends": "while True:\n    pass\n",
    "takes all memory": "import numpy as np\nx = [np.ones(2**27) for _ in range(2**10)]\n",
    "prints without end": "while True:\n    print('x' * 10**5)\n",
    "is no Python": "def f(:\n",
    "patches the judge": (
        "import numpy as np\n"
        "np.testing.assert_allclose = lambda *a, **k: None\n"
        "np.allclose = lambda *a, **k: True\n"
        "raise NotImplementedError\n"
    ),
}
"""Whole files in place of the first one; none of them has earned a point."""
SLOW = ("never ends", "takes all memory", "prints without end")
BROKEN = ("an empty folder", "a damaged zip", "a notebook that is no JSON", "only a text file")


@dataclass
class Kind:
    """A submission that many students hand in, with the results that it must have."""

    name: str
    files: dict[str, bytes]
    loses: frozenset[str] | None = frozenset()
    """Cases that it must lose; None: all of them."""
    may_lose: frozenset[str] = frozenset()
    weight: float = 1.0
    truth: SubmissionResult | None = None


@dataclass
class Person:
    """One row of the truth."""

    id: str
    name: str
    kind: Kind | None = None
    submission: str = ""
    late_days: int = 0
    others: list[str] = field(default_factory=list)


def kinds(assignment: Assignment, root: Path, into: Path) -> list[Kind]:
    """Every kind of submission that there is."""
    found = []
    for one in candidates(assignment, root, into):
        files = {p.name: p.read_bytes() for p in one.path.iterdir() if p.suffix == ".py"}
        says = one.says
        if one.kind in ("reference", "variant"):
            found.append(Kind(f"{one.kind} {one.name}", files, weight=4))
        elif one.kind == "handout":
            found.append(Kind("handout", files, None, weight=160))
        elif one.kind == "misconception" and says is not None:
            lost = frozenset(says.loses), frozenset(says.may_lose)
            found.append(Kind(f"misconception {one.name}", files, *lost, weight=4))
    main = assignment.files[0]
    for name, text in HOSTILE.items():
        weight = 1.0 if name in SLOW else 24.0
        found.append(Kind(f"hostile: {name}", {main: text.encode()}, None, weight=weight))
    stem = Path(main).stem
    for name, files in zip(
        BROKEN,
        (
            {},
            {f"{stem}.zip": b"PK\x03\x04 and then nothing"},
            {f"{stem}.ipynb": b"{'cells': "},
            {"notes.txt": b"I will hand it in tomorrow."},
        ),
        strict=True,
    ):
        found.append(Kind(f"broken: {name}", files, None, weight=16))
    return found


def course(assignment: str, into: Path) -> Path:
    """A copy of the course in which lateness costs something."""
    (into / "solutions").mkdir(parents=True)
    shutil.copytree(ROOT / "solutions" / assignment, into / "solutions" / assignment)
    shutil.copytree(ROOT / "assignments" / assignment, into / "assignments" / assignment)
    shutil.copytree(ROOT / "data", into / "data")
    whole = yaml.safe_load((ROOT / "grading_config.yaml").read_text(encoding="utf-8"))
    own = whole["assignments"][assignment] | {"due": DUE.isoformat(), "late": POLICY}
    made = {"course": "A class that was made up", "assignments": {assignment: own}}
    (into / "grading_config.yaml").write_text(yaml.safe_dump(made, sort_keys=False))
    return into


def graded_alone(kind: Kind, assignment: Assignment, root: Path, box: Sandbox, at: Path) -> None:
    """Grade a kind and hold it against what is said of it. Raises AssertionError."""
    folder = at / "alone"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in kind.files.items():
        (folder / name).write_bytes(content)
    try:
        result = grade.grade(assignment, grade.course_room(root, assignment), folder, box, "alone")
    except SubmissionError as error:
        result = grade.not_run(assignment, "alone", str(error), ours=False)
    lost = {c.case for c in result.cases if c.score is not None and c.score < c.max_score}
    worth = {c.case for c in result.cases if c.max_score}
    assert not result.withheld, f"{kind.name}: withheld {result.withheld[0].staff_note}"
    if kind.loses is None:
        assert result.score == 0, f"{kind.name}: {result.score} points"
        assert lost == worth, f"{kind.name}: keeps {worth - lost}"
    else:
        assert kind.loses & worth <= lost, f"{kind.name}: keeps {kind.loses & worth - lost}"
        assert lost <= kind.loses | kind.may_lose, f"{kind.name}: loses {lost - kind.loses}"
    kind.truth = result


def moment(rng: random.Random) -> tuple[datetime, int]:
    """When somebody handed in, and the days of lateness that this is."""
    if rng.random() < 0.7:
        return DUE - timedelta(minutes=rng.uniform(0, 9000)), 0
    late = timedelta(minutes=rng.uniform(0, 8000))
    counted = (late - timedelta(minutes=GRACE_MINUTES)).total_seconds() / 86_400
    return DUE + late, max(0, math.ceil(counted))


def make_class(number: int, some: list[Kind], folder: Path, rng: random.Random) -> list[Person]:
    """Lay out Gradescope's export of ``number`` submissions; who is in the class."""
    folder.mkdir()
    people: list[Person] = []
    told = ["---\n"]
    chosen = [*some, *rng.choices(some, [k.weight for k in some], k=max(0, number - len(some)))]
    rng.shuffle(chosen)
    for at, kind in enumerate(chosen[:number]):
        name, when_days = f"submission_{700_000 + at}", moment(rng)
        group = [
            Person(f"{10_000 + len(people) + i}", f"{rng.choice(NAMES)} {len(people) + i}")
            for i in range(1 if rng.random() < 0.95 else rng.choice((2, 3)))
        ]
        for person in group:
            person.kind, person.submission, person.late_days = kind, name, when_days[1]
            person.others = [other.name for other in group if other is not person]
        people += group
        (folder / name).mkdir()
        for file, content in kind.files.items():
            # No two are the same bytes, but for those that have to stay broken as they are.
            own = f"\n# submission {at}\n".encode() if file.endswith(".py") else b""
            (folder / name / file).write_bytes(content + own)
        told.append(f"{name}:\n  :submitters:\n")
        for person in group:
            told.append(f"  - :name: {json.dumps(person.name, ensure_ascii=False)}\n")
            told.append(f"    :sid: '{person.id}'\n    :email: s{person.id}@example.edu\n")
        told.append(f"  :created_at: {when_days[0].strftime('%Y-%m-%d %H:%M:%S.%f')} Z\n")
    (folder / "submission_metadata.yml").write_text("".join(told), encoding="utf-8")
    people += [Person(f"{90_000 + i}", f"{rng.choice(NAMES)} absent {i}") for i in range(NOTHING)]
    return people


def write_roster(people: list[Person], path: Path) -> None:
    """The class as a university's office has it."""
    pd.DataFrame(
        [
            {"id": p.id, "name": p.name, "email": f"s{p.id}@example.edu", "section": "A"}
            for p in people
        ]
    ).to_csv(path, index=False)


def run(command: list[str], kills: int, rng: random.Random, seconds: float) -> tuple[float, int]:
    """Run the command to its end, killing it now and then; seconds, and how often it was killed."""
    started, done = time.perf_counter(), 0
    while True:
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
        try:
            wait = rng.uniform(0.2, seconds) if done < kills else None
            said, _ = process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            continue
        if process.returncode:
            sys.exit(2)
        print(said.decode("utf-8", "replace"))
        return time.perf_counter() - started, done


def wrong_cells(
    people: list[Person], book: pd.DataFrame, assignment: Assignment
) -> tuple[int, list[str]]:
    """How many cells there are, and a sentence for each one that is not what it must be."""
    cells, wrong = 0, []
    rows = {row["id"]: row for row in book.to_dict("records")}

    def equal(person: Person, column: str, got: object, want: object) -> None:
        nonlocal cells
        cells += 1
        same = got == want or (got == "" and want is None)
        if isinstance(want, float) and got != "":
            same = math.isclose(float(str(got)), want, rel_tol=0, abs_tol=1e-6)
        if not same:
            kind = person.kind.name if person.kind else "nothing"
            wrong.append(f"{person.id} ({kind}): {column} is {got!r}, must be {want!r}")

    if len(rows) != len(people) or len(book) != len(people):
        wrong.append(f"{len(book)} rows, {len(rows)} different, must be {len(people)}")
    for person in people:
        row = rows.get(person.id)
        if row is None:
            wrong.append(f"{person.id}: no row")
            continue
        # A spreadsheet must not take a name for a formula.
        name = f"'{person.name}" if person.name.startswith(("=", "+", "-", "@")) else person.name
        equal(person, "name", row["name"], name)
        equal(person, "email", row["email"], f"s{person.id}@example.edu")
        equal(person, "section", row["section"], "A")
        truth = person.kind.truth if person.kind else None
        percent = min(MOST_PERCENT, PERCENT * max(0, person.late_days - FREE_DAYS))
        equal(person, "max", row["max"], float(truth.max_score) if truth else None)
        equal(person, "score", row["score"], float(truth.score) if truth else None)
        total = round(truth.score * (1 - percent / 100), 6) if truth else None
        equal(person, "total", row["total"], None if total is None else float(total))
        equal(person, "late days", row["late days"], float(person.late_days) if truth else None)
        equal(person, "late percent", row["late percent"], float(percent) if truth else None)
        known = {c.case: c for c in truth.cases} if truth else {}
        for question in assignment.questions:
            if not question.cases:
                continue
            points = [known[c.name].score or 0.0 for c in question.cases] if truth else None
            want = round(sum(points), 6) if points is not None else None
            equal(person, f"question {question.key}", row[f"question {question.key}"], want)
            for case in question.cases:
                one = known.get(case.name)
                column = f"points {case.name}"
                equal(person, column, row[column], float(one.score or 0.0) if one else None)
                column = f"verdict {case.name}"
                equal(person, column, row[column], one.verdict.value if one else None)
        flags = str(row["flags"])
        equal(person, "flags: nothing", "handed in nothing" in flags, person.kind is None)
        for other in person.others:
            equal(person, "flags: group", other in flags, True)
    return cells, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--assignment", default="lab_mixture_models")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=0, metavar="N")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the class and its results there")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory(prefix="whole-class-") as temporary:
        place = Path(args.keep or temporary)
        place.mkdir(parents=True, exist_ok=True)
        root = course(args.assignment, place / "course")
        assignment = config.assignment(config.load(root / "grading_config.yaml"), args.assignment)
        some = kinds(assignment, root, place / "candidates")
        started = time.perf_counter()
        with Sandbox(assignment.preload) as box:
            for at, kind in enumerate(some, start=1):
                print(f"\r{at} of {len(some)} kinds, each alone", end="", file=sys.stderr)
                graded_alone(kind, assignment, root, box, place)
        alone = time.perf_counter() - started
        print(f"\n{len(some)} kinds as their authors say, in {alone:.0f} s", file=sys.stderr)
        people = make_class(args.number, some, place / "class", rng)
        write_roster(people, place / "roster.csv")
        start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
        start += "from autograder.__main__ import main; sys.exit(main())"
        command = [
            *(sys.executable, "-c", start, "grade-all", args.assignment, str(place / "class")),
            *("--root", str(root), "--roster", str(place / "roster.csv")),
            *("--out", str(place / "graded")),
        ]
        seconds, killed = run(command, args.faults, rng, alone)
        book = pd.read_csv(place / "graded" / "gradebook.csv", dtype=str, keep_default_na=False)
        cells, wrong = wrong_cells(people, book, assignment)
    verdicts = Counter(
        case.verdict for p in people if p.kind and p.kind.truth for case in p.kind.truth.cases
    )
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    rate = 60 * args.number / seconds
    print(f"{args.number} submissions of {len(some)} kinds, {len(people)} people, "
          f"{len(assignment.cases)} cases each")  # fmt: skip
    print(", ".join(f"{verdicts[v]} {v.value}" for v in Verdict if verdicts[v]))
    print(f"{seconds:.0f} s on {cores} cores: {rate:.0f} submissions a minute, {rate / cores:.0f} "
          f"per core; killed {killed} times")  # fmt: skip
    for sentence in wrong[:20]:
        print(f"WRONG {sentence}")
    print(f"{cells} cells compared, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
