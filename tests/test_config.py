"""``autograder.config``: what a good file becomes, and what is said of a bad one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from autograder import config
from autograder.model import (
    Assignment,
    Case,
    Course,
    Digits,
    LatePolicy,
    Limits,
    Question,
    RubricItem,
    Tolerance,
    Visibility,
)

ROOT = Path(__file__).resolve().parents[1]

GOOD = """\
course: Numbers
assignments:
  hw1:
    title: "Homework 1: sums"
    points: 10
    files: [sums.py, extra.py]
    given: [loader.py]
    data: [fruit.bmp, tops/images.npy]
    allowed_imports: [numpy, tqdm]
    preload: [numpy, matplotlib.pyplot]
    seed: 7
    due: 2026-12-18T23:59:00+01:00
    late:
      grace_minutes: 15
      percent_per_day: 10
      max_percent: 50
      late_days: 2
    limits:
      call_seconds: 2.5
      memory_mb: 512
    tolerance: {rtol: 1.0e-5, atol: 1e-7}
    visibility: hidden
    questions:
      "1.1":
        title: Sum
        points: 7
        functions: [total, Mean.__call__]
        cases:
          total_printed_example: {points: 0.5, visibility: visible, tolerance: {rtol: 0}}
          total_large:
            points: 5.5
            functions: [total]
          total_speed: {points: 1, budget: 10}
      "1.10":
        title: Product
        points: 3
        functions: [product]
        cases:
          product_small: {points: 3}
      "2.1":
        title: Explain
        points: 5
        written: true
"""

SMALLEST = """\
course: Numbers
assignments:
  hw1:
    title: Homework 1
    points: 1
    files: [sums.py]
    questions:
      "1":
        title: Sum
        points: 1
        functions: [total]
        cases:
          total_small: {points: 1}
"""


def load(folder: Path, text: str | bytes) -> Course:
    """The course that a file with this text describes."""
    path = folder / "grading_config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.load(path)


def complaint(folder: Path, text: str | bytes) -> str:
    """What is said about a file with this text."""
    with pytest.raises(config.ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


def changed(old: str, new: str) -> str:
    """``GOOD`` with ``old``, which stands in it once, replaced."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


# --- good files -----------------------------------------------------------------------------


def test_every_key_arrives_in_the_records(tmp_path: Path) -> None:
    """Each key of the file is found again in the record of the same name, defaults applied."""
    functions = ("total", "Mean.__call__")
    close = Tolerance(rtol=1e-5, atol=1e-7)
    hidden = Visibility.HIDDEN
    cases = (
        Case("total_printed_example", 0.5, Visibility.VISIBLE, functions, Tolerance(0, 1e-7)),
        Case("total_large", 5.5, hidden, ("total",), close),
        Case("total_speed", 1, hidden, functions, close, budget=10),
    )
    product = Case("product_small", 3, hidden, ("product",), close)
    wanted = Assignment(
        name="hw1",
        title="Homework 1: sums",
        files=("sums.py", "extra.py"),
        questions=(
            Question("1.1", "Sum", 7, functions, cases),
            Question("1.10", "Product", 3, ("product",), (product,)),
            Question("2.1", "Explain", 5, written=True),
        ),
        given=("loader.py",),
        data=("fruit.bmp", "tops/images.npy"),
        allowed_imports=("numpy", "tqdm"),
        preload=("numpy", "matplotlib.pyplot"),
        seed=7,
        limits=Limits(call_seconds=2.5, memory_mb=512),
        due="2026-12-18T23:59:00+01:00",
        late=LatePolicy(15, 10, 50, 2),
    )
    assert load(tmp_path, GOOD) == Course("Numbers", (wanted,))


def test_keys_left_out_take_the_records_defaults(tmp_path: Path) -> None:
    """A file with the required keys only gets every default of ``model``."""
    case = Case("total_small", 1, functions=("total",))
    question = Question("1", "Sum", 1, ("total",), (case,))
    wanted = Assignment("hw1", "Homework 1", ("sums.py",), (question,))
    assert load(tmp_path, SMALLEST).assignments == (wanted,)


