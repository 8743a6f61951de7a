"""The gradebook: every cell, what is blank in it, and what staff are told of a row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from autograder import config, grade, gradebook, roll
from autograder.lateness import Charge
from autograder.model import Assignment, Case, LatePolicy, Question, SubmissionResult
from autograder.roll import Handed, Row, Student
from tests import mini, samples

POLICY = LatePolicy(grace_minutes=10, percent_per_day=10, max_percent=50, late_days=1)


def assignment() -> Assignment:
    """The samples' assignment, as a config has it."""
    made = []
    for question in samples.QUESTIONS:
        cases = [c for c in samples.cases() if c.question == question.key]
        made.append(
            replace(question, cases=tuple(Case(c.case, c.max_score, c.visibility) for c in cases))
        )
    return Assignment(
        name="hw2_clustering",
        title="Homework 2: clustering",
        files=("clustering.py",),
        questions=tuple(made),
        due="2026-10-01T23:59:00+02:00",
        late=POLICY,
    )


def result(name: str, like: SubmissionResult | None = None) -> SubmissionResult:
    return replace(like or samples.perfect(), submission=name)


ROSTER = (
    Student("20190001", "Lovelace, Ada", "ada@example.edu", "A", (("late_days", "0"),)),
    Student("007", "Bond, James", "=cmd@example.edu", "A"),
    Student("b-3", "Ďurčová, Žofia", "zofia@example.edu", "B"),
    Student("4", "张伟", "wei@example.edu", "B"),
    Student("5", "Nobody, Nemo", "nemo@example.edu", "B"),
    Student("6", 'O\'Neil "Fox", Mx', "fox@example.edu", ""),
)


def handed(name: str, *students: Student, at: str | None = "2026-10-01T23:58:59+02:00") -> Handed:
    return Handed(name, (), students, {"created_at": at} if at else {})


def classroom() -> list[Row]:
    """One of everything: late, in a group, withheld, nothing handed in, not on the roster."""
    ada, bond, zofia, wei, _, fox = ROSTER
    submissions = [
        handed("lovelaceada", ada, at="2026-10-04T00:09:01+02:00"),
        handed("=group", zofia, wei, at="2026-10-02T00:09:01+02:00"),
        handed("bond", bond, at=None),
        handed("fox", fox),
        handed("gone", Student("9", "Gone, Al")),
        handed("zip", Student("zip")),
    ]
    mini_zip = grade.not_run(assignment(), "zip", "zip.zip is damaged", ours=False)
    results = {
        "lovelaceada": result("lovelaceada"),
        "=group": result("=group", samples.classroom()[6]),
        "bond": replace(result("bond", samples.classroom()[8]), promise="open"),
        "fox": result("fox", samples.graded()),
        "zip": mini_zip,
    }
    return roll.rows(submissions, results, ROSTER, policy=POLICY, due=assignment().due)


def book(rows: Sequence[Row], of: Assignment | None = None) -> pd.DataFrame:
    """The gradebook, read back by who it is of."""
    text = gradebook.gradebook_csv(rows, of or assignment())
    return pd.read_csv(io.StringIO(text), dtype={"id": str}).set_index("id")


def test_whole_gradebook(golden) -> None:
    """The gradebook of a class is what its golden file holds."""
    golden("gradebook.csv", gradebook.gradebook_csv(classroom(), assignment()))


def test_a_row_for_every_student_in_the_rosters_order() -> None:
    """Then those who are not on it; an id keeps its zeros."""
    assert list(book(classroom()).index) == ["20190001", "007", "b-3", "4", "5", "6", "zip", "9"]


def test_sums_add_up() -> None:
    """The questions make the score, the cases make the questions, lateness makes the total."""
    found = book(classroom())
    assert found.loc["20190001", "total"] == 52 * 0.7
    assert found.loc["20190001", "score"] == 52
    whole = found[found["score"].notna()]
    questions = [c for c in found.columns if c.startswith("question ")]
    assert questions == [f"question {key}" for key in ("1.1", "1.2", "1.3", "2", "3")]
    assert list(whole[questions].sum(axis=1)) == list(whole["score"])
    points = [c for c in found.columns if c.startswith("points ")]
    assert len(points) == 14
    assert list(whole[points].sum(axis=1)) == list(whole["score"])
    assert set(found["max"].dropna()) == {52}


def test_who_handed_in_nothing_has_blanks() -> None:
    """And never a zero."""
    row = book(classroom()).loc["5"]
    assert dict(row.dropna()) == {
        "name": "Nobody, Nemo",
        "email": "nemo@example.edu",
        "section": "B",
        "flags": "handed in nothing",
    }


def test_a_withheld_case_leaves_case_question_and_total_blank() -> None:
    """Our fault is never the student's zero; the flag says which case and what it is worth."""
    row = book(classroom()).loc["6"]
    assert row[["total", "score", "question 2", "points kmeans_empty_cluster"]].isna().all()
    assert row["verdict kmeans_empty_cluster"] == "judge_error"
    assert row["question 1.2"] == 3
    assert row["flags"] == "withheld (3 points): kmeans_empty_cluster"


