"""The sandbox and the worker: calls, limits, and what is left afterwards; real processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.asked import Handle, brief, shown
from autograder.model import Limits, Verdict
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from autograder.session import CallFailed, ReferenceFailed, SandboxError, clean
from tests.processes import running

LIMITS = Limits(call_seconds=1.0, case_seconds=20.0, memory_mb=300, output_kb=64, answer_mb=8)

SOURCE = """
import os, random, sys, threading
import numpy as np
import helper
from helper import shared

def double(x): return 2 * x
def echo(*args, **kwargs): return args, kwargs
def zero_it(x):
    x[...] = 0
def fail(): return inner()
def inner(): raise KeyError("a\\x1b[31mb")
def todo(): raise NotImplementedError("double: twice the number")
def leave(): sys.exit(3)
def die(): os._exit(3)
def close_all():
    os.closerange(3, 256)
    return 1
def hang():
    while True: pass
def deaf():
    import signal
    for n in range(1, 32):
        try: signal.signal(n, signal.SIG_IGN)
        except (OSError, ValueError): pass
    os.kill(os.getpid(), signal.SIGSTOP)
def flood():
    while True: print("y" * 1000)
def say(text): print(text); os.write(1, b"raw\\n")
def grab(): return np.ones((40_000, 40_000))
def big(n): return np.zeros(n)
def draw(): return np.random.rand(), random.random()
def masked(): return np.ma.masked_array([1.0], [True])
def uses_shared(x): return shared(x) + helper.shared(x)
def calls_double(x): return double(x)
def many(n):
    for _ in range(n): double(1)
def bowl(x, a): return (a * (x - 1.0) ** 2).sum()
def slopes_of_bowl(x, a):
    import autograd
    by_place = autograd.grad(bowl, (0, 1))(x, a)
    by_name = autograd.grad(lambda y: 10.0 * bowl(x=y, a=a))(x)
    return bowl(x, a), by_place, by_name
def bends_of_bowl(x, a):
    import autograd
    return autograd.hessian(bowl)(x, a)
def many_bowls(x, a): return np.array([bowl(x, a)] * 2)
def ask(): return input("name? ")
def file(n):
    with open("big", "wb") as f: f.write(b"0" * n)
def here(): return os.getcwd(), sorted(os.listdir(".")), sorted(os.environ)
def hashes(): return hash("some text")
def spin(seconds):
    import time
    end = time.process_time() + seconds
    while time.process_time() < end: pass
def exec_line(text, line):
    name = os.path.dirname(__file__) + "/" + text
    exec(compile(chr(10) * (line - 1) + "raise ValueError", name, "exec"))
def wide(): return np.ones((4500, 4500)).T
def threads():
    for _ in range(3):
        threading.Thread(target=hang).start()
    return 1

class Model:
    base = 10
    def __init__(self, k=1): self.k = k; self.array = np.zeros(3)
    def add(self, x, *, twice=False): return (self.base + self.k + x) * (2 if twice else 1)
    def total(self): return self.add(0) + self.part()
    def part(self): return 5
    def __call__(self, x): return self.add(x)
    def me(self): return self
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("submission")
    (made / "main.py").write_text(SOURCE)
    (made / "helper.py").write_text("def shared(x): return x + 1\n")
    return made


