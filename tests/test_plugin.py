"""Verdicts and points: a check's outcome and the config's entry become a case result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import config, grade
from autograder.model import Assignment, Limits, SubmissionResult, Verdict
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from tests import mini


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return mini.write(tmp_path / "course")


def the_assignment(root: Path) -> Assignment:
    return config.assignment(config.load(root / "grading_config.yaml"), "mini")


def graded(
    root: Path, sandbox: Sandbox, text: str, assignment: Assignment | None = None
) -> SubmissionResult:
    folder = root / "handed_in"
    folder.mkdir(exist_ok=True)
    (folder / "mini.py").write_text(text)
    assignment = assignment or the_assignment(root)
    return grade.grade(assignment, grade.course_room(root, assignment), folder, sandbox, "sub")


def verdicts(result: SubmissionResult) -> dict[str, tuple[Verdict, float | None]]:
    return {case.case: (case.verdict, case.score) for case in result.cases}


def add_check(root: Path, body: str, points: str = "points: 2", name: str = "extra") -> None:
    """Put one more hidden check into the course, worth as much as it needs."""
    file = root / "solutions/mini/checks/hidden/test_extra.py"
    file.write_text(f"import numpy as np\n\n\ndef test_{name}{body}")
    path = root / "grading_config.yaml"
    text = path.read_text().replace("points: 6\n", "points: 8\n")
    text = text.replace('      "3":\n', f'''      "2b":
        title: Extra
        points: 2
        functions: [double]
        cases:
          {name}: {{{points}}}
      "3":
''')  # fmt: skip
    path.write_text(text)


def test_the_reference_has_full_marks(root: Path, sandbox: Sandbox) -> None:
    """Every case accepted, in the config's order; written questions wait."""
    result = graded(root, sandbox, mini.REFERENCE)
    assert [c.case for c in result.cases] == [c.name for c in the_assignment(root).cases]
    assert {c.verdict for c in result.cases} == {Verdict.ACCEPTED}
    assert (result.score, result.max_score) == (6, 6)
    assert [w.question for w in result.waiting] == ["3"]
    assert result.cases[0].title == "Every element is doubled."
    assert result.cases[0].function == "double"


def test_a_wrong_answer_says_what_was_called(root: Path, sandbox: Sandbox) -> None:
    """The brief call stands in the message, the values in the detail alone."""
    result = graded(root, sandbox, mini.REFERENCE.replace("2 * np", "3 * np"))
    case = next(c for c in result.cases if c.case == "double_values")
    assert (case.verdict, case.score) == (Verdict.WRONG_ANSWER, 0)
    assert "Called double(float64 (4,))." in case.message, "the first part that failed"
    assert "Not right: a row, a table." in case.message
    assert "1234" not in case.message + case.hint
    assert "123" in case.detail
    by_hand = result.cases[0]
    assert by_hand.hint == "Multiply by two."
    assert "double(array([1., 2.]))" in by_hand.detail


def test_the_call_that_gave_the_answer_is_told(root: Path, sandbox: Sandbox) -> None:
    """Not the last one; and what is made of answers is no answer, so it gets no name."""
    add_check(root, """(student):
    \"\"\"Two calls, then a look at the first.\"\"\"
    from autograder.compare import assert_close
    row, table = np.linspace(1.0, 2.0, 5) ** 3, np.linspace(3.0, 4.0, 6).reshape(3, 2) ** 3
    first, second = student.double(row), student.double(table)
    assert_close(first, 2 * row, rtol=1e-9, atol=0)
""")  # fmt: skip
    text = mini.REFERENCE.replace("2 * np", "10 * np")
    case = next(c for c in graded(root, sandbox, text).cases if c.case == "extra")
    assert "Called double(float64 (5,))." in case.message
    assert "What came back is 5 times what is expected, and 5 is the number of" in case.message
    file = root / "solutions/mini/checks/hidden/test_extra.py"
    file.write_text(file.read_text().replace("first, 2 * row", "-first, -2 * row"))
    case = next(c for c in graded(root, sandbox, text).cases if c.case == "extra")
    assert "All are off by the same factor." in case.message
    assert "What came back is" not in case.message


