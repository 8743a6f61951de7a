"""What it costs to grade one small homework, beside four graders that people use.

Six cheap functions, twelve checks, correct code: what is left is the grader. Every grader has the
same submission and checks that ask the same; each peer lives in a virtual environment of its own
below ``benchmarks/.venvs``, made by pip at the first run. One submission cold, and a class of
them by two processes at a time, in interleaved rounds; times are wall seconds, medians. Seconds
are for information: only ratios of one run are demanded.

    python benchmarks/grade_latency.py [--quick]

Exit status: 0 when every demanded ratio holds, 1 when one does not, 2 when a grader cannot be run.
"""

from __future__ import annotations

import os

# Before numpy is imported: the BLAS libraries read these once. Peers inherit them.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import ast
import functools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
import venv
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

HERE = ROOT / "benchmarks" / "grade_latency"
COURSE = HERE / "course"
ANSWER = COURSE / "solutions" / "small" / "small.py"
ENVIRONMENTS = ROOT / "benchmarks" / ".venvs"
PACKAGES = {
    "pytest": ("pytest", "numpy"),
    "gradescope-utils": ("gradescope-utils", "numpy"),
    "otter-grader": ("otter-grader", "numpy", "ipykernel"),
    "nbgrader": ("nbgrader", "numpy", "ipykernel"),
}
CHECKS = 12
WORKERS = 2
OURS, FLOOR = "this kit, sealed", "floor"


class BenchmarkError(Exception):
    """A grader cannot be installed or does not give full marks."""


@dataclass(frozen=True)
class Contender:
    """One grader: ``one`` grades submission ``i``, ``many`` the first ``n`` of them."""

    name: str
    one: Callable[[int], None]
    many: Callable[[int], None]
    slow: bool = False
    """Measured once: a round takes a minute."""
    remark: str = "not isolated"
    cores: int = WORKERS
    """How many submissions of a class it grades at a time."""


# --- what is graded -----------------------------------------------------------------------------


def bodies() -> dict[str, str]:
    """The body of every check, by its name without ``test_``."""
    text = (HERE / "peers" / "checks.py").read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            lines = text.splitlines()[node.body[0].lineno - 1 : node.end_lineno]
            found[node.name.removeprefix("test_")] = textwrap.dedent("\n".join(lines))
    assert len(found) == CHECKS
    return found


def submitted(number: int) -> str:
    """A correct submission; no two are the same file."""
    return f"{ANSWER.read_text(encoding='utf-8')}\n# submission {number}\n"


def notebook(cells: list[dict[str, Any]]) -> str:
    """Code cells as a notebook's JSON."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = [
        {"cell_type": "code", "execution_count": None, "id": f"c{i}", "outputs": [], **cell}
        for i, cell in enumerate(cells)
    ]
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


# --- the contenders -----------------------------------------------------------------------------


def environment(name: str) -> Path:
    """The Python of the peer's virtual environment, made when it is not there."""
    home = ENVIRONMENTS / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (home / "ready").exists():
        print(f"installing {name} ...", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, *PACKAGES[name]], ENVIRONMENTS)
        (home / "ready").touch()
    return python


def run(command: list[str], folder: Path) -> None:
    """Run a command silently. Raises BenchmarkError when it fails."""
    # As if the environment were activated: nbgrader starts its neighbours by name.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout)[-2000:]
        raise BenchmarkError(f"{' '.join(command)}\nended with {done.returncode}:\n{said}")


def demand(score: object, name: str) -> None:
    """Raise BenchmarkError unless all checks passed: a grader that breaks early is fast."""
    if score != CHECKS:
        raise BenchmarkError(f"{name} gave {score} of {CHECKS} points to correct code")


def in_turn(one: Callable[[int], None]) -> Callable[[int], None]:
    """Two processes at a time, as one would script it."""

    def many(count: int) -> None:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(one, range(count)))

    return many


def rooms(work: Path, name: str, count: int) -> list[Path]:
    """A folder for each submission with the checks beside it."""
    made = []
    for number in range(count):
        room = work / name / f"s{number:03}"
        shutil.copytree(HERE / "peers", room)
        (room / "small.py").write_text(submitted(number), encoding="utf-8")
        made.append(room)
    return made