@pytest.fixture(scope="module", params=["fork", "plain"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(("numpy",), request.param) as made:
        yield made


@pytest.fixture
def start(sandbox: Sandbox, folder: Path) -> Iterator[Callable[..., Submission]]:
    made: list[Submission] = []

    def begin(limits: Limits = LIMITS, **kwargs: Any) -> Submission:
        made.append(Submission(lambda: sandbox.start(folder, limits), "main", **kwargs))
        return made[-1]

    yield begin
    for submission in made:
        submission.end()


@pytest.fixture
def student(start: Callable[..., Submission]) -> Submission:
    return start()


def failure(call: Callable[[], Any]) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        call()
    return caught.value


# Calls


def test_values_cross_both_ways(student: Submission) -> None:
    """Arrays, tuples, dicts of lists, None and keyword arguments arrive as they were sent."""
    args, kwargs = student.echo(np.arange(3), None, (1, 2.5), a={"x": [1, "y"]})
    np.testing.assert_array_equal(args[0], np.arange(3))
    assert args[1:] == (None, (1, 2.5))
    assert kwargs == {"a": {"x": [1, "y"]}}


def test_inputs_are_copies(student: Submission) -> None:
    """A submission cannot reach the grader's array, and what it did to its own can be asked."""
    mine = np.ones(3)
    student.zero_it(mine)
    assert mine.tolist() == [1, 1, 1]
    kept = student.put(mine)
    student.zero_it(kept)
    assert student.fetch(kept).tolist() == [0, 0, 0]


def test_objects_stay_on_their_side(student: Submission) -> None:
    """Objects are handles: methods, attributes read and set, calls, objects as arguments."""
    model = student.Model(k=2)
    assert isinstance(model, Handle)
    assert model.kind_name == "Model"
    assert model.add(3) == 15
    assert model.add(3, twice=True) == 30
    assert model(3) == 15
    assert model.k == 2
    model.array = np.arange(2.0)
    assert model.array.tolist() == [0, 1]
    assert student.Model.add(model, 1) == 13
    assert isinstance(model.me(), Handle)


def test_what_is_not_plain_data_is_a_handle(student: Submission) -> None:
    """A masked array is no answer, but no crash either."""
    assert student.masked().kind_name == "MaskedArray"


def test_a_missing_name_is_said(student: Submission) -> None:
    """A function that is not there has not been implemented."""
    missing = failure(lambda: student.triple(1))
    assert missing.verdict is Verdict.NOT_IMPLEMENTED
    assert missing.message == "main.py has no triple."
    absent = failure(lambda: student.Model().weights)
    assert absent.verdict is Verdict.RUN_TIME_ERROR
    assert absent.message == "The object has no weights."


def test_seeding_reaches_the_global_generators(student: Submission) -> None:
    """numpy.random and random start from the seed that was sent."""
    student.seed(5)
    first = student.draw()
    student.seed(5)
    assert student.draw() == first


def test_the_same_case_starts_from_the_same_state(start: Callable[..., Submission]) -> None:
    """Two workers of one case agree on random numbers and on hashes."""
    one, two = start(seed=9), start(seed=9)
    assert one.draw() == two.draw()
    assert one.hashes() == two.hashes()


# Stand-ins


def test_a_stand_in_answers_on_our_side(student: Submission) -> None:
    """The submission's own calls of a replaced function come to us."""
    asked = []

    def triple(x: Any) -> Any:
        asked.append(x)
        return 3 * x

    student.replace("double", triple)
    assert student.calls_double(4) == 12
    assert asked == [4]


def test_a_stand_in_is_seen_under_every_name(student: Submission) -> None:
    """A function that was imported from a helper is replaced there as well."""
    student.replace("shared", lambda x: 100)
    assert student.uses_shared(1) == 200


def test_a_method_has_a_stand_in(student: Submission) -> None:
    """A method's stand-in is not given self."""
    student.replace("Model.part", lambda: 1000)
    assert student.Model().total() == 1011


def test_a_stand_in_may_be_another_submission(start: Callable[..., Submission]) -> None:
    """A reference can answer for the submission."""
    one, two = start(), start()
    one.replace("double", two.echo)
    assert one.calls_double(7) == ((7,), {})


def test_arguments_that_a_stand_in_cannot_take_are_the_students_error(student: Submission) -> None:
    """The exception is raised in the submission, at its own line."""

    def strict(a: Any, b: Any) -> None: ...

    student.replace("double", strict)
    failed = failure(lambda: student.calls_double(7))
    assert failed.verdict is Verdict.RUN_TIME_ERROR
    assert "called with arguments that it cannot work with" in failed.detail


def test_stand_ins_answer_only_so_often(start: Callable[..., Submission]) -> None:
    """A loop around a stand-in ends at the limit."""
    student = start(Limits(standin_calls=10))
    student.replace("double", lambda x: x)
    assert failure(lambda: student.many(11)).verdict is Verdict.TIME_LIMIT_EXCEEDED


def test_whatever_a_stand_in_raises_on_odd_arguments_is_the_students(student: Submission) -> None:
    """Memory, arithmetic, whatever: the arguments were the student's. A bug in a check is ours."""

    def hungry(x: Any) -> None:
        raise MemoryError

    student.replace("double", hungry)
    assert failure(lambda: student.calls_double(7)).verdict is Verdict.RUN_TIME_ERROR

    def misspelt(x: Any) -> Any:
        return y  # type: ignore[name-defined]  # noqa: F821

    student.replace("double", misspelt)
    with pytest.raises(NameError):
        student.calls_double(7)


def test_stand_ins_refuse_large_arguments(student: Submission) -> None:
    """A stand-in runs on our side, so it is not given the student's gigabytes."""
    asked = []
    student.replace("double", lambda x: asked.append(1))
    failure(lambda: student.calls_double(np.zeros(5 * 2**20)))
    failure(lambda: student.calls_double([{"a": np.zeros(5 * 2**20)}]))
    assert asked == []


def test_time_on_our_side_is_not_the_students(start: Callable[..., Submission]) -> None:
    """What the check and the reference take between and inside calls does not count."""
    student = start(Limits(call_seconds=1, case_seconds=1))
    student.replace("double", lambda x: time.sleep(0.7) or x)
    assert student.calls_double(7) == 7
    time.sleep(0.7)
    assert student.shared(7) == 8
    assert student.end().wall_s < 0.7


def test_stand_ins_take_only_so_long(start: Callable[..., Submission]) -> None:
    """Many slow answers end at the limit of a case."""
    student = start(Limits(call_seconds=0.5, case_seconds=0.5))
    student.replace("double", lambda x: time.sleep(0.2))
    failed = failure(lambda: student.many(1000))
    assert failed.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert "so often that answering took more than 0.5 s" in failed.message


def test_arguments_that_bring_the_reference_down_are_blamed(
    start: Callable[..., Submission],
) -> None:
    """The reference's end inside a stand-in is the student's doing."""
    student, reference = start(), start(ours=True)
    student.replace("double", lambda x: reference.hang())
    failed = failure(lambda: student.calls_double(7))
    assert failed.verdict is Verdict.RUN_TIME_ERROR
    assert student.blame is failed


def test_autograd_goes_through_a_stand_in(start: Callable[..., Submission]) -> None:
    """Values and slopes are asked for; the arguments that cross the wall are plain numbers."""
    student, reference = start(), start(ours=True)
    asked: list[tuple[Any, ...]] = []

    def bowl(*args: Any, **kwargs: Any) -> Any:
        asked.append(("value", *kwargs))
        return reference.call_on("main", "bowl", {}, args, kwargs)

    def slope(at: int, names: list[str], *values: Any) -> Any:
        asked.append(("slope", at, *names))
        assert all(type(value) in (np.ndarray, float) for value in values)
        return reference.slope_of("main", "bowl", at, names, values)

    student.replace("bowl", bowl, slope=slope)
    x = np.array([1.0, 2.0, 4.0])
    value, (of_x, of_a), by_name = student.slopes_of_bowl(x, 3.0)
    assert value == 30.0
    np.testing.assert_allclose(of_x, 6.0 * (x - 1.0))
    assert of_a == pytest.approx(10.0)
    np.testing.assert_allclose(by_name, 60.0 * (x - 1.0))
    by_place = [("value",), ("slope", 0), ("slope", 1)]
    assert asked == [*by_place, ("value", "x", "a"), ("slope", 0, "x", "a"), ("value",)]


def test_a_stand_in_has_first_derivatives_only(start: Callable[..., Submission]) -> None:
    """Of slopes of slopes nothing is asked; the reference stays as it was."""
    student, reference = start(), start(ours=True)
    student.replace(
        "bowl",
        lambda x, a: reference.call_on("main", "bowl", {}, (x, a), {}),
        slope=lambda at, names, *values: reference.slope_of("main", "bowl", at, names, values),
    )
    failed = failure(lambda: student.bends_of_bowl(np.ones(2), 3.0))
    assert failed.verdict is Verdict.RUN_TIME_ERROR
    assert "gives its first derivatives only" in failed.detail
    assert reference.bowl(np.ones(2), 3.0) == 0.0


def test_without_slopes_autograd_gets_no_answer(student: Submission) -> None:
    """A box of autograd is no plain data: the call fails, and in the submission."""
    student.replace("bowl", lambda x, a: float((a * (x - 1.0) ** 2).sum()))
    failed = failure(lambda: student.slopes_of_bowl(np.ones(2), 3.0))
    assert failed.verdict is Verdict.RUN_TIME_ERROR


@pytest.mark.parametrize(
    ("at", "names"), [(2, []), (-1, []), ("x", []), (0, ["x", "a", "b"]), (0, ["y", "a"]), (0, [1])]
)
def test_slopes_that_make_no_sense_are_the_students_error(
    start: Callable[..., Submission], at: Any, names: Any
) -> None:
    """Whatever a submission sends in place of a position and names, our side stays well."""
    reference = start(ours=True)
    x = np.array([1.0, 2.0])
    with pytest.raises((ReferenceFailed, ValueError, TypeError)):
        reference.slope_of("main", "bowl", at, names, (x, 3.0))
    np.testing.assert_allclose(reference.slope_of("main", "bowl", 0, [], (x, 3.0)), [0.0, 6.0])


def test_only_a_number_has_slopes(start: Callable[..., Submission]) -> None:
    """Autograd itself refuses an array."""
    reference = start(ours=True)
    with pytest.raises(ReferenceFailed):
        reference.slope_of("main", "many_bowls", 0, [], (np.ones(2), 3.0))


# Failures


def test_an_exception_comes_as_data(student: Submission) -> None:
    """Type, text and the submission's own frames; the safe message has no text of theirs."""
    failed = failure(lambda: student.fail())
    assert failed.verdict is Verdict.RUN_TIME_ERROR
    assert failed.message == "KeyError raised at main.py line 12."
    assert failed.detail == (
        "KeyError: 'a\\x1b[31mb'\n"
        "  main.py line 11, in fail: def fail(): return inner()\n"
        '  main.py line 12, in inner: def inner(): raise KeyError("a\\x1b[31mb")'
    )
    assert student.double(1) == 2


@pytest.mark.parametrize(("text", "line"), [("3.25 -7.125", 1), ("main.py", 3250), ("main.py", 0)])
def test_a_frame_that_was_not_handed_in_is_not_in_the_message(
    student: Submission, text: str, line: int
) -> None:
    """File names and line numbers are the student's words too: they could carry values out."""
    message = failure(lambda: student.exec_line(text, max(line, 1))).message
    assert "3.25" not in message
    assert "3250" not in message
    assert message.startswith("ValueError raised")


def test_an_answer_that_cannot_be_packed_is_said_as_what_it_is(
    start: Callable[..., Submission],
) -> None:
    """No memory for the copy that would be sent: memory limit, not an exit."""
    student = start(Limits(memory_mb=220))
    assert failure(lambda: student.wide()).verdict is Verdict.MEMORY_LIMIT_EXCEEDED
    assert student.double(1) == 2


def test_malformed_accounts_are_run_time_errors(start: Callable[..., Submission]) -> None:
    """A worker that forges what it says of an exception gains no judge error."""
    student = start()
    session = student._open()
    endless = {"type": "x", "bases": [], "text": "", "frames": [["a", float("inf"), "", ""]]}
    wrong = {"type": 1, "bases": 1, "text": 1, "frames": 1}
    for account in (None, {}, {"type": "x"}, wrong, endless):
        assert session._raised(account).verdict is Verdict.RUN_TIME_ERROR


def test_a_stub_is_not_implemented(student: Submission) -> None:
    """NotImplementedError is a verdict of its own."""
    failed = failure(lambda: student.todo())
    assert failed.verdict is Verdict.NOT_IMPLEMENTED
    assert failed.message == "Not implemented yet at main.py line 13."


def test_sys_exit_is_an_exception(student: Submission) -> None:
    """sys.exit() does not end the worker."""
    assert failure(lambda: student.leave()).verdict is Verdict.RUN_TIME_ERROR
    assert student.double(1) == 2


@pytest.mark.parametrize(
    ("call", "verdict", "words"),
    [
        ("die", Verdict.RUN_TIME_ERROR, "ended the Python process"),
        ("close_all", Verdict.RUN_TIME_ERROR, "Python process"),
        ("hang", Verdict.TIME_LIMIT_EXCEEDED, "No answer within 1 s, the limit of one call."),
        ("deaf", Verdict.TIME_LIMIT_EXCEEDED, "No answer within 1 s"),
        ("flood", Verdict.OUTPUT_LIMIT_EXCEEDED, "printed more than 64 kB"),
    ],
)
def test_a_worker_that_is_gone_fails_every_later_call(
    student: Submission, call: str, verdict: Verdict, words: str
) -> None:
    """The first reason is kept; nothing waits for the dead."""
    first = failure(lambda: getattr(student, call)())
    assert first.verdict is verdict
    assert words in first.message
    assert failure(lambda: student.double(1)) is first


def test_memory_has_a_limit(student: Submission) -> None:
    """Too large an array is memory_limit_exceeded, with the line."""
    failed = failure(lambda: student.grab())
    assert failed.verdict is Verdict.MEMORY_LIMIT_EXCEEDED
    assert failed.message.startswith("Your code needs more than 300 MB of memory at main.py line")


def test_an_answer_has_a_size_limit(student: Submission) -> None:
    """An answer over the limit is refused before it is read."""
    assert student.big(1000).shape == (1000,)
    failed = failure(lambda: student.big(2 * 2**20))
    assert failed.verdict is Verdict.OUTPUT_LIMIT_EXCEEDED
    assert failed.message == "The answer is larger than 8 MB."


def test_cpu_time_has_a_limit(start: Callable[..., Submission]) -> None:
    """The kernel ends a worker that used up its CPU time."""
    student = start(Limits(call_seconds=20, cpu_seconds=1))
    failed = failure(lambda: student.hang())
    assert failed.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert failed.message == "Your code used up its 1 s of CPU time."


def test_a_case_has_a_limit_of_its_own(start: Callable[..., Submission]) -> None:
    """Many calls within their limits still end at the case's."""
    student = start(Limits(call_seconds=5, case_seconds=0.6))
    failed = failure(lambda: [student.spin(0.25) for _ in range(8)])
    assert failed.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert "the limit of one case" in failed.message


def test_a_written_file_has_a_limit(start: Callable[..., Submission]) -> None:
    """Writing more than the limit fails in the submission."""
    student = start(Limits(file_mb=1))
    student.file(2**19)
    assert failure(lambda: student.file(2**21)).verdict is Verdict.RUN_TIME_ERROR


def test_prints_are_captured(student: Submission) -> None:
    """What is printed, by any door, is kept for the feedback, without control characters."""
    student.say("hello \x1b[31m")
    assert student.printed == "hello \N{REPLACEMENT CHARACTER}[31m\nraw\n"
    student.end()
    assert "hello" in student.printed


def test_input_does_not_wait(student: Submission) -> None:
    """input() fails at once."""
    assert "EOFError" in failure(lambda: student.ask()).message


def test_the_worker_starts_in_an_empty_folder_with_a_clean_environment(
    start: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the grader's environment or folder is there."""
    monkeypatch.setenv("GRADER_SECRET", "x")
    where, files, environment = start().here()
    assert files == []
    assert Path(where) != Path.cwd()
    assert "GRADER_SECRET" not in environment


def test_usage_is_the_kernels_account(student: Submission) -> None:
    """CPU seconds come from outside, and grow with what was used."""
    student.spin(0.3)
    usage = student.end()
    assert usage.cpu_s is not None
    assert usage.cpu_s >= 0.3
    assert usage.wall_s >= 0.3


# Afterwards


def test_everything_a_worker_started_is_dead_afterwards(tmp_path: Path) -> None:
    """Processes that left the session and were disowned die with their worker."""
    marker = f"time.sleep(4{os.getpid()})"
    (tmp_path / "main.py").write_text(
        "import os, subprocess, sys\n"
        f"CODE = 'import time; {marker}'\n"
        "def escape():\n"
        "    subprocess.Popen([sys.executable, '-c', CODE], start_new_session=True)\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            os.execv(sys.executable, [sys.executable, '-c', CODE])\n"
        "        os._exit(0)\n"
        "    return 1\n"
    )
    # Where nothing forbids them: all that is left is to end them.
    with Sandbox(("numpy",), "fork", without=("calls", "fs")) as sandbox:
        student = Submission(lambda: sandbox.start(tmp_path, LIMITS), "main")
        student.escape()
        for _ in range(100):
            if len(running(marker)) == 2:
                break
            time.sleep(0.05)
        assert len(running(marker)) == 2
        student.end()
        assert running(marker) == []


def test_no_file_is_left(sandbox: Sandbox, folder: Path, tmp_path: Path,
                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The worker's folder is gone when the worker is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    student = Submission(lambda: sandbox.start(folder, LIMITS), "main")
    assert student.double(1) == 2
    assert len(list(tmp_path.iterdir())) == 1
    student.end()
    assert list(tmp_path.iterdir()) == []


def test_one_worker_does_not_see_anothers_changes(start: Callable[..., Submission]) -> None:
    """Every worker has a fresh copy of the submission."""
    one, two = start(), start()
    one.file(10)
    assert two.here()[1] == []


# Ours


def test_a_failing_reference_is_our_fault(start: Callable[..., Submission]) -> None:
    """What the reference raises never becomes a student's verdict."""
    reference = start(ours=True)
    with pytest.raises(ReferenceFailed, match="KeyError"):
        reference.fail()
    with pytest.raises(ReferenceFailed, match="no triple"):
        reference.triple(1)


def test_a_zygote_that_is_gone_is_our_fault(folder: Path) -> None:
    """No worker can be had: SandboxError, not a verdict."""
    with Sandbox(("numpy",), "fork") as sandbox:
        assert sandbox._zygote is not None
        sandbox._zygote.kill()
        sandbox._zygote.wait()
        with pytest.raises(SandboxError, match="is gone"):
            sandbox.start(folder, LIMITS)
        assert sandbox.broken


def test_a_sandbox_ends_what_is_left(folder: Path, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A session that nobody ended, as after Ctrl-C, is ended with its sandbox."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Sandbox(("numpy",), "fork") as sandbox:
        sandbox.start(folder, LIMITS)
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_a_plain_worker_that_dies_at_boot_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its exit status is said."""
    monkeypatch.setattr(
        "autograder.sandbox.BOOT", "import sys; sys.exit(3) # {path}{engine}{entry}"
    )
    with Sandbox(("numpy",), "plain") as sandbox, pytest.raises(SandboxError, match="status 3"):
        sandbox.start(folder, LIMITS)


def test_a_module_that_cannot_be_preloaded_is_named(folder: Path) -> None:
    """A missing preload is known, and no reason to stop."""
    with Sandbox(("numpy", "no_such_module"), "fork") as sandbox:
        assert sandbox.missing == ("no_such_module",)


# Words


def test_clean_text_has_no_control_characters() -> None:
    """Escape sequences, NUL and lone surrogates do not reach a terminal."""
    assert clean("a\x00b\x1b\ud800c\n\td") == "a\ufffdb\ufffd\ufffdc\n\td"
    assert clean("x" * 10, 4) == "xxxx … (cut)"


def test_a_brief_call_shows_no_value() -> None:
    """Kinds and shapes only; the full form shows values, cut."""
    assert brief(np.zeros((2, 3), np.float32)) == "float32 (2, 3)"
    assert brief((1, 2.5, "secret")) == "(int, float, str)"
    assert "secret" in shown("secret")
    assert len(shown("x" * 10_000)) < 700


GREEDY = {
    "files": (
        "import os\n\n\ndef take():\n    for number in range(50):\n"
        "        open(f'{number}', 'w').close()\n    return 1\n",
        Verdict.OUTPUT_LIMIT_EXCEEDED,
        "made more than 20 files",
    ),
    "disk_mb": (
        "def take():\n    for number in range(3):\n        with open(f'{number}', 'wb') as file:\n"
        "            file.write(bytes(2**20))\n    return 1\n",
        Verdict.OUTPUT_LIMIT_EXCEEDED,
        "wrote more than 2 MB",
    ),
    "disk_mb, deleted": (
        "import os\nKEPT = []\n\n\ndef take():\n    for number in range(3):\n"
        "        KEPT.append(open(f'{number}', 'wb', buffering=0))\n"
        "        KEPT[-1].write(bytes(2**20))\n        os.unlink(f'{number}')\n    return 1\n",
        Verdict.OUTPUT_LIMIT_EXCEEDED,
        "wrote more than 2 MB",
    ),
    "threads": (
        "import threading, time\n\n\ndef take():\n    for _ in range(12):\n"
        "        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "    time.sleep(9)\n    return 1\n",
        Verdict.RUN_TIME_ERROR,
        "runs more than 8 threads at once",
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
@pytest.mark.parametrize("limit", list(GREEDY))
def test_what_a_worker_takes_is_counted(tmp_path: Path, limit: str) -> None:
    """Files, their size and threads have limits of their own, whose names are told."""
    text, verdict, said = GREEDY[limit]
    (tmp_path / "main.py").write_text(text)
    limits = Limits(files=20, disk_mb=2, threads=8)
    with Sandbox(("numpy",)) as sandbox:
        student = Submission(lambda: sandbox.start(tmp_path, limits), "main")
        with pytest.raises(CallFailed) as error:
            student.take()
        student.end()
    assert error.value.verdict is verdict
    assert said in error.value.message
    assert limit.partition(",")[0] in error.value.hint