def test_the_call_of_an_answer(root: Path, sandbox: Sandbox) -> None:
    """Of one number, of an item of a tuple, with an object among the arguments; of two unlike calls
    that gave the same there is none."""
    folder = root / "answers"
    folder.mkdir()
    (folder / "main.py").write_text(
        "import numpy as np\n\n\nclass Box:\n    pass\n\n\n"
        "def number(box, n): return float(n)\n"
        "def pair(n): return np.arange(n), (np.ones((n, 2)), 7.5)\n"
        "def half(n): return n // 2 + 0.5\n"
    )
    student = Submission(lambda: sandbox.start(folder, Limits()), "main")
    try:
        box = student.Box()
        student.number(box, 3)
        student.pair(4)
        student.half(8)
        student.half(9)
        student.number(box, 20)
        student.half(2)
        student.half(2)

        def said(answer: object) -> str:
            call = student.call_of(np.asarray(answer))
            return call.full if call is not None else ""

        assert said(3.0) == "number(<Box>, 3)"
        assert said(np.arange(4)) == said(np.ones((4, 2))) == said(7.5) == "pair(4)"
        assert said(4.5) == "", "of 8, or of 9"
        assert said(1.5) == "half(2)", "twice the same"
        assert said(3.25) == ""
    finally:
        student.end()


def test_parts_give_their_share(root: Path, sandbox: Sandbox) -> None:
    """One of two halves right is half the points, partially accepted."""
    text = mini.REFERENCE.replace("2 * np.asarray(x)", "2 * np.asarray(x) if x.ndim == 1 else x")
    case = next(c for c in graded(root, sandbox, text).cases if c.case == "double_values")
    assert (case.verdict, case.score) == (Verdict.PARTIALLY_ACCEPTED, 1)
    assert "Not right: a table." in case.message


def test_a_crash_in_a_part_keeps_the_parts_before_it(root: Path, sandbox: Sandbox) -> None:
    """What was earned before the process died stays earned."""
    crash = "2 * np.asarray(x) if x.ndim == 1 else __import__('os')._exit(0)"
    text = mini.REFERENCE.replace("2 * np.asarray(x)", crash)
    case = next(c for c in graded(root, sandbox, text).cases if c.case == "double_values")
    assert (case.verdict, case.score) == (Verdict.PARTIALLY_ACCEPTED, 1)


def test_a_stub_is_not_implemented(root: Path, sandbox: Sandbox) -> None:
    """Every case that reaches a NotImplementedError says so."""
    text = mini.REFERENCE.replace(
        "    twice_of", "    raise NotImplementedError('x')\n    twice_of"
    )
    found = verdicts(graded(root, sandbox, text))
    assert found["double_values"] == (Verdict.NOT_IMPLEMENTED, 0)
    assert found["total_uses_double"] == (Verdict.ACCEPTED, 1)


def test_a_crash_in_a_check_withholds_its_score(root: Path, sandbox: Sandbox) -> None:
    """A check that fails with anything but AssertionError is our fault: no score, staff told."""
    add_check(root, '(student):\n    """A rule."""\n    return student.double(1)[0] / 0\n')
    result = graded(root, sandbox, mini.REFERENCE)
    case = result.withheld[0]
    assert (case.case, case.verdict, case.score) == ("extra", Verdict.JUDGE_ERROR, None)
    assert "The fault is not yours" in case.message
    assert "test_extra.py" in case.staff_note
    assert (result.score, result.max_score) == (6, 8)


def test_a_skipped_check_is_our_fault(root: Path, sandbox: Sandbox) -> None:
    """A check may not decide that it does not count."""
    add_check(root, '(student):\n    """A rule."""\n    import pytest\n    pytest.skip("no")\n')
    assert [c.case for c in graded(root, sandbox, mini.REFERENCE).withheld] == ["extra"]


def test_a_failing_reference_withholds(root: Path, sandbox: Sandbox) -> None:
    """What our solution raises is never the student's error."""
    add_check(root, '(student, reference):\n    """A rule."""\n    reference.nothing()\n')
    case = graded(root, sandbox, mini.REFERENCE).withheld[0]
    assert "the reference solution: mini.py has no nothing." in case.staff_note