def test_lateness_is_told_for_each_student_of_a_group() -> None:
    """Both have the group's points; what each has left of late days is the roster's."""
    found = book(classroom())
    late = ["late days", "free days", "late percent"]
    assert list(found.loc["20190001", late]) == [3, 0, 30]
    assert list(found.loc["b-3", late]) == [1, 1, 0]
    assert list(found.loc["4", late]) == [1, 1, 0]
    assert found.loc["b-3", "total"] == found.loc["4", "total"] == 32.5
    assert found.loc["b-3", "flags"] == "with 张伟"
    assert found.loc["b-3", "submission"] == "'=group"


def test_lateness_that_nobody_can_tell_is_blank_and_flagged() -> None:
    """Nothing is charged for it."""
    row = book(classroom()).loc["007"]
    assert row[["late days", "late percent"]].isna().all()
    assert row["total"] == row["score"] == 39.5 - 0
    assert "lateness is not charged: the metadata has no usable created_at" in row["flags"]
    assert "weaker isolation: open, and partial for others" in row["flags"]


def test_without_a_late_policy_nothing_is_said_of_lateness() -> None:
    """A 0 would say that everybody was on time."""
    found = book(classroom(), replace(assignment(), late=LatePolicy()))
    assert found[["late days", "free days", "late percent"]].isna().all().all()


@pytest.mark.parametrize(
    ("who", "said"),
    [("9", "not on the roster; not graded"), ("zip", "not on the roster; could not be opened")],
)
def test_what_staff_have_to_know_is_flagged(who: str, said: str) -> None:
    """Strangers, what was not graded yet, and what could not be opened."""
    assert book(classroom()).loc[who, "flags"] == said


def test_what_could_not_be_opened_has_its_zero_and_what_we_broke_has_none() -> None:
    """A damaged zip is the student's; a grader that died is ours."""
    ours = grade.not_run(assignment(), "x", "died", ours=True)
    row = Row(Student("x"), handed("x"), ours)
    (found,) = book([row]).to_dict("records")
    assert pd.isna(found["total"])
    assert found["flags"].startswith("withheld (52 points): ")
    assert book(classroom()).loc["zip", "total"] == 0


def test_a_bonus_is_not_in_the_max() -> None:
    """Its points come on top."""
    cases = tuple(replace(c, bonus=c.question == "3") for c in samples.perfect().cases)
    row = Row(Student("x"), handed("x"), replace(samples.perfect(), cases=cases))
    (found,) = book([row]).to_dict("records")
    assert (found["total"], found["max"]) == (52, 38)


@pytest.mark.parametrize("evil", ["=1+1", "@a", "+a", "-a", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    """Whatever a student is called, or calls a file or a group."""
    student = Student(evil, evil, evil, evil)
    row = Row(student, handed(evil, student, Student("y", evil), at=evil), result(evil))
    table = gradebook.table([row], assignment())
    texts = [cell for cell in table.iloc[0] if isinstance(cell, str)]
    assert len([t for t in texts if t.startswith("'")]) == 6
    assert not any(t.startswith(("=", "+", "-", "@", "\t", "\r")) for t in texts)


def test_columns_stand_even_when_nobody_handed_in() -> None:
    """They are the config's; a result of an older config adds its own."""
    empty = book([Row(ROSTER[0])])
    assert list(empty.columns) == list(book(classroom()).columns)
    older = replace(samples.perfect(), cases=(replace(samples.cases()[0], case="old"),))
    row = Row(Student("x"), handed("x"), replace(older, questions=(Question("1.1", "P", 1),)))
    found = book([row, *classroom()])
    assert found["points old"].notna().tolist() == [True] + 8 * [False]
    assert len(book([])) == 0


def test_days_are_whole_numbers() -> None:
    """2 and not 2.0, though other rows have none."""
    text = gradebook.gradebook_csv(classroom(), assignment())
    assert ",3,0,30.0,52.0," in text


@pytest.mark.parametrize("kind", ["detail", "staff_note", "panel", "caption"])
def test_it_holds_no_texts_of_cases(kind: str) -> None:
    """Points and verdicts, not students' values."""
    row = Row(Student("x"), handed("x"), samples.graded())
    assert samples.SECRETS[kind] not in gradebook.gradebook_csv([row], assignment())


def test_a_real_config_has_its_columns(tmp_path: Path) -> None:
    """Written questions get theirs when they are merged."""
    root = mini.write(tmp_path)
    of = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    columns = list(gradebook.table([Row(Student("x"))], of).columns)
    for question in of.questions:
        assert (f"question {question.key}" in columns) == bool(question.cases)
    assert [f"points {c.name}" for c in of.cases] == [c for c in columns if c.startswith("points")]


def test_a_rows_total_is_none_without_a_score() -> None:
    """Nothing handed in, or a case withheld."""
    assert Row(Student("x")).total is None
    assert Row(Student("x"), handed("x"), samples.graded()).total is None
    assert Row(Student("x"), handed("x"), samples.perfect(), Charge(1, 12.5)).total == 45.5


def test_what_the_roster_told() -> None:
    """Columns are found whatever their case and blanks; the first of a name counts."""
    student = Student("x", fields=(("SIS Login ID", "a"), ("late_days", "2"), ("Late Days", "3")))
    assert student.told("sis_login_id") == "a"
    assert student.told("nothing", "LATE DAYS") == "2"
    assert student.told("nothing") == ""
