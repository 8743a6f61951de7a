"""The hostile and broken submissions: what each one is, and what must hold of its results.

Map of the folder that is read::

    submissions/<category>/<name>.py        one submission
    submissions/<category>/<name>/          one of several files; clustering.py has the docstring

The docstring's first paragraph is the one line that says what it tries. After
a blank line come, as YAML:

    score: [low, high]   points of 90 that a sound grader gives
    verdict: words       a verdict that must occur among the cases that lost points ("accepted":
                         nothing need be lost); a list: one of these; left out: whichever
    base: reference      laid over the right solution (the default); ``stub``: over the handout's
                         file; ``none``: taken as it is
    context: [A, B, C]   where it is run; default: everywhere
    says: text           stands in what the student is told
    never: [text, ...]   must not stand in what the student is told
    alone: true          graded by a command of its own (``autograder grade``), the reference
                         right after it; otherwise with the rest of its category (``grade-all``)
    slow: true           takes seconds by its nature, so CI leaves it out
    file: name           the file is handed in under this name instead of clustering.py
    change: [step, ...]  done to the finished text, in order; see ``CHANGES``
    replace: {old: new}  text put in place of text that stands in the finished text once
    build: true          the file is no submission but makes one: its function ``build(folder,
                         solution, course)`` puts it into ``folder``, which may be named otherwise
                         by returning a path inside it; ``solution`` is the right solution's text,
                         ``course`` the folder of the course that will grade it

Whatever a submission carries out of its process, it writes behind the word
``STOLEN``: that may stand in the report of a public case and nowhere else.
This module never runs a submission; ``build`` functions are ours.
"""

from __future__ import annotations

import ast
import json
import math
import re
import runpy
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder import config, overlay
from autograder.model import Assignment, Verdict

HERE = Path(__file__).parent / "submissions"
ROOT = Path(__file__).parent.parent.parent
ASSIGNMENT = "hw2_clustering"
MAIN = "clustering.py"
POINTS = 90.0
LAST = "next"
"""The category of submissions that look for what earlier ones left: graded after all others."""
STOLEN = "STOLEN"
BASES = ("reference", "stub", "none")
KEYS = {
    "score", "verdict", "base", "context", "says", "never", "alone", "slow", "file", "change",
    "replace", "build",
}  # fmt: skip
CHANGES = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "tabs": lambda text: _tabs(text).encode(),
    "latin-1": lambda text: text.encode("latin-1"),
    "utf-16": lambda text: text.encode("utf-16"),
    "nul": lambda text: text.encode() + b"\0\n",
    "empty": lambda text: b"",
    "cut": lambda text: text.encode()[: len(text) // 2],
}
"""What may be done to a finished text, by name."""


class CorpusError(ValueError):
    """A submission file that cannot be read; the text says which and why."""


@dataclass(frozen=True)
class Attack:
    """One submission and what must hold of it."""

    category: str
    name: str
    path: Path
    """The file that has the docstring."""
    tries: str
    low: float
    high: float
    verdicts: tuple[str, ...]
    base: str = "reference"
    contexts: tuple[str, ...] = ("A", "B", "C")
    says: str = ""
    never: tuple[str, ...] = ()
    alone: bool = False
    slow: bool = False
    file: str = MAIN
    change: tuple[str, ...] = ()
    replace: Mapping[str, str] = field(default_factory=dict)
    build: bool = False

    @property
    def title(self) -> str:
        """Category and name."""
        return f"{self.category}/{self.name}"

    @property
    def folder(self) -> Path | None:
        """The folder of a submission of several files."""
        return self.path.parent if self.path.parent.parent.parent == HERE else None


# Reading ------------------------------------------------------------------------

_DOCSTRING = re.compile(r'\A(?:#[^\n]*\n)*"""(.*?)"""', re.S)


def read(path: Path) -> Attack:
    """The submission whose docstring is in ``path``. Raises CorpusError."""
    # Not by ast: some do not compile.
    text = path.read_text(encoding="utf-8", errors="replace")
    found = _DOCSTRING.match(text)
    if found is None:
        raise CorpusError(f"{path}: no docstring in front that says what it tries")
    tries, _, rest = found.group(1).strip().partition("\n\n")
    try:
        facts: Any = yaml.safe_load(rest) or {}
    except yaml.YAMLError as error:
        raise CorpusError(f"{path}: the docstring's second part is not YAML") from error
    if not isinstance(facts, dict) or set(facts) - KEYS:
        unknown = sorted(set(facts) - KEYS) if isinstance(facts, dict) else [rest[:40]]
        raise CorpusError(f"{path}: {unknown} is no key; legal: {', '.join(sorted(KEYS))}")
    if "\n" in tries:
        raise CorpusError(f"{path}: what it tries takes one line")
    return _attack(path, tries, facts)


