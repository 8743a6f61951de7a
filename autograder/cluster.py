"""The same work, done by a Dask cluster: submissions go there as bytes, and results come back.

This is the near end; ``station`` is the far one. Everything that grading needs beside submissions
is sent once to every worker, also to those that join later. What a worker had when it died is
done by another. Imports ``distributed``, which is an extra: import this module where it is needed.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import secrets
import time
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import distributed
from distributed.scheduler import KilledWorker

from autograder import finish, parcel, station
from autograder.finish import Job, Made
from autograder.station import StationError

CONNECT_SECONDS = 10.0
WORKERS_SECONDS = 60.0
"""How long there may be no worker at all before nobody waits for one any more."""
POLL_SECONDS = 1.0
AHEAD = 2
"""Submissions on their way for every thread of the cluster."""
RETRIES = 2
ENDED = ("finished", "error", "cancelled")
"""States of a future after which nothing more becomes of it, unless its worker dies."""
ELSEWHERE = "what was finished is kept, and the same command goes on"


_dask: Any = distributed
"""Much of it has no types."""


class ClusterError(ValueError):
    """A cluster cannot be used; the text says why and what to do."""


class Install(distributed.WorkerPlugin):
    """Brings what grading needs to a worker, and takes it away again."""

    def __init__(self, run: str, data: bytes) -> None:
        self.run = run
        self.data = data

    def setup(self, worker: Any) -> None:
        """At the start of a worker, or at once where it has started."""
        station.install(self.run, self.data, worker.address)

    def teardown(self, worker: Any) -> None:
        """When the run is over, or the worker ends in order."""
        station.remove(self.run)


def served(work: Sequence[Job], address: str) -> Generator[Made, None, None]:
    """Have ``work``, all of one assignment, done by the cluster whose scheduler is at ``address``.

    Yields in the order in which they finish. Raises ClusterError when no scheduler or no worker
    is there, when they go, or when a worker has another engine or isolation than it has to have.
    """
    first = work[0]
    room = station.pack_room(first.assignment, first.room, first.require)
    run = f"{hashlib.sha256(room).hexdigest()[:16]}-{secrets.token_hex(4)}"
    with _quiet(), _connected(address) as client:
        _check(client, address, first)
        _install(client, Install(run, room), run, address)
        try:
            yield from _served(client, run, work, address)
        finally:
            with suppress(Exception):
                client.unregister_worker_plugin(run)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Dask logs on the way: what matters is said in one sentence."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        client: Any = _dask.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # every kind: addresses, sockets, time-outs, versions
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({_one_line(error)}); start one with "
            "`dask scheduler`, or correct --scheduler"
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=CONNECT_SECONDS)


def _check(client: Any, address: str, job: Job) -> None:
    """Refuse before the first submission where workers lack the engine or have another one."""
    here = station.about(job.assignment)
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except Exception:
        raise ClusterError(
            f"{address}: the scheduler has no worker; start some with "
            f"`dask worker {address}`, or wait until they have started"
        ) from None
    try:
        found = client.run(station.about, job.assignment)
    except Exception as error:
        raise ClusterError(
            f"{address}: a worker cannot run the grader ({_one_line(error)}); install the same "
            "version of autograder on the scheduler and on every worker"
        ) from None
    for worker, there in sorted(found.items()):
        if differing := station.differs(there, here):
            raise ClusterError(
                f"{worker} has {differing}; install the same versions on every worker"
            )


def _install(client: Any, plugin: Install, run: str, address: str) -> None:
    # Its name before 2023.10.
    register = getattr(client, "register_plugin", None) or client.register_worker_plugin
    try:
        register(plugin, name=run)
    except Exception as error:
        raise ClusterError(
            f"{address}: the workers cannot be made ready ({_one_line(error)}); look at the log of "
            "a worker"
        ) from None


def _served(
    client: Any, run: str, work: Sequence[Job], address: str
) -> Generator[Made, None, None]:
    queue = iter(work)
    running: dict[Any, Job] = {}
    seen = time.monotonic()
    while True:
        try:
            threads = sum(client.nthreads().values())
            seen = time.monotonic() if threads else seen
            for job in itertools.islice(queue, max(0, AHEAD * threads - len(running))):
                running[_submitted(client, run, job)] = job
            if not running and threads:
                return
            done = _done(client, running)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except Exception as error:  # what the connection's end raises depends on the moment
            raise ClusterError(
                f"{address}: the scheduler is gone ({_one_line(error)}); {ELSEWHERE}"
            ) from None
        if not done and time.monotonic() - seen > WORKERS_SECONDS:
            raise ClusterError(
                f"{address}: there has been no worker for {WORKERS_SECONDS:g} s; start some, "
                f"{ELSEWHERE}"
            )
        for future in done:
            # What was finished may be lost again while this is read, with the worker that has it;
            # the scheduler has it done once more.
            if future.status in ENDED:
                yield _taken(future, running.pop(future), address)


def _submitted(client: Any, run: str, job: Job) -> Any:
    return client.submit(
        station.grade,
        run,
        job.name,
        parcel.pack(job.parts),
        key=f"autograder-{run}-{secrets.token_hex(8)}",
        pure=False,
        retries=RETRIES,
    )


def _done(client: Any, running: dict[Any, Job]) -> list[Any]:
    if not running:
        time.sleep(POLL_SECONDS)
        return []
    with suppress(TimeoutError), client.as_current():
        _dask.wait(list(running), timeout=POLL_SECONDS, return_when="FIRST_COMPLETED")
    return [future for future in running if future.done()]


def _taken(future: Any, job: Job, address: str) -> Made:
    """What became of one submission."""
    if future.status == "cancelled":
        raise ClusterError(f"{address}: the scheduler has dropped its work; {ELSEWHERE}")
    try:
        return station.read(future.result(), job)
    except StationError as error:
        raise ClusterError(f"{error}; mend or stop that worker: {ELSEWHERE}") from None
    except KilledWorker:
        return finish.lost(job, "every worker of the cluster that had it died")
    except Exception as error:
        return finish.lost(job, f"a worker of the cluster failed: {_one_line(error)}")
    finally:
        future.release()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