def test_the_shipped_course_loads() -> None:
    """The project's own file is right, and hw2's code is worth 90 points, its writing 10."""
    hw2 = config.assignment(config.load(ROOT / "grading_config.yaml"), "hw2_clustering")
    assert hw2.max_score == 90
    assert sum(q.points for q in hw2.questions if q.written) == 10
    assert hw2.module == "clustering"


def test_the_shipped_comments_name_every_key() -> None:
    """Every legal key is explained in the comments at the top of the shipped file."""
    text = (ROOT / "grading_config.yaml").read_text(encoding="utf-8")
    comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    legal: set[str] = set()
    hw, question = ("assignments", "a"), ("questions", "q")
    case = (*hw, *question, "cases", "c")
    item = (*hw, *question, "rubric", "i")
    blocks = [(), hw, (*hw, "late"), (*hw, "limits"), (*hw, "tolerance"), (*hw, *question), case]
    blocks.append(item)
    for spot in blocks:
        legal.update(config._keys(spot))
    assert {"course", "grace_minutes", "standin_calls", "rtol", "budget"} <= legal
    assert [key for key in sorted(legal) if key not in comments] == []


def test_questions_need_no_quotes(tmp_path: Path) -> None:
    """A question's key is read as it is written: 1.10 is not 1.1."""
    course = load(tmp_path, GOOD.replace('"1.1"', "1.1").replace('"1.10"', "1.10"))
    assert [q.key for q in course.assignments[0].questions] == ["1.1", "1.10", "2.1"]


def test_numbers_and_words_are_read_as_they_look(tmp_path: Path) -> None:
    """1e-7 is a number, 010 is ten, and No, 12:30 and whatever is quoted are text."""
    text = changed("title: Sum", "title: No").replace("title: Product", "title: 12:30")
    text = text.replace("title: Explain", "title: '5'").replace("seed: 7", "seed: 010")
    text = text.replace("course: Numbers", "course: 'null'")
    assert load(tmp_path, text).title == "null"
    a = load(tmp_path, text).assignments[0]
    assert [q.title for q in a.questions] == ["No", "12:30", "5"]
    assert a.seed == 10
    assert a.cases[1].tolerance.atol == 1e-7


def test_thirds_may_be_rounded(tmp_path: Path) -> None:
    """Points that add up but for the rounding of their last digit are no fault."""
    text = changed("product_small: {points: 3}", "p1: {points: 0.999999}").replace(
        "p1:", "p2: {points: 2}\n          p1:"
    )
    assert len(load(tmp_path, text).assignments[0].questions[1].cases) == 2


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-12-18T23:59:00Z", "2026-12-18T23:59:00+00:00"),
        ("'2026-12-18 23:59:00-05:00'", "2026-12-18T23:59:00-05:00"),
    ],
)
def test_due_is_kept_in_one_form(tmp_path: Path, written: str, kept: str) -> None:
    """However a date is written, the record has it in ISO form with its offset."""
    text = changed("2026-12-18T23:59:00+01:00", written)
    assert load(tmp_path, text).assignments[0].due == kept


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    """A file saved by a Windows editor is the same file."""
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load(tmp_path, text) == load(tmp_path, GOOD)


def test_aliases_are_followed(tmp_path: Path) -> None:
    """A tolerance may be written once and named elsewhere, by YAML's anchor and alias."""
    text = changed("tolerance: {rtol: 1.0e-5,", "tolerance: &t {rtol: 1.0e-5,").replace(
        "tolerance: {rtol: 0}", "tolerance: *t"
    )
    assert load(tmp_path, text).assignments[0].cases[0].tolerance == Tolerance(1e-5, 1e-7)


# --- keys -----------------------------------------------------------------------------------