def _attack(path: Path, tries: str, facts: dict[str, Any]) -> Attack:
    in_folder = path.parent.parent != HERE
    name = path.parent.name if in_folder else path.stem
    category = (path.parent.parent if in_folder else path.parent).name
    score, verdicts = facts.get("score"), facts.get("verdict")
    verdicts = [verdicts] if isinstance(verdicts, str) else verdicts or []
    if not (
        isinstance(score, list)
        and len(score) == 2
        and all(isinstance(end, (int, float)) for end in score)
        and 0 <= score[0] <= score[1] <= POINTS
    ):
        raise CorpusError(f"{path}: score: is [low, high], from 0 to {POINTS:g}")
    if not isinstance(verdicts, list) or not set(verdicts) <= {v.value for v in Verdict}:
        raise CorpusError(f"{path}: verdict: is one of {', '.join(v.value for v in Verdict)}")
    if facts.get("base", "reference") not in BASES:
        raise CorpusError(f"{path}: base: is one of {', '.join(BASES)}")
    if set(facts.get("change", ())) - CHANGES.keys():
        raise CorpusError(f"{path}: change: is a list of {', '.join(CHANGES)}")
    return Attack(
        category=category,
        name=name,
        path=path,
        tries=tries,
        low=float(score[0]),
        high=float(score[1]),
        verdicts=tuple(verdicts),
        base=facts.get("base", "reference"),
        contexts=tuple(facts.get("context", ("A", "B", "C"))),
        says=facts.get("says", ""),
        never=tuple(facts.get("never", ())),
        alone=bool(facts.get("alone", False)),
        slow=bool(facts.get("slow", False)),
        file=facts.get("file", MAIN),
        change=tuple(facts.get("change", ())),
        replace=facts.get("replace", {}),
        build=bool(facts.get("build", False)),
    )


def attacks(folder: Path = HERE) -> list[Attack]:
    """Every submission, by category and name; those that look for leavings come last."""
    files = [
        *folder.glob("*/*.py"),
        *(path for path in folder.glob(f"*/*/{MAIN}") if path.parent.parent.parent == folder),
    ]
    found = [read(path) for path in sorted(files)]
    return sorted(found, key=lambda one: (one.category == LAST, one.category, one.name))


# Building -----------------------------------------------------------------------