def ours(work: Path, count: int) -> Contender:
    """This kit: its two commands, which refuse to run unless they are sealed."""
    folder = work / "ours"
    folder.mkdir()
    for number in range(count):
        (folder / f"s{number:03}.py").write_text(submitted(number), encoding="utf-8")
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from autograder.__main__ import main; "
    command = [sys.executable, "-c", f"{start}sys.exit(main())"]

    def one(number: int) -> None:
        results = work / "ours.json"
        submission = str(folder / f"s{number:03}.py")
        asked = ["--require", "sealed", "--results", str(results)]
        run([*command, "grade", "small", submission, *asked], COURSE)
        demand(sum(t["score"] for t in json.loads(results.read_text())["tests"]), OURS)

    def many(number: int) -> None:
        some, out = work / "ours-some", work / "ours-out"
        for old in (some, out):
            shutil.rmtree(old, ignore_errors=True)
        some.mkdir()
        for file in sorted(folder.iterdir())[:number]:
            shutil.copy(file, some)
        asked = ["--require", "sealed", "--jobs", str(WORKERS), "--out", str(out)]
        asked.append("--no-similarity")  # no peer compares submissions
        run([*command, "grade-all", "small", str(some), *asked], COURSE)
        for file in some.iterdir():
            found = json.loads((out / file.stem / "results.json").read_text())
            demand(sum(t["score"] for t in found["tests"]), OURS)

    return Contender(OURS, one, many, remark="process for every case, sealed")


def floor(work: Path, count: int) -> Contender:
    """Python, NumPy and the checks in one process: what nobody can be below."""
    python, places = environment("pytest"), rooms(work, "floor", count)

    def one(number: int) -> None:
        run([str(python), "floor.py", "results.json"], places[number])
        found = json.loads((places[number] / "results.json").read_text())
        demand(sum(found.values()), FLOOR)

    return Contender(FLOOR, one, in_turn(one), remark="no grader at all")


def plain_pytest(work: Path, count: int) -> Contender:
    """``pytest -q`` in the submission's folder."""
    python, places = environment("pytest"), rooms(work, "pytest", count)

    def one(number: int) -> None:  # its exit status says that all passed
        run([str(python), "-m", "pytest", "-q", "test_small.py"], places[number])

    return Contender("pytest", one, in_turn(one))


def gradescope_utils(work: Path, count: int) -> Contender:
    """Gradescope's unittest runner."""
    python, places = environment("gradescope-utils"), rooms(work, "gradescope-utils", count)

    def one(number: int) -> None:
        run([str(python), "run_gradescope_utils.py", "results.json"], places[number])
        found = json.loads((places[number] / "results.json").read_text())
        demand(sum(t["score"] for t in found["tests"]), "gradescope-utils")

    return Contender("gradescope-utils", one, in_turn(one))


def otter(work: Path, count: int) -> Contender:
    """``otter run`` on a notebook that holds the six functions."""
    python, home = environment("otter-grader"), work / "otter"
    tests = home / "tests"
    tests.mkdir(parents=True)
    names = [n.name for n in ast.parse(ANSWER.read_text()).body if isinstance(n, ast.FunctionDef)]
    given = "\n".join(f"    {name} = env[{name!r}]" for name in names)
    for name, body in bodies().items():
        text = (
            "import numpy as np\nfrom otter.test_files import test_case\n\n"
            f"OK_FORMAT = False\nname = {name!r}\npoints = 1\n\n\n"
            f"@test_case(points=1, hidden=False)\ndef test_{name}(env):\n{given}\n"
            f"{textwrap.indent(body, '    ')}\n"
        )
        (tests / f"{name}.py").write_text(text, encoding="utf-8")
    otter_command = [str(python), "-m", "otter"]
    made = ["generate", "-t", "tests", "-o", "autograder.zip", "--no-requirements"]
    run([*otter_command, *made, "--no-environment"], home)
    for number in range(count):
        (home / f"s{number:03}").mkdir()
        cells = [{"metadata": {}, "source": submitted(number)}]
        (home / f"s{number:03}" / "small.ipynb").write_text(notebook(cells), encoding="utf-8")

    def one(number: int) -> None:
        place = home / f"s{number:03}"
        asked = ["-a", "../autograder.zip", "-o", ".", "--no-logo", "small.ipynb"]
        run([*otter_command, "run", *asked], place)
        found = json.loads((place / "results.json").read_text())
        demand(sum(t.get("score", 0) for t in found["tests"]), "otter")

    return Contender("otter run", one, in_turn(one), slow=True)


