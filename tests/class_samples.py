"""A class made by hand, with everything that its page can tell; names in several scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.lateness import Charge
from autograder.model import (
    Assignment,
    Case,
    CaseResult,
    Figure,
    Leaderboard,
    Question,
    Ranking,
    SubmissionResult,
    Usage,
    Verdict,
)
from autograder.roll import Handed, Part, Row, Student
from autograder.visible import UNOPENED

BOARD = Leaderboard(
    "sum_large", (Ranking("score", "Score per pixel"), Ranking("steps", "Steps", "asc"))
)

ASSIGNMENT = Assignment(
    "small",
    "Small sums",
    ("small.py",),
    (
        Question(
            "1", "Doubling", 4, ("double",), (Case("double_values", 3), Case("double_input", 1))
        ),
        Question("2", "Totals", 6, ("total",), (Case("sum_values", 4), Case("sum_large", 2))),
        Question("3", "More", 2, ("more",), (Case("more_values", 2),), bonus=True),
        Question("4", "Why", 5, written=True),
    ),
    leaderboard=BOARD,
)  # fmt: skip

NAMES = (
    "Ada Lovelace", "Björk Guðmundsdóttir", "王小明", "فاطمة الفهرية", "Иван Петров", "מרים",
    "José Ñíguez", "김민준", "Zoë O'Brien", "Łukasz Żółć", "Ngozi Okonjo", "Emmy Noether",
    "Θεανώ", "Dương Hồng",
)  # fmt: skip

SQUARES = "You square where you should double."


def result(name: str, lost: str = "", **changes: object) -> SubmissionResult:
    """A result that lost the cases in ``lost`` whole; ``held`` are withheld."""
    held = str(changes.pop("held", "")).split()
    cases = []
    for question in ASSIGNMENT.questions:
        for case in question.cases:
            verdict, score = Verdict.ACCEPTED, case.points
            if case.name in lost.split():
                verdict, score = Verdict.WRONG_ANSWER, 0.0
            made = CaseResult(
                case.name, question.key, f"The rule of {case.name}.", question.functions[0],
                verdict, score, case.points, usage=Usage(0.25), bonus=question.bonus,
            )  # fmt: skip
            if case.name in held:
                made = replace(
                    made, verdict=Verdict.JUDGE_ERROR, score=None, staff_note="MARK-note"
                )
            elif score == 0 and case.name == "double_values":
                said = (
                    f"All 6 values are wrong.\nMost likely: {SQUARES}\nOr, seen less often: Else."
                )
                made = replace(made, message=said, mistake="double__squares", diagnosis="function")
            elif score == 0:
                made = replace(made, message="Wrong.", detail="MARK-detail", diagnosis="shape")
            elif case.name == "sum_large":
                figures = (Figure("score", 1 + len(name) / 8), Figure("steps", len(name) % 3))
                made = replace(made, figures=figures)
            cases.append(made)
    whole = SubmissionResult(
        "small", "Small sums", name, tuple(cases), ASSIGNMENT.questions, promise="sealed",
        usage=Usage(1.5, 1.25), leaderboard=BOARD,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


def stub(name: str, message: str = "Not written.") -> SubmissionResult:
    """A result of which nothing was written, or run."""
    made = result(name)
    cases = (
        replace(c, verdict=Verdict.NOT_IMPLEMENTED, score=0.0, message=message, figures=())
        for c in made.cases
    )
    return replace(made, cases=tuple(cases))


def rows() -> list[Row]:
    """Fourteen students, thirteen submissions (two hand in together, one nothing)."""
    students = [
        Student(f"s{i:02}", name, f"s{i:02}@uni.example", "AB"[i % 2])
        for i, name in enumerate(NAMES)
    ]
    results = {
        0: result("ada"),
        1: result("bjork", "double_values"),
        2: result("wang", "double_values sum_values"),
        4: result("ivan", "sum_large more_values", usage=Usage(9.75, 9.5)),
        5: result("miriam", held="sum_values"),
        6: replace(stub("jose", UNOPENED), notices=("no zip",), promise=""),
        7: stub("kim"),
        8: result("zoe", "more_values", promise="partial", notices=("notes.txt was left out.",)),
        9: result("lukasz", "double_values"),
        10: result("ngozi", "double_values double_input sum_values sum_large more_values"),
        11: result("emmy", "double_input"),
        13: result("hong", "more_values"),
    }
    late = {4: Charge(2, 20.0), 9: Charge(None, 0.0, "no created_at")}
    made = []
    for i, student in enumerate(students):
        if i == 3:
            made.append(Row(student))
            continue
        # Two who handed in together.
        of = results[11] if i == 12 else results[i]
        own = (students[11], students[12]) if i in (11, 12) else (student,)
        notices = ("handed in twice",) if i == 1 else ()
        handed = Handed(of.submission, (Part("small.py", Path("small.py")),), own, {}, notices)
        made.append(Row(student, handed, of, late.get(i, Charge()), on_roster=i != 13))
    return made


def links(made: list[Row]) -> dict[str, str]:
    """The path of each submission's page."""
    return {row.handed.name: f"{row.handed.name}/r.html" for row in made if row.handed is not None}
