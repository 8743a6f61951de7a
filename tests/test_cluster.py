"""The same work by a Dask cluster, for real: a scheduler and workers on the loopback interface."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder import classroom, config, finish, grade, parcel, pool, station
from autograder.model import Assignment, Verdict
from autograder.roll import Handed, Part
from autograder.station import StationError
from tests import batches, mini

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
cluster = pytest.importorskip("autograder.cluster")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as on Linux")

WAIT_SECONDS = 60
SLOW = "import time\ntime.sleep(0.4)\n" + mini.REFERENCE


def until(what: Callable[[], bool]) -> None:
    """Wait for something that takes a while on a busy machine."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class Cluster:
    """A scheduler and workers, each a process; ended with the test."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.tmp = place / "tmp"
        self.tmp.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))

    def _start(self, *args: str) -> subprocess.Popen[bytes]:
        code = f"import sys; from distributed.cli.dask_{args[0]} import main; main()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *args[1:], "--no-dashboard"],
            cwd=self.place,
            env={**os.environ, "TMPDIR": str(self.tmp), "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=(self.place / f"{len(self.processes)}.log").open("wb"),
        )
        self.processes.append(process)
        return process

    def worker(self, threads: int = 1) -> subprocess.Popen[bytes]:
        more = ("--nthreads", str(threads), "--no-nanny", "--host", "127.0.0.1")
        return self._start("worker", self.address, *more)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    place = tmp_path / "dask"
    place.mkdir()
    made = Cluster(place)
    yield made
    made.end()
    # What a killed worker had running ends by itself, and nothing of it stays.
    until(lambda: not batches.left(tmp_path))
    until(lambda: not list(made.tmp.glob("autograder-*")))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batches.course(tmp_path_factory.mktemp("course"))


def test_a_worker_that_is_killed_costs_nothing(course: Path, tmp_path: Path, dask: Cluster) -> None:
    """Three workers, one killed midway: the same bytes as without a cluster, times aside."""
    folder = batches.hand_in(tmp_path / "class", 8)
    for n in range(6):
        (folder / f"slow{n}").mkdir()
        (folder / f"slow{n}" / "mini.py").write_text(SLOW)
    calm = batches.run(folder, tmp_path / "calm", cwd=course)
    assert calm.returncode == 0, calm.stderr
    workers = [dask.worker(), dask.worker(), dask.worker(threads=2)]
    out = tmp_path / "out"
    process = batches.begun(folder, out, "--scheduler", dask.address, cwd=course)
    until(lambda: len(list((out / ".journal").glob("*.json"))) >= 2 or process.poll() is not None)
    workers[0].kill()
    said = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0, said
    assert batches.timeless(out) == batches.timeless(tmp_path / "calm")
    assert "0 withheld" not in said[0]
    assert "withheld" not in said[0]
    # When the run is over, nothing of it is left on workers that live on.
    until(lambda: not [line for line in batches.left(tmp_path) if "import serve" in line])
    # What a cluster has graded counts here, too.
    again = batches.run(folder, out, cwd=course)
    assert "14 of 14 results are kept" in again.stderr


def test_ctrl_c_ends_the_work_on_the_cluster(course: Path, tmp_path: Path, dask: Cluster) -> None:
    """One sentence, status 2; the workers are free, and the next run completes."""
    folder = batches.hand_in(tmp_path / "class", 3)
    for n in range(4):
        (folder / f"slow{n}").mkdir()
        (folder / f"slow{n}" / "mini.py").write_text(SLOW)
    dask.worker()
    out = tmp_path / "out"
    process = batches.begun(folder, out, "--scheduler", dask.address, cwd=course)
    until(lambda: bool(list((out / ".journal").glob("*.json"))) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=WAIT_SECONDS)[1]
    assert (process.returncode, said) == (
        2,
        "autograder: interrupted; what was finished is kept\n",
    )
    until(lambda: not [line for line in batches.left(tmp_path) if "import serve" in line])
    done = batches.run(folder, out, "--scheduler", dask.address, cwd=course)
    assert done.returncode == 0, done.stderr
    assert batches.whole(out) == 7


# What may be wrong with a cluster ----------------------------------------------------


@pytest.fixture
def job(course: Path, tmp_path: Path) -> finish.Job:
    assignment = config.assignment(config.load(course / "grading_config.yaml"), "mini")
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "mini.py").write_text(mini.REFERENCE)
    parts = (Part("ada", tmp_path / "ada"),)
    room = grade.course_room(course, assignment)
    return finish.Job("ada", parts, assignment, room, "open", tmp_path)


def refused(job: finish.Job, address: str) -> str:
    with pytest.raises(cluster.ClusterError) as caught:
        list(cluster.served([job], address))
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "ftp://127.0.0.1:9"])
def test_no_scheduler_is_one_sentence(
    job: finish.Job, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address, and how to start one."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    text = refused(job, address)
    assert text.startswith(f"{address}: no Dask scheduler answers there (")
    assert "dask scheduler" in text


def test_no_worker_is_one_sentence(
    job: finish.Job, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler alone does nothing: how to start a worker."""
    monkeypatch.setattr(cluster, "WORKERS_SECONDS", 0.5)
    assert f"dask worker {dask.address}" in refused(job, dask.address)