def test_a_check_file_that_does_not_import_withholds(root: Path, sandbox: Sandbox) -> None:
    """The cases of a broken file are withheld, the others are judged."""
    file = root / "solutions/mini/checks/hidden/test_mini_hidden.py"
    file.write_text("import no_such_module\n")
    result = graded(root, sandbox, mini.REFERENCE)
    assert {c.case for c in result.withheld} == {
        "double_values", "double_keeps_input", "total_uses_double",
    }  # fmt: skip
    assert "no_such_module" in result.withheld[0].staff_note
    assert verdicts(result)["double_by_hand"] == (Verdict.ACCEPTED, 1)


def test_a_case_without_a_check_withholds(root: Path, sandbox: Sandbox) -> None:
    """A key in the config that has no check is our fault."""
    add_check(root, '(student):\n    """A rule."""\n', name="extra")
    (root / "solutions/mini/checks/hidden/test_extra.py").unlink()
    result = graded(root, sandbox, mini.REFERENCE)
    assert [c.case for c in result.withheld] == ["extra"]
    assert "No check test_extra ran" in result.withheld[0].staff_note


def test_a_plain_assert_is_a_wrong_answer(root: Path, sandbox: Sandbox) -> None:
    """Its text may hold values, so it is detail and not message."""
    add_check(root, '(student):\n    """A rule."""\n    assert student.double(21).item() == 43\n')
    case = next(c for c in graded(root, sandbox, mini.REFERENCE).cases if c.case == "extra")
    assert (case.verdict, case.score) == (Verdict.WRONG_ANSWER, 0)
    assert "42" in case.detail
    assert "42" not in case.message


def test_forbidden_packages_forfeit_the_question(root: Path, sandbox: Sandbox) -> None:
    """All cases of the function's question are lost, with the line; others are not."""
    text = mini.REFERENCE.replace(
        "import numpy as np\n", "import numpy as np\nfrom scipy.special import xlogy as f\n"
    ).replace("2 * np.asarray(x)", "2 * np.asarray(x) + 0 * f(0, 1)")
    found = graded(root, sandbox, text)
    for case in found.cases:
        if case.question == "1":
            assert (case.verdict, case.score) == (Verdict.WRONG_ANSWER, 0)
            assert "double uses scipy" in case.message
            assert "mini.py line" in case.message
        else:
            assert case.score == case.max_score


def test_cases_after_the_submissions_time_are_not_run(root: Path, sandbox: Sandbox) -> None:
    """A submission has a wall-clock limit over all its cases, by our clock."""
    assignment = replace(
        the_assignment(root), limits=Limits(call_seconds=0.5, submission_seconds=0.1)
    )
    text = mini.REFERENCE.replace("2 * np.asarray(x)", "[None for _ in iter(int, 1)]")
    result = graded(root, sandbox, text, assignment)
    assert result.cases[-1].verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert "used up the 0.1 s of a submission" in result.cases[-1].message


def test_prints_are_detail(root: Path, sandbox: Sandbox) -> None:
    """What a submission prints may hold hidden inputs, so it is never in the message."""
    text = mini.REFERENCE.replace("2 * np.asarray(x)", "print('I saw', x) or 3 * np.asarray(x)")
    case = graded(root, sandbox, text).cases[0]
    assert "I saw [1. 2.]" in case.detail
    assert "I saw" not in case.message


def test_pictures_are_kept(root: Path, sandbox: Sandbox) -> None:
    """Images of any number type arrive as 8-bit RGB; another shape is our fault."""
    add_check(
        root,
        '(student, picture):\n    """A rule."""\n    student.double(1)\n'
        '    picture("caption", {"mine": np.full((2, 3, 3), 300.0)})\n',
    )
    case = graded(root, sandbox, mini.REFERENCE).cases[-1]
    panel = case.pictures[0].panels[0]
    assert (panel.label, panel.width, panel.height) == ("mine", 3, 2)
    assert panel.rgb == b"\xff" * 18


