"""The red team's quick half, through the real command; and the proof that its judge judges.

``make redteam`` runs all of it, in three contexts; see ``redteam/README.md``.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.redteam import contexts, corpus, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

ATTACKS = corpus.attacks()
# A command for each that wants one would take most of the time.
QUICK = [replace(a, alone=False) for a in ATTACKS if not a.slow and "A" in a.contexts]
ELSEWHERE = ("resources/locked_folders", "exit/os_exit_at_import", "archives/link_in_a_folder")
"""Submissions for which it matters who grades them."""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[run.Outcome]]:
    """Every quick submission, graded once, in context A: outcomes by title."""
    found: dict[str, list[run.Outcome]] = {}
    with run.room("A", quick=True) as where, ThreadPoolExecutor(2) as pool:
        for outcomes in pool.map(lambda unit: unit(), run.units(where, QUICK)):
            for outcome in outcomes:
                found.setdefault(outcome.title, []).append(outcome)
    return found


@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: attack.title)
def test_a_submission_is_graded_soundly(
    outcomes: dict[str, list[run.Outcome]], attack: corpus.Attack
) -> None:
    """Score, verdict and words are those that the submission's file calls sound."""
    found = outcomes[attack.title]
    assert found
    assert [one.problems for one in found] == [()] * len(found), attack.tries


def test_whoever_comes_next_is_unharmed(outcomes: dict[str, list[run.Outcome]]) -> None:
    """After every command the reference has full marks, and nothing is left of anybody."""
    titles = {attack.title for attack in QUICK}
    others = [one for found in outcomes.values() for one in found if one.title not in titles]
    assert sum("the reference after it" in one.title for one in others) >= 2
    assert sum("left behind" in one.title for one in others) >= 2
    assert [one for one in others if one.problems] == []


@pytest.mark.parametrize("context", ["B", "C"])
def test_it_holds_in_other_hands(context: str) -> None:
    """In a container's rights and in an ordinary user's, what depends on them is sound too."""
    if why := contexts.unavailable(context):
        pytest.skip(f"context {context}: {why}")
    chosen = [one for one in ATTACKS if one.title in ELSEWHERE]
    assert len(chosen) == len(ELSEWHERE)
    with run.room(context, quick=True) as where:
        found = run.together(chosen, where, "chosen")
    assert [one for one in found if one.problems] == []


# The corpus -------------------------------------------------------------------------


def test_there_are_enough_of_every_kind() -> None:
    """No category is there in name alone."""
    kinds = [one.category for one in ATTACKS]
    for category in ("exit", "hang", "resources", "broken", "archives"):
        assert kinds.count(category) >= 6, category
    assert len({one.title for one in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ("score: [0, 91]", "score: is"),
        ("score: 3", "score: is"),
        ("score: [0, 0]\nverdict: lost", "verdict: is one of"),
        ("score: [0, 0]\nbase: mine", "base: is one of"),
        ("score: [0, 0]\nfriut: 1", "'friut'"),
        ("score: [", "not YAML"),
    ],
)
def test_a_wrong_head_is_refused(tmp_path: Path, facts: str, word: str) -> None:
    """A file whose head cannot be meant names itself and what is wrong."""
    path = tmp_path / "one.py"
    path.write_text(f'"""What it tries.\n\n{facts}\n"""\n')
    with pytest.raises(corpus.CorpusError, match=word) as error:
        corpus.read(path)
    assert str(path) in str(error.value)


def test_fewer_questions_move_the_range() -> None:
    """What an overlay loses in the questions that are left, it loses there; the rest is wider."""
    full = corpus.assignment(corpus.ROOT)
    one = next(a for a in ATTACKS if a.title == "exit/segmentation_fault")
    assert corpus.bounds(one, run.QUICK, full) == (10, 10)
    assert corpus.bounds(replace(one, base="stub"), run.QUICK, full) == (10, 24)
    assert corpus.bounds(one, ["2.2"], full) == (0, 4)


# The judge --------------------------------------------------------------------------

ATTACK = corpus.Attack("kind", "name", Path("x"), "", 1.0, 1.0, ("wrong_answer",), says="told")


def _results(**changes: Any) -> str:
    """Results that are sound for ``ATTACK``, with some of it changed."""
    case = {"extra_data": {"verdict": "accepted"}, "name": "rule", "visibility": "after_published"}
    tests = [
        {**case, "score": 1.0, "max_score": 1.0, "output": "fine"},
        {**case, "score": 0.0, "max_score": 2.0, "output": "told"}
        | {"extra_data": {"verdict": "wrong_answer"}},
    ]
    tests[1] |= changes.pop("case", {})
    extra = {"withheld": [], "isolation": "sealed"} | changes.pop("extra_data", {})
    return json.dumps({"score": 1.0, "output": "", "tests": tests, "extra_data": extra} | changes)