def nbgrader(work: Path, count: int) -> Contender:
    """``nbgrader autograde``: one process, for its database has one writer."""
    python, home = environment("nbgrader"), work / "nbgrader"
    command = [str(python), "-m", "nbgrader"]
    cells: list[dict[str, Any]] = [
        {
            "metadata": _nbgrader_cell("small", solution=True),
            "source": f"### BEGIN SOLUTION\n{ANSWER.read_text(encoding='utf-8')}\n### END SOLUTION",
        }
    ]
    cells += [
        {"metadata": _nbgrader_cell(name, points=1), "source": f"import numpy as np\n{body}"}
        for name, body in bodies().items()
    ]
    source = home / "source" / "ps1"
    source.mkdir(parents=True)
    (source / "small.ipynb").write_text(notebook(cells), encoding="utf-8")
    (home / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'b'\n"
    )
    run([*command, "generate_assignment", "ps1"], home)
    for number in range(count):
        place = home / "submitted" / f"s{number:03}" / "ps1"
        place.mkdir(parents=True)
        mine = json.loads((home / "release" / "ps1" / "small.ipynb").read_text())
        mine["cells"][0]["source"] = submitted(number)
        (place / "small.ipynb").write_text(json.dumps(mine), encoding="utf-8")

    def one(number: int) -> None:
        run([*command, "autograde", "ps1", "--student", f"s{number:03}", "--force"], home)
        _no_errors(home / "autograded" / f"s{number:03}" / "ps1" / "small.ipynb")

    def many(number: int) -> None:
        run([*command, "autograde", "ps1", "--force"], home)
        for i in range(number):
            _no_errors(home / "autograded" / f"s{i:03}" / "ps1" / "small.ipynb")

    one_process = "not isolated; 1 process"
    return Contender("nbgrader autograde", one, many, slow=True, remark=one_process, cores=1)


