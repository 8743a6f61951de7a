"""The benchmark of the budgets: who is tried, how trials are spread, and that nothing is left."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autograder import config, overlay
from autograder.model import Case

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("budgets", ROOT / "benchmarks/budgets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["budgets"] = module
    spec.loader.exec_module(module)
    return module


def subject(kind: str, case: str, name: str) -> Any:
    return SimpleNamespace(kind=kind, name=name, case=Case(case, 1.0, budget=10.0))


def test_every_budgeted_function_has_a_known_loop(benchmark: ModuleType) -> None:
    """Without one nobody knows whether a budget lies below it."""
    for assignment in config.load(ROOT / "grading_config.yaml").assignments:
        folder = ROOT / "solutions" / assignment.name / "misconceptions"
        known = [overlay.read(path) for path in folder.glob("*.py")]
        for case in assignment.cases:
            if case.budget is None:
                continue
            loops = [o for o in known if case.name in o.loses and benchmark.NAIVE.search(o.name)]
            functions = case.functions or assignment.question_of(case).functions
            for function in functions:
                name = function.rpartition(".")[2]
                assert any(f"def {name}(" in loop.text for loop in loops), (case.name, function)


def test_trials_are_spread_evenly(benchmark: ModuleType) -> None:
    """So many of each kind in all, over the cases first and their submissions next."""
    everybody = [subject("honest", case, f"v{i}") for case in "ab" for i in range(3)]
    everybody += [subject("naive", case, "loop") for case in "ab"]
    plan = benchmark.schedule(everybody, 60)
    counts = Counter((s.kind, s.case.name, s.name) for runs in plan for s in runs)
    assert {counts["honest", case, f"v{i}"] for case in "ab" for i in range(3)} == {10}
    assert {counts["naive", case, "loop"] for case in "ab"} == {30}
    assert max(map(len, plan)) <= benchmark.TRIALS_A_WORKER
    assert {runs[0].kind for runs in plan[:2]} == {"honest", "naive"}


def test_every_trial_is_kept_at_once(benchmark: ModuleType, tmp_path: Path) -> None:
    """What is interrupted goes on where it ended."""
    file = tmp_path / "build" / "out.jsonl"
    first = benchmark.Journal(file, resume=False)
    trial = benchmark.Trial("a", "honest", "v", False, 1.5, 3)
    first.add(trial)
    assert benchmark.Journal(file, resume=True).trials == [trial]
    assert benchmark.Journal(file, resume=False).trials == []


def test_the_table_counts_wrong_verdicts(benchmark: ModuleType) -> None:
    """An honest trial that fails and a naive one that passes are named below the table."""
    everybody = [subject("honest", "a_speed", "v"), subject("naive", "a_speed", "loop")]
    trials = [
        benchmark.Trial("a_speed", "honest", "v", False, 1.5, 3),
        benchmark.Trial("a_speed", "honest", "v", True, 2.5, 3, "over"),
        benchmark.Trial("a_speed", "naive", "loop", True, 50.0, 2, "over"),
        benchmark.Trial("a_speed", "naive", "loop", False, 9.0, 4),
    ]
    text = benchmark.table(everybody, trials)
    assert text.splitlines()[1].split() == [
        "a_speed",
        "10",
        "2",
        "1",
        "2.50",
        "2",
        "1",
        "9.0",
        "3.0",
    ]
    assert "2 honest trials, 2 naive ones, 2 wrong verdicts" in text
    assert "a_speed, honest, v: over (2.5)" in text
    assert "a_speed, naive, loop: passed (9.0)" in text


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(holds: Callable[[], bool]) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_busy_processes_end_with_whoever_started_them(end: signal.Signals) -> None:
    """After Ctrl-C, and even where nothing of ours runs any more."""
    program = textwrap.dedent(f"""
        import signal, sys, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.path.insert(0, {str(ROOT / "benchmarks")!r})
        import budgets
        budgets.os.cpu_count = lambda: 1
        def started(*args, **more):
            made = real(*args, **more)
            print(made.pid, flush=True)
            return made
        real, budgets.subprocess.Popen = budgets.subprocess.Popen, started
        with budgets.overload(True) as count:
            print("ready", flush=True)
            time.sleep(600)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as command:
        assert command.stdout is not None
        pids = [int(line) for line in iter(command.stdout.readline, "ready\n")]
        assert len(pids) == 3
        assert all(map(_alive, pids))
        os.kill(command.pid, end)
        command.wait()
    assert _until(lambda: not any(map(_alive, pids)))