def test_sound_results_have_no_problem() -> None:
    """The judge finds nothing where there is nothing."""
    assert corpus.problems(ATTACK, _results(), canaries=["canary"]) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (_results(score=3.0, case={"score": 2.0}), "score 3, not 1 to 1"),
        (_results(score=1.0, case={"score": 1.0}), "not the sum"),
        (_results(case={"score": -1.0}), "more points than it is worth"),
        (_results(case={"extra_data": {"verdict": "run_time_error"}}), "no wrong_answer"),
        (_results(extra_data={"withheld": ["a"]}), "the grader failed on 1"),
        (_results(extra_data={"isolation": "partial"}), "graded partial"),
        (_results(output="a canary1 sang"), "leaked: canary1"),
        (_results(case={"output": "told STOLEN 0.5"}), "a hidden case tells"),
        (_results(case={"output": "silence"}), "nobody is told 'told'"),
        (_results(case={"output": "told \x1b[2J"}), "control characters"),
        (_results(output='File "/x/autograder/y.py", line 3'), "a traceback of the grader's own"),
        ("{}", "not valid"),
        (_results().replace("2.0", "NaN"), "not valid"),
    ],
)
def test_unsound_results_are_reported(text: str, word: str) -> None:
    """Each way of being unsound has its own words."""
    assert any(word in problem for problem in corpus.problems(ATTACK, text, canaries=["canary1"]))


def test_an_unsound_expectation_fails_the_command(outcomes: dict[str, list[run.Outcome]]) -> None:
    """Where a submission does not do what its file says, that is told, and its score with it."""
    real = next(one for one in ATTACKS if one.title == "exit/os_exit_at_import")
    wrong = replace(real, name="wrong", low=90.0, high=90.0, verdicts=("wrong_answer",))
    with run.room("A", quick=True) as where:
        found = run.together([wrong], where, "wrong")
    assert found[0].problems[0] == "score 0, not 24 to 24"
    assert "no wrong_answer (run_time_error)" in found[0].problems
    assert [one.problems for one in found[1:]] == [(), ()]
    assert "1 not sound" in run.table(found)


def test_a_context_that_cannot_be_had_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All three contexts were asked for: one that was not tried is said and is no success."""
    monkeypatch.setattr(contexts, "unavailable", lambda name: "it needs luck")
    assert run.main(["--only", "exit/os_exit_at_import"]) == 1
    assert "context B (like a default Docker container) skipped: it needs luck" in (
        capsys.readouterr().out
    )


# The watch --------------------------------------------------------------------------

LEAVES = """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(987654)"])
    os._exit(0)
open(sys.argv[1], "w").close()
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A room for a watch that grades nothing."""
    (tmp_path / "said").mkdir()
    return tmp_path


def test_what_is_left_behind_is_found(room: Path) -> None:
    """A process that made itself a daemon and a file in a shared folder are both named."""
    left = Path("/tmp", f"left-by-{room.name}")
    command = [sys.executable, "-c", LEAVES, str(left)]
    try:
        found = contexts.run("A", room, [command], folder=room, seconds=60)
    finally:
        left.unlink(missing_ok=True)
    assert found["ends"][0]["status"] == 0, found
    assert any("987654" in item for item in found["left"])
    assert str(left) in found["left"]


def test_a_command_that_hangs_is_ended(room: Path) -> None:
    """The watch waits no longer than told, and the commands after it are still run."""
    hang = [sys.executable, "-c", "import time; time.sleep(987654)"]
    found = contexts.run("A", room, [hang, ["true"]], folder=room, seconds=1)
    assert found["ends"][0]["status"] is None
    assert len(found["ends"]) == 2
    assert found["left"] == []


def test_a_changed_course_is_found(room: Path) -> None:
    """A file that is new, gone or different is named, even where its size and time are kept."""
    assert run._changed({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}) == [
        "changed: b",
        "changed: c",
        "changed: d",
    ]


RIGHTS = """
import ctypes, os
caps = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff"))
libc = ctypes.CDLL(None, use_errno=True)
print(os.getuid(), int(caps, 16), libc.unshare(0x10000000), libc.mount(b"a", b"/", b"tmpfs", 0, 0))
"""


@pytest.mark.parametrize(("context", "capabilities"), [("B", 0xA80425FB), ("C", 0)])
def test_a_context_is_what_it_says(tmp_path: Path, context: str, capabilities: int) -> None:
    """B has Docker's fourteen capabilities and may make no namespace; C is nobody special."""
    if why := contexts.unavailable(context):
        pytest.skip(f"context {context}: {why}")
    with run.room(context, quick=True) as where:
        command = [sys.executable, "-c", RIGHTS]
        found = contexts.run(context, where.folder, [command], folder=where.course, seconds=60)
    end = found["ends"][0]
    assert end["status"] == 0, end
    uid, has, unshared, mounted = map(int, end["said"].split())
    assert (uid == 0, has, mounted) == (context == "B", capabilities, -1)
    assert unshared == -1 or context == "C"