def test_the_seed_is_the_cases_own(root: Path, sandbox: Sandbox) -> None:
    """Seeds differ between cases and are the same on every run."""
    one, two = (graded(root, sandbox, mini.REFERENCE) for _ in range(2))
    assert [c.seed for c in one.cases] == [c.seed for c in two.cases]
    assert len({c.seed for c in one.cases}) == len(one.cases)


def test_a_budget_is_a_ratio_to_the_reference(root: Path, sandbox: Sandbox) -> None:
    """A slow loop is over budget, the reference itself is within."""
    add_check(
        root,
        '(budget):\n    """Not slow."""\n    budget("double", np.arange(300_000.0))\n',
        points="points: 2, budget: 10",
    )
    fast = graded(root, sandbox, mini.REFERENCE).cases[-1]
    assert fast.verdict is Verdict.ACCEPTED
    slow = "np.array([2 * float(v) for v in x])"
    case = graded(root, sandbox, mini.REFERENCE.replace("2 * np.asarray(x)", slow)).cases[-1]
    assert (case.verdict, case.score) == (Verdict.TIME_LIMIT_EXCEEDED, 0)
    assert case.message.startswith("double takes about ")
    assert "times the reference's CPU time; 10 times is allowed." in case.message


@pytest.mark.parametrize("trick", ["cache", "fork"])
def test_a_budget_is_not_fooled(root: Path, sandbox: Sandbox, trick: str) -> None:
    """Neither an answer that was kept from the last round nor work in a child process helps."""
    add_check(
        root,
        '(budget):\n    """Not slow."""\n    budget("double", np.arange(300_000.0))\n',
        points="points: 2, budget: 10",
    )
    slow = "np.array([2 * float(v) for v in x])"
    if trick == "cache":
        change = f"KEPT.setdefault(x.tobytes(), None) or KEPT.update({{x.tobytes(): {slow}}}) or "
        text = "KEPT = {}\n" + mini.REFERENCE.replace(
            "2 * np.asarray(x)", f"({change}KEPT[x.tobytes()])"
        )
    else:
        text = mini.REFERENCE.replace(
            "    twice_of_every_element = 2 * np.asarray(x)\n",
            "    import os\n    pid = os.fork()\n    if pid == 0:\n"
            f"        {slow}\n        {slow}\n        os._exit(0)\n    os.waitpid(pid, 0)\n"
            "    twice_of_every_element = 2 * np.asarray(x)\n",
        )
    assignment = the_assignment(root)
    # Where processes are allowed, their time counts; elsewhere there are none.
    assignment = replace(assignment, limits=replace(assignment.limits, processes=4))
    case = graded(root, sandbox, text, assignment).cases[-1]
    assert case.verdict is Verdict.TIME_LIMIT_EXCEEDED, case.message + case.detail


def test_a_budget_without_a_config_entry_is_our_fault(root: Path, sandbox: Sandbox) -> None:
    """The limit stands in the config and nowhere else."""
    add_check(root, '(budget):\n    """Not slow."""\n    budget("double", 1)\n')
    assert (
        "no `budget:` in the config" in graded(root, sandbox, mini.REFERENCE).cases[-1].staff_note
    )


def test_growth_is_judged_without_a_reference(root: Path, sandbox: Sandbox) -> None:
    """Memory that grows with the square is over the case's exponent, linear memory within."""
    body = '(growth):\n    """Not square."""\n    growth("double", lambda N: (np.ones(N),), 1000)\n'
    add_check(root, body, points="points: 2, memory_growth: 1.5")
    assert graded(root, sandbox, mini.REFERENCE).cases[-1].verdict is Verdict.ACCEPTED
    square = "np.add.outer(x, x).diagonal().copy() if np.ndim(x) == 1 else 2 * np.asarray(x)"
    case = graded(root, sandbox, mini.REFERENCE.replace("2 * np.asarray(x)", square)).cases[-1]
    assert (case.verdict, case.score) == (Verdict.MEMORY_LIMIT_EXCEEDED, 0)
    assert case.message.startswith("double: memory grows ")
    assert "when N grows 4-fold. At most 8.0-fold is allowed." in case.message