def _nbgrader_cell(name: str, *, solution: bool = False, points: int = 0) -> dict[str, Any]:
    about: dict[str, Any] = {
        "grade": not solution,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {"nbgrader": about if solution else {**about, "points": points}}


def _no_errors(path: Path) -> None:
    """nbgrader counts a cell as passed when it raised nothing."""
    cells = json.loads(path.read_text())["cells"]
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    passed = [
        cell
        for cell in graded
        if cell["execution_count"]
        and not any(out["output_type"] == "error" for out in cell["outputs"])
    ]
    demand(len(passed), "nbgrader")


# --- measuring ----------------------------------------------------------------------------------


def seconds(work: Callable[[], None]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measured(
    contenders: list[Contender], count: int, few: int, rounds: int
) -> dict[str, tuple[float, float]]:
    """One cold submission and the amortised one, by name: medians of interleaved rounds.

    The slow ones grade ``few`` submissions: little of their time is spent on starting once.
    """
    single: dict[str, list[float]] = {c.name: [] for c in contenders}
    amortised: dict[str, list[float]] = {c.name: [] for c in contenders}
    for number in range(rounds):
        for c in contenders:
            single[c.name].append(seconds(lambda c=c, i=number: c.one(i)))
    for number in range(rounds):
        for c in contenders:
            if number == 0 or not c.slow:
                many = few if c.slow else count
                amortised[c.name].append(seconds(lambda c=c, n=many: c.many(n)) / many)
    median = statistics.median
    return {c.name: (median(single[c.name]), median(amortised[c.name])) for c in contenders}


class Ledger:
    """Wall time by name; what a named part calls under another name is not its own."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now

    def enter(self, name: str) -> None:
        """From here on time belongs to ``name``."""
        self._turn()
        self._open.append(name)
        self.calls[name] += 1

    def leave(self) -> None:
        """From here on time belongs to the part before."""
        self._turn()
        self._open.pop()

    def watch(self, owner: Any, attribute: str, name: str | Callable[..., str]) -> None:
        """Count every call of ``owner.attribute``."""
        inner = getattr(owner, attribute)

        @functools.wraps(inner)  # pluggy looks for the names of a hook's arguments
        def outer(*args: Any, **kwargs: Any) -> Any:
            self.enter(name if isinstance(name, str) else name(*args, **kwargs))
            try:
                return inner(*args, **kwargs)
            finally:
                self.leave()

        setattr(owner, attribute, outer)


def where_time_goes(rounds: int) -> list[tuple[str, float, float]]:
    """Part, milliseconds and calls of one submission in a warm grader."""
    import pytest

    from autograder import (
        config,
        grade,
        isolation,
        plugin,
        report,
        rules,
        runner,
        sandbox,
        session,
        whole,
    )
    from autograder import submission as submissions

    assignment = config.assignment(config.load(COURSE / "grading_config.yaml"), "small")
    room, ledger = grade.course_room(COURSE, assignment), Ledger()
    asked = {"import": "import", "seed": "import", "compile": "staging", "get": "calls"}
    started = time.perf_counter()
    with sandbox.Sandbox(assignment.preload) as box, tempfile.TemporaryDirectory() as out:
        booted = time.perf_counter()
        isolation.require(isolation.examine(box, assignment.limits), "sealed")
        examined = time.perf_counter()
        result = grade.grade(assignment, room, ANSWER, box)
        report.html(result, audience="staff")
        ledger.watch(submissions, "collect", "staging")
        ledger.watch(rules.Source, "read", "staging")
        ledger.watch(grade, "_try_imports", "import trial, compiling")
        ledger.watch(sandbox.Sandbox, "start", "scratch folder")
        ledger.watch(sandbox.Sandbox, "_fork", "fork")
        ledger.watch(session.Session, "greet", "confine, first word")
        ledger.watch(session.Session, "_end_account", "end, clean up")
        ledger.watch(
            session.Session, "request", lambda _, message: asked.get(message["op"], "calls")
        )
        ledger.watch(runner, "run", "pytest's own")
        for hook in ("pytest_runtest_setup", "_judge"):
            ledger.watch(plugin.Plugin, hook, "rules, verdicts")

        @pytest.hookimpl(hookwrapper=True)
        def pytest_pyfunc_call(pyfuncitem: Any) -> Any:
            ledger.enter("checks: data, comparing")
            yield
            ledger.leave()

        plugin.Plugin.pytest_pyfunc_call = staticmethod(pytest_pyfunc_call)  # type: ignore[attr-defined]
        for _ in range(rounds):
            ledger.enter("staging")
            result = grade.grade(assignment, room, ANSWER, box)
            ledger.leave()
            demand(result.score, OURS)
            ledger.enter("report writing")
            report.write_json(result, Path(out) / "results.json")
            whole.write_text(Path(out) / "report.html", report.html(result, audience="staff"))
            ledger.leave()
    rows = [
        ("start of the zygote (once)", (booted - started) * 1e3, 1.0),
        ("trying the layers (once)", (examined - booted) * 1e3, 1.0),
    ]
    for name, spent in ledger.spent.most_common():
        rows.append((name, spent / rounds * 1e3, ledger.calls[name] / rounds))
    return rows


# --- saying so ----------------------------------------------------------------------------------


def judge(found: dict[str, tuple[float, float]]) -> bool:
    """Print what is demanded and whether it holds."""
    mine, least = found[OURS], found[FLOOR]
    print(
        f"\n{OURS}: {mine[1]:.3f} s a submission amortised, {mine[1] / least[1]:.1f} times the "
        f"floor; cold {mine[0]:.2f} s, {mine[0] / least[0]:.1f} times. (For information: 0.1 s and "
        "2 s are aimed at.)"
    )
    demands = [("sealed and faster than plain pytest, amortised", mine[1], found["pytest"][1])]
    for peer in ("otter run", "nbgrader autograde"):
        demands.append((f"sealed and faster than {peer}, amortised", mine[1], found[peer][1]))
        demands.append((f"sealed and faster than {peer}, cold", mine[0], found[peer][0]))
    good = True
    for what, left, right in demands:
        holds = left < right
        good &= holds
        print(f"{'PASS' if holds else 'FAIL'}  {what}: {left / right:.2f} of its time")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round; slow peers grade 10")
    quick = parser.parse_args().quick
    count, few, rounds = (50, 10, 1) if quick else (50, 50, 3)
    makers = (floor, ours, plain_pytest, gradescope_utils, otter, nbgrader)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    with tempfile.TemporaryDirectory(prefix="grade-latency-") as temporary:
        try:
            contenders = [
                make(Path(temporary), few if make in (otter, nbgrader) else count)
                for make in makers
            ]
            print(f"{CHECKS} checks, {count} submissions, {WORKERS} workers{load} at the start\n")
            found = measured(contenders, count, few, rounds)
        except BenchmarkError as error:
            print(f"grade_latency: {error}", file=sys.stderr)
            return 2
    print("Only this kit is sealed; with every peer the submission can read and write what the")
    print("grader can, the checks and its own result among it.\n")
    print("| grader | one, cold, s | of pytest | amortised, s | of pytest | a minute | per core |"
          " isolation |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    base = found["pytest"]
    for c in contenders:
        single, many = found[c.name]
        print(
            f"| {c.name} | {single:.3f} | {single / base[0]:.2f} | {many:.3f} | "
            f"{many / base[1]:.2f} | {60 / many:.0f} | {60 / many / c.cores:.0f} | {c.remark} |"
        )
    print("\nWhere the time of one submission goes, in a warm grader:\n")
    print("| part | ms | times |")
    print("|---|---|---|")
    for name, spent, calls in where_time_goes(5 if quick else 30):
        print(f"| {name} | {spent:.1f} | {calls:.0f} |")
    return 0 if judge(found) else 1


if __name__ == "__main__":
    sys.exit(main())
