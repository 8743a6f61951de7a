"""One mistake is charged once: cases that fail because of another function are tried again.

When a case has lost points, and graded functions that it reaches have lost points of their own,
it runs once more with those functions answered by the reference, through the wall. Only a
function that is wrong by itself is stood in for, not one that fails because of another. What a
case gains that way counts as far as the config's ``follow_through`` says. Decides which cases run
again and what their results count; runs nothing itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.model import Assignment, Case, CaseResult, SubmissionResult, Verdict
from autograder.rules import Source
from autograder.standins import Reference

StandIns = Mapping[str, tuple[str, ...]]
"""For each case that runs again, the functions (``module:name``) that are stood in for."""
Rerun = Callable[[StandIns], Mapping[str, CaseResult]]


@dataclass(frozen=True)
class _Course:
    """What is known of an assignment's functions, all as ``module:name``."""

    own: Mapping[str, tuple[str, ...]]
    """For each case, the functions that it grades."""
    reached: Mapping[str, frozenset[str]]
    """For each function, the graded functions that it or what it calls reaches."""
    depends: Mapping[str, frozenset[str]]
    """For each case, functions that its check needs beside those, by the config."""


def through(
    result: SubmissionResult,
    assignment: Assignment,
    source: Source,
    reference: Reference,
    rerun: Rerun,
) -> SubmissionResult:
    """``result`` with every case that another function's mistake had cost counted anew.

    ``source`` is the submission's: which functions call which is seen there. ``rerun`` runs cases
    again and gives their results; it is not called when there is nothing to run.
    """
    before = {case.case: case for case in result.cases}
    lost = {name for name, case in before.items() if is_lost(case)}
    if not lost or assignment.follow_through <= 0:
        return result
    course = _course(assignment, source, lost)
    failed = [f for f in assignment.qualified if any(f in course.own[name] for name in lost)]
    after = dict(before)
    healed: set[str] = set()
    roots: set[str] = set()
    while failed:
        waiting = set(failed)
        # Functions that call one another in a circle are taken one by one.
        level = [f for f in failed if not course.reached[f] & waiting - {f}] or failed[:1]
        failed = [f for f in failed if f not in level]
        todo = {
            case.name: standins
            for case in assignment.cases
            if case.name in lost and set(course.own[case.name]) & set(level)
            if not set(course.own[case.name]) & set(failed)
            if (standins := _standins(case, course, roots, reference))
            if _is_own_work(case, course, roots, reference, after)
        }
        if todo:
            for case in assignment.cases:
                if case.requires in todo and case.name in lost:
                    todo.setdefault(case.name, todo[case.requires])
            for name, again in rerun(todo).items():
                after[name] = _counted(before[name], again, todo[name], assignment.follow_through)
                if again.score == again.max_score:
                    healed.add(name)
        roots |= {f for f in level if any(f in course.own[name] for name in lost - healed)}
    return dataclasses.replace(result, cases=tuple(after[case.case] for case in result.cases))


def announced(result: SubmissionResult, assignment: Assignment, source: Source) -> SubmissionResult:
    """``result`` of a check without a reference, with a sentence where ``through`` may follow."""
    lost = {case.case for case in result.cases if is_lost(case)}
    if not lost or assignment.follow_through <= 0:
        return result
    course = _course(assignment, source, lost)
    failed = {f for name in lost for f in course.own[name]}

    def told(before: CaseResult, case: Case) -> CaseResult:
        if case.name not in lost or before.verdict is Verdict.NOT_IMPLEMENTED:
            return before
        names = [f.partition(":")[2] for f in sorted(_needs(case, course) & failed)]
        if not names:
            return before
        said = (
            f"This may come from {_listed(names)}, which loses points of its own. When you "
            "submit, the case is tried once more with the grader answering there."
        )
        return dataclasses.replace(before, message=f"{before.message}\n{said}".strip())

    cases = zip(result.cases, assignment.cases, strict=True)
    return dataclasses.replace(result, cases=tuple(told(before, case) for before, case in cases))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def is_lost(case: CaseResult) -> bool:
    """Whether a case has fewer points than it could have; a withheld one has lost none."""
    return case.score is not None and case.score < case.max_score


def _course(assignment: Assignment, source: Source, lost: set[str]) -> _Course:
    own: dict[str, tuple[str, ...]] = {}
    depends: dict[str, frozenset[str]] = {}
    for question in assignment.questions:
        module = assignment.module_of(question)
        for case in question.cases:
            functions = case.functions or question.functions
            own[case.name] = tuple(f"{module}:{f}" for f in functions)
            depends[case.name] = frozenset(
                f if ":" in f else f"{module}:{f}" for f in question.depends
            )
    asked = {f for name in lost for f in (*own[name], *depends[name])}
    reached = {f: source.reached(f, assignment.qualified) for f in asked}
    return _Course(own, reached, depends)


def _needs(case: Case, course: _Course) -> set[str]:
    """Graded functions that a case needs beside its own."""
    own, more = course.own[case.name], course.depends[case.name]
    found = set(more).union(*(course.reached[f] for f in (*own, *more)))
    return found - set(own)


def _standins(
    case: Case, course: _Course, roots: set[str], reference: Reference
) -> tuple[str, ...]:
    wrong = sorted(_needs(case, course) & roots)
    return tuple(f for f in wrong if reference.attributes(f) is not None)


def _is_own_work(
    case: Case,
    course: _Course,
    roots: set[str],
    reference: Reference,
    results: Mapping[str, CaseResult],
) -> bool:
    """Whether something of the student's is left to judge.

    A function that the handout gives away, with everything below it stood in for, would earn its
    points for nobody's work.
    """
    if any(not reference.is_given(f) for f in course.own[case.name]):
        return True
    return any(
        (results[name].score or 0) > 0
        for f in _needs(case, course) - roots
        if not reference.is_given(f)
        for name, functions in course.own.items()
        if functions == (f,)
    )


def _counted(
    before: CaseResult, again: CaseResult, standins: tuple[str, ...], share: float
) -> CaseResult:
    """The better one of two results; what is gained counts by ``share``."""
    if again.score is None or before.score is None or again.score <= before.score:
        return before
    score = round(before.score + share * (again.score - before.score), 6)
    full = score >= before.max_score
    names = [name.partition(":")[2] for name in standins]
    words = _listed(names)
    one = len(names) == 1
    said = (
        f"Counted with {words} answered by the grader: {'its mistake is' if one else 'their '}"
        f"{'' if one else 'mistakes are'} charged where {'it is' if one else 'they are'} graded, "
        f"and {'not again' if share >= 1 else 'only in part'} here."
    )
    return dataclasses.replace(
        again,
        verdict=Verdict.ACCEPTED if full else Verdict.PARTIALLY_ACCEPTED,
        score=score,
        message=f"{said}\n{again.message}".strip(),
        stood_in=tuple(names),
    )