def test_another_engine_is_refused(
    job: finish.Job, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which worker, what it has, what is here."""
    dask.worker()
    there = station.about
    monkeypatch.setattr(station, "about", lambda assignment: {"engine": "here"})
    monkeypatch.setattr(
        distributed.Client, "run", lambda *_: {"tcp://w": {"engine": "there", "numpy": "1"}}
    )
    assert refused(job, dask.address) == (
        "tcp://w has engine there there and here here, numpy 1 there and none here; install the "
        "same versions on every worker"
    )
    monkeypatch.setattr(station, "about", there)


def test_a_worker_that_cannot_run_the_grader_is_refused(
    job: finish.Job, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is not installed there."""
    dask.worker()

    def run(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'autograder'")

    monkeypatch.setattr(distributed.Client, "run", run)
    text = refused(job, dask.address)
    assert "No module named 'autograder'" in text
    assert "install the same version" in text

    def register(*_: object, **__: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.undo()
    monkeypatch.setattr(distributed.Client, "register_plugin", register)
    assert "cannot be made ready (no room)" in refused(job, dask.address)


def test_a_scheduler_that_goes_away_is_one_sentence(
    job: finish.Job, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was finished is kept."""
    monkeypatch.setattr(cluster, "WORKERS_SECONDS", 5.0)
    dask.worker()
    served = cluster.served([replace(job, name=f"s{n}") for n in range(20)], dask.address)
    next(served)
    dask.processes[0].kill()
    with pytest.raises(cluster.ClusterError, match="kept"):
        list(served)


def test_results_that_die_with_their_worker_are_made_again(job: finish.Job, dask: Cluster) -> None:
    """Also those that were seen to be finished and not yet fetched."""
    first = dask.worker(threads=2)
    served = cluster.served([replace(job, name=f"s{n}") for n in range(4)], dask.address)
    names = [next(served).name]
    time.sleep(6)  # the others are finished: all are seen at once
    names.append(next(served).name)
    first.kill()
    time.sleep(1)  # what it had is lost, and nobody is there to make it again
    dask.worker()
    names += [made.name for made in served]
    assert sorted(names) == ["s0", "s1", "s2", "s3"]


def test_workers_that_go_away_for_good_are_one_sentence(
    job: finish.Job, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever."""
    worker = dask.worker()
    served = cluster.served([replace(job, name=f"s{n}") for n in range(20)], dask.address)
    next(served)
    monkeypatch.setattr(cluster, "WORKERS_SECONDS", 0.5)
    worker.kill()
    with pytest.raises(cluster.ClusterError, match=r"there has been no worker for 0\.5 s"):
        list(served)


def test_without_dask_the_extra_is_named(
    job: finish.Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How to install it; nothing is graded."""
    monkeypatch.setitem(sys.modules, "autograder.cluster", None)
    handed = [Handed("ada", (Part("ada", tmp_path / "ada"),))]
    with pytest.raises(classroom.ClassError, match=r"pip install 'autograder\[cluster\]'"):
        classroom.grade_all(
            job.assignment, job.room, handed, tmp_path / "out", jobs=1, scheduler="tcp://x:1"
        )


# The far end, without Dask --------------------------------------------------------------


@pytest.fixture
def post(job: finish.Job) -> Iterator[str]:
    station.install("run", station.pack_room(job.assignment, job.room, "open"), "tcp://here")
    yield "run"
    station.remove("run")


def test_a_station_answers_what_is_graded_here(
    post: str, job: finish.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, times aside; from several threads at once."""
    monkeypatch.setattr(tempfile, "tempdir", None)  # work sets it for its process
    here = finish.work(job)
    pool._close()
    answers: list[finish.Made] = []

    def ask() -> None:
        answers.append(station.read(station.grade(post, "ada", parcel.pack(job.parts)), job))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [batches._without_times(json.loads(made.result)) for made in answers] == 2 * [
        batches._without_times(json.loads(here.result))
    ]
    assert answers[0].files.keys() == here.files.keys()
    assert len(station._posts[post].all) == 2


def test_a_station_that_dies_is_replaced_once(post: str, job: finish.Job) -> None:
    """Then its submission is a judge error; the next one has a station again."""
    data = parcel.pack(job.parts)
    station.grade(post, "ada", data)
    found = station._posts[post]
    found.all[0]._process.kill()
    made = station.read(station.grade(post, "ada", data), job)
    assert b'"accepted"' in made.result
    dead = ["-c", "raise SystemExit(3)"]
    before = station.subprocess.Popen  # type: ignore[attr-defined]

    def dying(command: list[str], **kwargs: Any) -> Any:
        return before([command[0], *dead], **kwargs)

    found.idle.get_nowait()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(station.subprocess, "Popen", dying)  # type: ignore[attr-defined]
        made = station.read(station.grade(post, "ada", data), job)
    assert b'"judge_error"' in made.result
    assert b"the station on tcp://here died twice on it" in made.result


def test_a_run_that_is_not_installed_is_an_error(job: finish.Job) -> None:
    """So that Dask tries elsewhere."""
    with pytest.raises(LookupError):
        station.grade("nobody", "ada", b"")


def test_a_worker_of_another_version_refuses(
    job: finish.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that joined after the others had been asked."""
    data = station.pack_room(job.assignment, job.room, "open")
    monkeypatch.setattr(station, "about", lambda _: {"engine": "old"})
    station.install("late", data, "tcp://late")
    with pytest.raises(StationError, match="tcp://late has another engine: engine old there"):
        station.read(station.grade("late", "ada", b""), job)
    station.remove("late")


def test_a_machine_that_cannot_shut_submissions_in_is_no_judge_error(job: finish.Job) -> None:
    """The run is refused, with what is missing."""
    made = replace(finish.lost(job, "no"), refused="submissions would be open, not sealed")
    answer = zlib.compress(zlib.decompress(station._packed(made)))
    with pytest.raises(StationError, match="would be open, not sealed"):
        station.read(answer, job)


def test_a_room_with_parts_elsewhere_is_refused(job: finish.Job, tmp_path: Path) -> None:
    """Everything that is sent lies in the solution's folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "test_x.py").touch()
    room = replace(job.room, checks=(*job.room.checks, elsewhere))
    with pytest.raises(StationError, match="a cluster gets only what lies in"):
        station.pack_room(job.assignment, room, "open")


def test_what_is_sent_once_is_the_same_for_the_same_content(
    job: finish.Job, tmp_path: Path
) -> None:
    """And it is all that a grader needs: the assignment comes back as it was."""
    first, second = (station.pack_room(job.assignment, job.room, "open") for _ in range(2))
    assert first == second
    station.unpack_room(first, tmp_path)
    assignment, room, spec = station.open_room(tmp_path)
    assert assignment == job.assignment
    assert spec["require"] == "open"
    assert room.reference == tmp_path / "solution"
    assert isinstance(assignment, Assignment)
    assert Verdict.ACCEPTED.value == "accepted"