def _tabs(text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda found: "\t" * (len(found.group()) // 4), text, flags=re.M)


def solution() -> str:
    """The right solution, as a student would hand it in."""
    return (ROOT / "solutions" / ASSIGNMENT / MAIN).read_text(encoding="utf-8")


def stub() -> str:
    """The file that students start from."""
    return (ROOT / "assignments" / ASSIGNMENT / MAIN).read_text(encoding="utf-8")


def source(attack: Attack) -> bytes:
    """The text of ``clustering.py`` (or of what is handed in in its place)."""
    own = attack.path.read_text(encoding="utf-8", errors="replace")
    if attack.base == "none":
        text = own
    else:
        text = overlay.apply(solution() if attack.base == "reference" else stub(), own)
    for old, new in attack.replace.items():
        if text.count(old) != 1:
            raise CorpusError(f"{attack.path}: {old!r} is not in the finished text exactly once")
        text = text.replace(old, new)
    data = text.encode()
    for step in attack.change:
        data = CHANGES[step](data.decode())
    return data


def build(attack: Attack, into: Path, course: Path) -> Path:
    """The submission as it is handed in, made in the new folder ``into``."""
    into.mkdir(parents=True)
    if attack.build:
        made = runpy.run_path(str(attack.path))["build"](into, solution(), course)
        return made if isinstance(made, Path) else into
    if attack.folder is not None:
        shutil.copytree(attack.folder, into, dirs_exist_ok=True, symlinks=True)
        (into / MAIN).unlink()
    (into / attack.file).write_bytes(source(attack))
    return into


# What must hold -----------------------------------------------------------------


def assignment(root: Path) -> Assignment:
    """The assignment as the course in ``root`` has it."""
    return config.assignment(config.load(root / "grading_config.yaml"), ASSIGNMENT)


def bounds(attack: Attack, questions: Sequence[str], full: Assignment) -> tuple[float, float]:
    """The range of the score in a course with only ``questions`` of the assignment.

    An overlay on the reference loses its points in the functions that it
    names; where those are among the questions, the rest keeps all. Otherwise
    nothing is known of how the score divides, and the range is wider.
    """
    kept = [q for q in full.questions if q.key in questions and not q.written]
    most = sum(q.points for q in kept)
    low = max(0.0, attack.low - (POINTS - most))
    if attack.base != "reference" or not inside(attack, questions, full):
        return low, min(most, attack.high)
    return low, max(0.0, most - (POINTS - attack.high))


def inside(attack: Attack, questions: Sequence[str], full: Assignment) -> bool:
    """Whether the graded functions that an overlay changes are all in ``questions``."""
    kept = {f for q in full.questions if q.key in questions for f in q.functions}
    return _touched(attack) <= kept


def _touched(attack: Attack) -> set[str]:
    """Graded functions that an overlay puts something in place of."""
    try:
        body = ast.parse(attack.path.read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError):
        return set()
    found = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    found |= set(re.findall(r"^class (\w+)", "\n".join(attack.replace), re.M))
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name in ("KMeans", "GMM"):
            found |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
    graded = set(re.findall(r"^def (\w+)|^class (\w+)", solution(), re.M))
    public = {name for pair in graded for name in pair if name and not name.startswith("_")}
    return {name for name in found if name.split(".")[0] in public}


def problems(
    attack: Attack,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    canaries: Sequence[str] = (),
) -> list[str]:
    """What is unsound about ``text``, the results.json of ``attack``; none: it is sound."""
    low = attack.low if low is None else low
    high = attack.high if high is None else high
    try:
        results = json.loads(text, parse_constant=_no_constant)
        tests = results["tests"]
        lost = [t for t in tests if t.get("score", 0) < t.get("max_score", 1)]
        score = float(results["score"])
        verdicts = {t["extra_data"]["verdict"] for t in lost}
        withheld = results["extra_data"]["withheld"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"results.json is not valid ({type(error).__name__}: {error})"]
    found = []
    if not low - 1e-6 <= score <= high + 1e-6:
        found.append(f"score {score:g}, not {low:g} to {high:g}")
    if abs(score - math.fsum(t.get("score", 0) for t in tests)) > 1e-3:
        found.append("the score is not the sum of the cases'")
    if any(not 0 <= t.get("score", 0) <= t.get("max_score", 0) for t in tests):
        found.append("a case has more points than it is worth")
    if withheld:
        found.append(f"the grader failed on {len(withheld)} cases ({', '.join(withheld[:3])} …)")
    wanted = set(attack.verdicts)
    if wanted and "accepted" not in wanted and not verdicts & wanted:
        said = ", ".join(sorted(verdicts)) or "nothing was lost"
        found.append(f"no {' or '.join(attack.verdicts)} ({said})")
    if results["extra_data"].get("isolation") not in ("sealed", ""):
        found.append(f"graded {results['extra_data'].get('isolation')}, not sealed")
    return found + _told(attack, text, results, canaries)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _told(attack: Attack, text: str, results: dict[str, Any], canaries: Sequence[str]) -> list[str]:
    """What is unsound about the words that a student reads, or may read one day."""
    found = [f"leaked: {canary[:12]}…" for canary in canaries if canary in text]
    public = [t for t in results["tests"] if t["visibility"] == "visible"]
    secret = [t for t in results["tests"] if t["visibility"] != "visible"]
    if any(STOLEN in t["name"] + t["output"] for t in secret):
        found.append("a hidden case tells what the submission carried out")
    words = [results["output"], *(t["name"] + "\n" + t["output"] for t in (*public, *secret))]
    found += [f"told: {bad!r}" for bad in attack.never if any(bad in said for said in words)]
    if attack.says and not any(attack.says in said for said in words):
        found.append(f"nobody is told {attack.says!r}")
    if any(re.search(r'File "[^"]*autograder[^"]*"', said) for said in words):
        found.append("a traceback of the grader's own is told")
    if any(re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said) for said in words):
        found.append("control characters are told")
    return found