ASSIGNMENT_KEYS = (
    "title, points, files, given, templates, data, allowed_imports, preload, seed, due, late, "
    "limits, tolerance, visibility, follow_through, mutants_missed, "
    "leaderboard, questions"
)
LIMITS_KEYS = (
    "call_seconds, case_seconds, notebook_seconds, submission_seconds, cpu_seconds, memory_mb, "
    "output_kb, answer_mb, file_mb, disk_mb, files, standin_calls, threads, processes"
)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "course: Numbers",
            "corse: Numbers",
            1,
            "`corse` is an unknown key (did you mean course?); the keys here are course, "
            "assignments",
        ),
        (
            "    seed: 7",
            "    sed: 7",
            11,
            "hw1: `sed` is an unknown key (did you mean seed?); the keys here are "
            + ASSIGNMENT_KEYS,
        ),
        (
            "    seed: 7",
            "    colour: red",
            11,
            "hw1: `colour` is an unknown key; the keys here are " + ASSIGNMENT_KEYS,
        ),
        (
            "      late_days: 2",
            "      grace_minuts: 2",
            17,
            "hw1: `late.grace_minuts` is an unknown key (did you mean grace_minutes?); the keys "
            "here are grace_minutes, percent_per_day, max_percent, late_days",
        ),
        (
            "      memory_mb: 512",
            "      memory: 512",
            20,
            "hw1: `limits.memory` is an unknown key (did you mean memory_mb?); the keys here are "
            + LIMITS_KEYS,
        ),
        (
            "tolerance: {rtol: 0}",
            "tolerance: {tol: 0}",
            29,
            "hw1, question 1.1, case total_printed_example: `tolerance.tol` is an unknown key "
            "(did you mean rtol?); the keys here are rtol, atol",
        ),
        (
            "        points: 7",
            "        pionts: 7",
            26,
            "hw1, question 1.1: `pionts` is an unknown key (did you mean points?); the keys here "
            "are title, points, functions, cases, written, bonus, module, depends, rubric",
        ),
        (
            "            points: 5.5",
            "            budgte: 5.5",
            31,
            "hw1, question 1.1, case total_large: `budgte` is an unknown key (did you mean "
            "budget?); the keys here are points, visibility, functions, tolerance, budget, "
            "memory, digits, time_growth, memory_growth, requires",
        ),
    ],
)
def test_unknown_keys_are_named_with_the_legal_ones(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """An unknown key is refused with its line, the legal keys there, and the one meant."""
    assert complaint(tmp_path, changed(old, new)) == f"grading_config.yaml line {line}: {said}."


@pytest.mark.parametrize(
    ("gone", "line", "said"),
    [
        ("course: Numbers\n", 1, "`course` is missing; add it."),
        ('    title: "Homework 1: sums"\n', 3, "hw1: `title` is missing; add it."),
        ("    points: 10\n", 3, "hw1: `points` is missing; add it."),
        ("    files: [sums.py, extra.py]\n", 3, "hw1: `files` is missing; add it."),
        ("        title: Sum\n", 24, "hw1, question 1.1: `title` is missing; add it."),
        ("        points: 7\n", 24, "hw1, question 1.1: `points` is missing; add it."),
        (
            "            points: 5.5\n",
            30,
            "hw1, question 1.1, case total_large: `points` is missing; add it.",
        ),
    ],
)
def test_missing_keys_are_named_at_their_block(
    tmp_path: Path, gone: str, line: int, said: str
) -> None:
    """A required key that is not there is named, with the line where its block begins."""
    assert complaint(tmp_path, changed(gone, "")) == f"grading_config.yaml line {line}: {said}"


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """YAML's silent last-one-wins is an error here, with both lines."""
    assert complaint(tmp_path, changed("    seed: 7\n", "    seed: 7\n    points: 10\n")) == (
        "grading_config.yaml line 12: hw1: `points` stands twice, first in line 5; delete one."
    )
    assert complaint(tmp_path, changed("total_speed:", "total_large:")) == (
        "grading_config.yaml line 33: hw1, question 1.1, case total_large stands twice, "
        "first in line 30; delete one."
    )
    assert complaint(tmp_path, changed('"1.10":', "1.1:")) == (
        "grading_config.yaml line 34: hw1, question 1.1 stands twice, first in line 24; delete one."
    )


def test_a_key_without_value_is_refused(tmp_path: Path) -> None:
    """A key with nothing after it is not taken for a default."""
    for nothing in ("", " ~", " null"):
        assert complaint(tmp_path, changed("    seed: 7", f"    seed:{nothing}")) == (
            "grading_config.yaml line 11: hw1: `seed` has no value; give it one or delete the key."
        )


def test_keys_are_text(tmp_path: Path) -> None:
    """A list or a block as a key is an error, not a crash."""
    for key in ("[a, b]", "{a: b}"):
        assert complaint(tmp_path, changed("    seed: 7", f"    ? {key}\n    : 7")) == (
            "grading_config.yaml line 11: hw1 has a key that is not text."
        )


# --- values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "course: Numbers",
            "course: 12",
            1,
            "`course` must be text (in quotes if it looks like a number), not 12.",
        ),
        ("course: Numbers", "course: ' '", 1, "`course` must be text that is not empty, not"),
        (
            "    points: 10",
            "    points: ten",
            5,
            "hw1: `points` must be a number, not the text 'ten'",
        ),
        ("    points: 10", "    points: true", 5, "hw1: `points` must be a number, not true."),
        (
            "    points: 10",
            "    points: 1e999",
            5,
            "hw1: `points` must be a finite number, not inf.",
        ),
        ("    points: 10", "    points: .nan", 5, "hw1: `points` must be a number, not the text"),
        ("    points: 10", "    points: [1]", 5, "hw1: `points` must be a number, not a list."),
        (
            "    points: 10",
            "    points: " + "9" * 200,
            5,
            "hw1: `points` is 1e+200, but its questions",
        ),
        ("    points: 10", "    points: " + "x" * 200, 5, "x…."),
        ("seed: 7", "seed: " + "9" * 5000, 11, "hw1: `seed` must be a whole number, not inf."),
        (
            "        points: 7",
            "        points: -7",
            26,
            "hw1, question 1.1: `points` must be 0 or more",
        ),
        (
            "{points: 1, budget: 10}",
            "{points: -1, budget: 10}",
            33,
            "hw1, question 1.1, case total_speed: `points` must be 0 or more, not -1.",
        ),
        (
            "{points: 1, budget: 10}",
            "{points: 1, budget: 0}",
            33,
            "hw1, question 1.1, case total_speed: `budget` must be more than 0, not 0.",
        ),
        (
            "{points: 1, budget: 10}",
            "{points: 1, budget: -2.5}",
            33,
            "hw1, question 1.1, case total_speed: `budget` must be more than 0, not -2.5.",
        ),
        (
            "{rtol: 1.0e-5,",
            "{rtol: -1.0e-5,",
            21,
            "hw1: `tolerance.rtol` must be 0 or more, not -1e-05.",
        ),
        (
            "tolerance: {rtol: 0}",
            "tolerance: {atol: -1}",
            29,
            "case total_printed_example: `tolerance.atol` must be 0 or more, not -1.",
        ),
        (
            "tolerance: {rtol: 0}",
            "tolerance: 0.1",
            29,
            "case total_printed_example: `tolerance` must be a block of keys, not 0.1.",
        ),
        ("seed: 7", "seed: 7.5", 11, "hw1: `seed` must be a whole number, not 7.5."),
        ("seed: 7", "seed: -7", 11, "hw1: `seed` must be 0 or more, not -7."),
        (
            "memory_mb: 512",
            "memory_mb: 0",
            20,
            "hw1: `limits.memory_mb` must be more than 0, not 0.",
        ),
        (
            "memory_mb: 512",
            "memory_mb: 0.5",
            20,
            "hw1: `limits.memory_mb` must be a whole number, not 0.5.",
        ),
        ("late_days: 2", "late_days: -2", 17, "hw1: `late.late_days` must be 0 or more, not -2."),
        (
            "max_percent: 50",
            "max_percent: 150",
            16,
            "hw1: `late.max_percent` must be 100 or less, not 150.",
        ),
        (
            "written: true",
            "written: yes",
            43,
            "question 2.1: `written` must be true or false, not the",
        ),
        (
            "    visibility: hidden",
            "    visibility: hiden",
            22,
            "hw1: `visibility` must be 'visible', 'hidden', 'after_due_date' or "
            "'after_published', not the text 'hiden' (did you mean hidden?).",
        ),
        (
            "points: 5.5\n",
            "points: 5.5\n            digits: {float64: 15}\n",
            32,
            "case total_large: `digits.float64` must be less than 15, not 15.",
        ),
        (
            "visibility: visible",
            "digits: {float32: 2}, visibility: visible",
            29,
            "case total_printed_example: `digits` must be left out of a visible case: a handout "
            "has neither exact answers nor a reference.",
        ),
        (
            "visibility: visible",
            "visibility: 3",
            29,
            "case total_printed_example: `visibility` must be 'visible', 'hidden', "
            "'after_due_date' or 'after_published', not 3.",
        ),
        (
            "[sums.py, extra.py]",
            "sums.py",
            6,
            "hw1: `files` must be a list, such as [a, b], not the",
        ),
        ("[sums.py, extra.py]", "[]", 6, "hw1: `files` must be a list that begins with the main"),
        ("[sums.py, extra.py]", "[sums.txt]", 6, "such as [clustering.py], not a list."),
        (
            "[sums.py, extra.py]",
            "[sums.py, a/b.py]",
            6,
            "hw1: `files.item 2` must be the name of a file, without a folder, not the text",
        ),
        (
            "[fruit.bmp, tops/images.npy]",
            "[../secret]",
            8,
            "hw1: `data.item 1` must be a file in data/, like fruit.bmp, not the text '../secret'.",
        ),
        ("tops/images.npy]", "tops/../../x]", 8, "hw1: `data.item 2` must be a file in data/"),
        ("[numpy, tqdm]", "[numpy, 3]", 9, "hw1: `allowed_imports.item 2` must be text (in quotes"),
        ("[numpy, tqdm]", "[numpy, a-b]", 9, "must be the name of a module, not the text 'a-b'."),
        (
            "[product]",
            "[product()]",
            37,
            "question 1.10: `functions.item 1` must be a function such as KMeans._get_loss, not",
        ),
        (
            "product_small:",
            "product-small:",
            39,
            "hw1, question 1.10, case product-small: its name must be what follows test_ in its "
            "check (letters, digits, _), not the text 'product-small'.",
        ),
        (
            "  hw1:",
            "  hw 1:",
            3,
            "hw 1: its name must be its folder's in solutions/ (letters, digits, _, -), not the",
        ),
    ],
)
def test_wrong_values_are_told_with_what_is_wanted(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """A value of the wrong type or range is refused: where it stands, what is wanted, what came."""
    text = complaint(tmp_path, changed(old, new))
    assert text.startswith(f"grading_config.yaml line {line}: ")
    assert said in text
    assert len(text) < 300
    assert "\n" not in text


@pytest.mark.parametrize(
    "wrong",
    ["2026-13-18T23:59:00+00:00", "2026-12-18T23:59:00", "2026-12-18", "20261218", "tomorrow"],
)
def test_due_needs_date_time_and_offset(tmp_path: Path, wrong: str) -> None:
    """A date that does not exist, or could mean two moments, is refused."""
    text = complaint(tmp_path, changed("2026-12-18T23:59:00+01:00", wrong))
    assert text.startswith(
        "grading_config.yaml line 12: hw1: `due` must be date, time and offset from UTC, such as "
        "2026-12-18T23:59:00+00:00, not "
    )


@pytest.mark.parametrize(
    ("block", "line", "place"),
    [
        ("course: Numbers\nassignments: 3\n", 2, "`assignments`"),
        ("course: Numbers\nassignments: {hw1: []}\n", 2, "hw1"),
        ("- course\n", 1, "the file"),
        ("course\n", 1, "the file"),
    ],
)
def test_blocks_must_be_blocks(tmp_path: Path, block: str, line: int, place: str) -> None:
    """A number, list or text where keys are wanted is refused by its place."""
    text = complaint(tmp_path, block)
    assert text.startswith(
        f"grading_config.yaml line {line}: {place} must be a block of keys, not "
    )


# --- what spans several values --------------------------------------------------------------


def test_cases_add_up_to_their_question(tmp_path: Path) -> None:
    """The points of a question's cases must be the question's."""
    assert complaint(tmp_path, changed("            points: 5.5", "            points: 5")) == (
        "grading_config.yaml line 26: hw1, question 1.1: `points` is 7, but its cases add up to "
        "6.5; change one of them."
    )


def test_a_question_without_cases_is_refused(tmp_path: Path) -> None:
    """A question that has points but nothing to earn them with does not load."""
    assert "line 36: hw1, question 1.10: `points` is 3, but its cases add up to 0;" in complaint(
        tmp_path, changed("\n          product_small: {points: 3}", " {}")
    )


def test_questions_add_up_to_the_assignment(tmp_path: Path) -> None:
    """The points of the questions that are not written must be the assignment's."""
    assert complaint(tmp_path, changed("    points: 10", "    points: 15")) == (
        "grading_config.yaml line 5: hw1: `points` is 15, but its questions (neither written nor "
        "bonus) add up to 10; change one of them."
    )


def test_a_case_name_is_used_once_in_an_assignment(tmp_path: Path) -> None:
    """Two questions of one assignment cannot have a case of the same name."""
    assert complaint(tmp_path, changed("product_small:", "total_large:")) == (
        "grading_config.yaml line 39: hw1, question 1.10, case total_large has the name of a case "
        "of question 1.1; rename one."
    )


def test_two_assignments_may_share_a_case_name(tmp_path: Path) -> None:
    """Case names are unique within an assignment only."""
    second = SMALLEST.split("assignments:\n")[1].replace("hw1:", "hw2:")
    hw1, hw2 = load(tmp_path, SMALLEST + second).assignments
    assert hw1.cases == hw2.cases


@pytest.mark.parametrize(
    ("extra", "key"), [("cases: {c: {points: 5}}", "cases"), ("functions: [total]", "functions")]
)
def test_a_written_question_has_nothing_to_run(tmp_path: Path, extra: str, key: str) -> None:
    """Cases or functions in a written question are refused."""
    text = complaint(tmp_path, changed("written: true", f"written: true\n        {extra}"))
    assert text == (
        f"grading_config.yaml line 44: hw1, question 2.1: `{key}` must be left out: "
        "people grade a written question."
    )


RUBRIC = """written: true
        rubric:
          why: {points: 3, sentence: "You say   why."}
          how: {points: 2, sentence: You say how.}
          late: {points: -1, sentence: A page too long.}"""


def test_a_rubric_arrives_in_the_records(tmp_path: Path) -> None:
    """Items keep their order; a deduction is no part of what adds up."""
    (question,) = [
        q
        for q in load(tmp_path, changed("written: true", RUBRIC)).assignments[0].questions
        if q.written
    ]
    assert question.rubric == (
        RubricItem("why", 3, "You say why."),
        RubricItem("how", 2, "You say how."),
        RubricItem("late", -1, "A page too long."),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{points: 2, ",
            "{points: 1, ",
            "line 42: hw1, question 2.1: `points` is 5, but its rubric's credits add up to 4; "
            "change one of them.",
        ),
        (
            "          how:",
            "          how so:",
            "line 46: hw1, question 2.1, item how so: its name must be a short word",
        ),
        (
            "sentence: You say how.",
            "sentense: You say how.",
            "line 46: hw1, question 2.1, item how: `sentense` is an unknown key (did you mean "
            "sentence?); the keys here are points, sentence.",
        ),
        (
            "{points: 2, ",
            "{points: two, ",
            "line 46: hw1, question 2.1, item how: `points` must be a number, not the text 'two'.",
        ),
        (
            "{points: 2, ",
            "{",
            "line 46: hw1, question 2.1, item how: `points` is missing; add it.",
        ),
        (
            "written: true\n",
            "bonus: true\n        cases: {c: {points: 5}}\n",
            "line 45: hw1, question 2.1: `rubric` must be left out: only a written question has a "
            "rubric.",
        ),
    ],
)
def test_a_wrong_rubric_is_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Credits that do not add up, names that are none, keys that are unknown."""
    text = changed("written: true", RUBRIC)
    assert said in complaint(tmp_path, text.replace(old, new))


def test_a_case_grades_functions_of_its_question(tmp_path: Path) -> None:
    """A case's functions are among its question's, so that a typing mistake is found."""
    old = "            functions: [total]"
    assert complaint(tmp_path, changed(old, "            functions: [total, totl]")) == (
        "grading_config.yaml line 32: hw1, question 1.1, case total_large: `functions.item 2` "
        "must be one of its question's (total, Mean.__call__), not totl (did you mean total?)."
    )


def test_the_first_fault_in_the_file_is_told(tmp_path: Path) -> None:
    """Of several faults the one that stands first is told, whatever their kinds."""
    several = changed("written: true", "writen: true").replace("budget: 10", "budget: 0")
    assert "line 33" in complaint(tmp_path, several)
    assert "line 11" in complaint(tmp_path, several.replace("seed: 7", "seed: x"))


# --- the file itself ------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path where nothing is gives one sentence with the path and what to do."""
    path = tmp_path / "nowhere.yaml"
    with pytest.raises(config.ConfigError) as caught:
        config.load(path)
    assert str(caught.value) == (
        f"{path} cannot be read (No such file or directory); give the path of grading_config.yaml."
    )


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    """A folder where the file should be is told like a file that cannot be read."""
    with pytest.raises(config.ConfigError, match="cannot be read") as caught:
        config.load(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_told(tmp_path: Path, text: str) -> None:
    """A file without content is said to be empty, with the keys that it needs."""
    said = complaint(tmp_path, text)
    assert said.startswith("grading_config.yaml line 1: the file ")


def test_other_encodings_are_told_with_the_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused at the line where they stand."""
    text = changed("title: Sum", "title: Größe").encode("latin-1")
    assert complaint(tmp_path, text) == (
        "grading_config.yaml line 25: this is not UTF-8; save the file with that encoding."
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("    seed: 7", "\tseed: 7", 11, "found character '\\t' that cannot start any token"),
        ("    seed: 7", "    seed: 7: 8", 11, "mapping values are not allowed here"),
        ("    seed: 7", "   seed: 7", 11, "that begins in line 3, "),
        ("    seed: 7", "    seed: *seven", 11, "found undefined alias 'seven'"),
        (
            "[numpy, tqdm]",
            "[numpy, tqdm",
            10,
            "while parsing a flow sequence that begins in line 9",
        ),
        ("title: Explain", "title: 'Explain", 44, "a quoted scalar that begins in line 41"),
        ("    seed: 7", "---\nseed: 7", 11, "that begins in line 1, but found another document"),
    ],
)
def test_broken_yaml_is_told_with_the_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """Text that is not YAML is refused with the line where reading stopped and began."""
    text = complaint(tmp_path, changed(old, new))
    assert text.startswith(f"grading_config.yaml line {line}: this is not YAML: ")
    assert said in text
    assert "\n" not in text


def test_a_control_character_is_told_with_the_line(tmp_path: Path) -> None:
    """A character that YAML forbids is refused by its code and line."""
    assert complaint(tmp_path, changed("title: Sum", "title: S\x00um")) == (
        "grading_config.yaml line 25: the character U+0000 is not allowed; delete it."
    )


def test_endless_nesting_is_told(tmp_path: Path) -> None:
    """An alias that holds itself, or a thousand brackets, is an error and not a crash."""
    said = "grading_config.yaml line 1: the file is nested too deeply, or an alias holds itself."
    assert complaint(tmp_path, changed("seed: 7", "seed: &s [*s]")) == said
    assert complaint(tmp_path, "course: " + "[" * 5000) == said


# --- looking up and handing out -------------------------------------------------------------


def test_an_assignment_is_found_by_name(tmp_path: Path) -> None:
    """``assignment`` returns the one of that name."""
    course = load(tmp_path, GOOD)
    assert config.assignment(course, "hw1") is course.assignments[0]


def test_an_unknown_assignment_lists_the_names(tmp_path: Path) -> None:
    """A name that the course does not have is refused with those that it has."""
    course = load(tmp_path, GOOD)
    other = dataclasses.replace(course.assignments[0], name="lab")
    both = dataclasses.replace(course, assignments=(*course.assignments, other))
    with pytest.raises(config.ConfigError) as caught:
        config.assignment(both, "hw2")
    assert str(caught.value) == (
        "no assignment 'hw2' (did you mean hw1?); the course has hw1, lab."
    )
    with pytest.raises(config.ConfigError) as caught:
        config.assignment(Course("Empty", ()), "hw2")
    assert str(caught.value) == "no assignment 'hw2'; the course has none yet."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("total_speed", "must name an earlier case of the question, not total_speed"),
        ("product_small", "must name an earlier case of the question, not product_small"),
        ("total_larg", "not total_larg (did you mean total_large?)"),
    ],
)
def test_a_case_requires_an_earlier_one_of_its_question(
    tmp_path: Path, name: str, said: str
) -> None:
    """Not itself, not another question's, not a name that is misspelt."""
    found = complaint(tmp_path, changed("budget: 10}", f"budget: 10, requires: {name}}}"))
    assert found.startswith("grading_config.yaml line 33: hw1, question 1.1, case total_speed: ")
    assert said in found


def test_a_public_case_requires_a_public_one(tmp_path: Path) -> None:
    """A handout has no hidden case that its own could wait for."""
    found = complaint(
        tmp_path,
        changed("budget: 10}", "visibility: visible, requires: total_large}"),
    )
    assert "`requires` names total_large, which handouts do not have; name a visible" in found


def test_requires_is_kept(tmp_path: Path) -> None:
    """The record names the case that is required."""
    path = tmp_path / "grading_config.yaml"
    path.write_text(changed("budget: 10}", "budget: 10, requires: total_large}"))
    case = config.assignment(config.load(path), "hw1").questions[0].cases[2]
    assert (case.name, case.requires) == ("total_speed", "total_large")


# --- one mistake, charged once --------------------------------------------------------------


def test_a_question_may_depend_on_graded_functions(tmp_path: Path) -> None:
    """Functions that the checks call are named as they are, or with their module."""
    text = changed("functions: [product]", "functions: [product]\n        depends: [total]")
    course = load(
        tmp_path, text.replace("    visibility:", "    follow_through: 0.5\n    visibility:")
    )
    assert course.assignments[0].questions[1].depends == ("total",)
    assert course.assignments[0].follow_through == 0.5
    qualified = text.replace("depends: [total]", "depends: ['sums:Mean.__call__']")
    assert load(tmp_path, qualified).assignments[0].questions[1].depends == ("sums:Mean.__call__",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "functions: [product]",
            "functions: [product]\n        depends: [totl]",
            "line 38: hw1, question 1.10: `depends.item 1` must be a function that the assignment "
            "grades, not totl (did you mean total?).",
        ),
        (
            "written: true",
            "written: true\n        depends: [total]",
            "line 44: hw1, question 2.1: `depends` must be left out: people grade a written "
            "question.",
        ),
        (
            "    visibility: hidden",
            "    visibility: hidden\n    follow_through: 1.5",
            "line 23: hw1: `follow_through` must be 1 or less, not 1.5.",
        ),
    ],
)
def test_faults_in_what_depends_on_what(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A function that nobody grades, and a share beyond all of it, are refused."""
    assert complaint(tmp_path, changed(old, new)) == f"grading_config.yaml {said}"


def test_digits_are_kept(tmp_path: Path) -> None:
    """What a sweep asks for; a dtype left out has its default, and most cases sweep nothing."""
    text = changed("points: 5.5\n", "points: 5.5\n            digits: {float64: 8}\n")
    path = tmp_path / "grading_config.yaml"
    path.write_text(text)
    cases = {case.name: case for case in config.load(path).assignments[0].cases}
    assert cases["total_large"].digits == Digits(8.0, 3.0)
    assert cases["total_speed"].digits is None
