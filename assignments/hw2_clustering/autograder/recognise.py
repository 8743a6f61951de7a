"""Which known mistake a wrong answer is: what came back, compared with what the mistake gives.

A check is a function of the answers that it gets. A submission that has given every case the
answers that a misconception gives it, up to rounding, is told that misconception's sentence. What
each misconception answers is found out once, by ``verify``, and kept as fingerprints in the
*book* of the assignment, a file beside its solution. Nothing is run here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import prints
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict
from autograder.prints import Prints
from autograder.visible import MOST_LIKELY

NAME = "known.json"
"""The book's file in an assignment's folder of ``solutions/``."""
MOST_NAMED = 3
NAMED = (Verdict.WRONG_ANSWER, Verdict.PARTIALLY_ACCEPTED)


@dataclass(frozen=True)
class Mistake:
    """One misconception, and what it answers in the cases that it loses or may lose."""

    name: str
    sentence: str
    loses: tuple[str, ...]
    seen: int
    """In how many real submissions it was found."""
    answers: Mapping[str, Prints]
    source: str = ""
    """A digest of the misconception's text."""


@dataclass(frozen=True)
class Book:
    """The known mistakes of one assignment."""

    mistakes: tuple[Mistake, ...] = ()
    key: str = ""
    """What the answers depend on: solution, checks and settings (``key``)."""

    def fitting(
        self, lost: Mapping[str, str], answers: Mapping[str, Prints]
    ) -> Mapping[str, Sequence[Mistake]]:
        """For each case in ``answers``, the mistakes that explain it, the commonest first.

        ``lost`` are the cases that came out wrong, each with the function that it judges. A mistake
        that does not lose all its cases, or that answers another of them otherwise, explains
        nothing, and one that leaves most wrong answers of a function unexplained explains none of
        that function: it is another mistake that looks the same in places.
        """
        together: dict[str, set[str]] = {}
        for case in answers.keys() & lost.keys():
            together.setdefault(lost[case], set()).add(case)
        found: dict[str, list[Mistake]] = {}
        for mistake in sorted(self.mistakes, key=lambda m: (-m.seen, m.name)):
            shared = mistake.answers.keys() & answers.keys()
            if not lost.keys() >= set(mistake.loses) or not all(
                prints.alike(mistake.answers[case], answers[case]) for case in shared
            ):
                continue
            for case in shared:
                peers = together.get(lost.get(case, ""), set())
                if 2 * len(peers & mistake.answers.keys()) >= len(peers):
                    found.setdefault(case, []).append(mistake)
        return found


def key(assignment: Assignment, files: Sequence[Path], home: Path, checks: Sequence[Path]) -> str:
    """A digest of everything that answers depend on: the solution, the checks, the settings."""
    # A case's name gives it its seed; points, tolerances and dates change no answer.
    cases = [[q.module, [case.name for case in q.cases]] for q in assignment.questions]
    digest = hashlib.sha256(json.dumps([assignment.seed, cases]).encode())
    there = [*files, *(path for folder in checks for path in sorted(folder.rglob("*.py")))]
    for path in there:
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def load(path: Path, key: str) -> Book | None:
    """The book in ``path``; None if there is none, or it belongs to another state of the files."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["key"] != key:
            return None
        mistakes = tuple(
            Mistake(name, m["sentence"], tuple(m["loses"]), m["seen"], m["answers"], m["source"])
            for name, m in plain["mistakes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Book(mistakes, key)


def text(book: Book) -> str:
    """The book as it is written: JSON, a line for each mistake and each of its cases."""
    lines = []
    for mistake in sorted(book.mistakes, key=lambda m: m.name):
        answers = ",\n".join(
            f"   {json.dumps(case)}: {json.dumps(found, separators=(',', ':'))}"
            for case, found in sorted(mistake.answers.items())
        )
        facts = {
            "sentence": mistake.sentence,
            "loses": mistake.loses,
            "seen": mistake.seen,
            "source": mistake.source,
        }
        start = json.dumps(facts, ensure_ascii=False)[:-1]
        lines.append(f'  {json.dumps(mistake.name)}: {start}, "answers": {{\n{answers}}}}}')
    inside = ",\n".join(lines)
    return f'{{"key": {json.dumps(book.key)}, "mistakes": {{\n{inside}\n}}}}\n'


def current(one: Book | None, other: Book) -> bool:
    """Whether two books are of the same mistakes and the same files.

    Their answers are not compared: where a mistake lives from rounding, it answers otherwise from
    one process to the next.
    """

    def facts(book: Book) -> Any:
        return sorted((m.name, m.sentence, m.loses, m.seen, m.source) for m in book.mistakes)

    return one is not None and one.key == other.key and facts(one) == facts(other)


def digest(text: str) -> str:
    """A digest of a misconception's text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def told(result: SubmissionResult, answers: Mapping[str, Prints], book: Book) -> SubmissionResult:
    """``result`` with the mistake told in every case whose answers are a known mistake's.

    ``answers`` are those of the cases that came out wrong.
    """
    lost = {
        c.case: c.function
        for c in result.cases
        if (c.score is not None and c.score < c.max_score) or c.stood_in
    }
    fitting = book.fitting(lost, answers)

    def words(case: CaseResult) -> CaseResult:
        known = fitting.get(case.case, ())
        sentences = list(dict.fromkeys(m.sentence for m in known))[:MOST_NAMED]
        if case.verdict not in NAMED or not sentences:
            return case
        said = f"{MOST_LIKELY}{sentences[0]}"
        said += "".join(f"\nOr, seen less often: {sentence}" for sentence in sentences[1:])
        return dataclasses.replace(
            case, message=f"{case.message}\n{said}".strip(), mistake=known[0].name
        )

    return dataclasses.replace(result, cases=tuple(words(case) for case in result.cases))