def test_growth_without_a_config_entry_is_our_fault(root: Path, sandbox: Sandbox) -> None:
    """The exponent stands in the config and nowhere else."""
    body = '(growth):\n    """Not square."""\n    growth("double", lambda N: (np.ones(N),), 1000)\n'
    add_check(root, body)
    note = graded(root, sandbox, mini.REFERENCE).cases[-1].staff_note
    assert "no `time_growth:` or `memory_growth:` in the config" in note


def test_the_reference_of_a_budget_is_as_fresh_as_the_student(root: Path, sandbox: Sandbox) -> None:
    """The worker that the other cases share has run before; the one that is timed has not."""
    file = root / "solutions/mini/mini.py"
    text = mini.REFERENCE.replace("def double(x):", "RUNS = []\n\n\ndef double(x):", 1)
    text = text.replace("    twice_of_every", "    RUNS.append(1)\n    twice_of_every", 1)
    stops = "    if len(RUNS) > 40:\n        raise OSError\n    return twice"
    file.write_text(text.replace("    return twice", stops, 1))
    body = (
        '(reference, budget):\n    """Not slow."""\n    for _ in range(35):\n'
        '        reference.double(np.ones(2))\n    budget("double", np.arange(300_000.0))\n'
        '    budget("double", np.arange(300_000.0))\n'
    )
    add_check(root, body, points="points: 2, budget: 10")
    case = graded(root, sandbox, mini.REFERENCE).cases[-1]
    assert case.verdict is Verdict.ACCEPTED, case.staff_note


def test_a_case_that_requires_another_falls_with_it(root: Path, sandbox: Sandbox) -> None:
    """A wrong answer earns nothing for leaving its input alone; half of one does."""
    wrong = graded(root, sandbox, mini.REFERENCE.replace("2 * np.asarray(x)", "np.zeros(3)"))
    case = next(c for c in wrong.cases if c.case == "double_keeps_input")
    assert (case.verdict, case.score) == (Verdict.WRONG_ANSWER, 0)
    assert case.message.startswith("Not run: it counts only with points for “Doubling works")
    half = mini.REFERENCE.replace("2 * np.asarray(x)", "2 * np.asarray(x) if x.ndim == 1 else x")
    found = verdicts(graded(root, sandbox, half))
    assert found["double_values"] == (Verdict.PARTIALLY_ACCEPTED, 1)
    assert found["double_keeps_input"] == (Verdict.ACCEPTED, 1)


def test_a_stand_in_in_the_reference_ends_with_its_case(root: Path, sandbox: Sandbox) -> None:
    """Cases share the reference's worker, but never what one of them replaced in it."""
    file = root / "solutions/mini/checks/hidden/test_mini_hidden.py"
    replaced = "    reference.replace('double', lambda x: 0 * x)\n    row = rng"
    file.write_text(file.read_text().replace("    row = rng", replaced, 1))
    add_check(
        root,
        '(student, reference):\n    """A rule."""\n    assert reference.double(2).item() == 4\n'
        "    assert student.double(2).item() == 4\n",
    )
    result = graded(root, sandbox, mini.REFERENCE)
    assert verdicts(result)["double_values"][0] is Verdict.WRONG_ANSWER
    assert verdicts(result)["extra"] == (Verdict.ACCEPTED, 2)


def test_a_stub_called_at_import_is_an_import_that_fails(root: Path, sandbox: Sandbox) -> None:
    """It is told once, with the line; it does not make other functions look unwritten."""
    text = "raise NotImplementedError('x')\n" + mini.REFERENCE
    result = graded(root, sandbox, text)
    assert "calls a function that is not written yet" in result.notices[0]
    assert "mini.py line 1" in result.notices[0]
    assert {c.verdict for c in result.cases} == {Verdict.RUN_TIME_ERROR}


def test_the_callers_pytest_settings_do_not_count(
    root: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTEST_ADDOPTS in somebody's shell is not meant for the grader, and is left as it was."""
    import os

    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    assert graded(root, sandbox, mini.REFERENCE).score == 6
    assert os.environ["PYTEST_ADDOPTS"] == "-k nothing"
