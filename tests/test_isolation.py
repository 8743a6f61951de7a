"""Isolation: the layers hold, are tried and not assumed, and are missed when they are gone."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder import calls, confine, isolation
from autograder.model import Limits, Verdict
from autograder.proxy import Submission
from autograder.sandbox import SEALED, Isolation, Sandbox
from autograder.session import CallFailed
from tests import mini

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")


def _landlock() -> bool:
    return confine._libc().syscall(confine.CREATE_RULESET, None, 0, 1) >= 1


needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or not _landlock(), reason="this kernel has no Landlock"
)


@needs_landlock
@pytest.mark.parametrize("mode", ["fork", "plain"])
def test_a_worker_is_sealed(mode: str) -> None:
    """Every attempt to get out of a worker is refused, whichever way it was started."""
    with Sandbox(("numpy",), mode) as sandbox:
        found = isolation.examine(sandbox)
    assert found.promise == "sealed", found.lacking
    # Only a zygote takes its workers elsewhere, and not every system lets it.
    assert set(found.lacking) <= {"uid", "namespaces"}
    assert sandbox.layers == found.layers


@pytest.mark.parametrize(
    ("without", "missed"),
    [
        ("fs", {"fs"}),
        ("calls", {"net", "noproc", "signals", "ipc"}),
    ],
)
def test_a_layer_that_is_gone_is_missed(without: str, missed: set[str]) -> None:
    """With one means left out, its layers do not hold, and the promise is weaker."""
    with Sandbox(("numpy",), without=[without]) as sandbox:
        found = isolation.examine(sandbox)
    assert missed <= set(found.lacking)
    assert found.promise == "partial"
    assert not missed & set(found.layers)


def test_namespaces_are_missed_and_cost_no_promise() -> None:
    """Without them the layer is named with its reason; the others stop the same attempts."""
    with Sandbox(("numpy",), without=["namespaces"]) as sandbox:
        found = isolation.examine(sandbox)
    assert "be in the grader's own namespace" in found.lacking["namespaces"]
    assert "namespaces" not in found.layers
    assert "net" in found.layers


def test_the_parent_can_be_read_where_nothing_forbids_it() -> None:
    """The attempts on the parent do succeed when all that stops them is left out."""
    names = ["fs", "calls", "uid", "dumpable", "capabilities", "namespaces"]
    with Sandbox(("numpy",), without=names) as sandbox:
        found = isolation.examine(sandbox)
    assert {"fs", "net", "noproc", "signals", "ipc"} <= set(found.lacking)
    assert found.promise in ("partial", "open")


ALWAYS_REFUSED = {
    # What stops these cannot be left out: the worker's first lines do it.
    "environment", "descriptors", "standard_input", "more_limits", "memory", "large_file", "user",
    # Root's alone; a debugger's, which a system may keep to root; new user namespaces.
    "root", "trace", "read_memory", "parent_file", "namespace",
    # A machine may have no network at all.
    "interface",
}  # fmt: skip


def test_every_attempt_succeeds_where_nothing_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that fails by itself would prove nothing about a layer."""
    tried, done = set(), set()

    def attempts(*args: Any) -> Iterator[Any]:
        for layer, name, arguments in real(*args):
            tried.add(name)
            yield layer, name, arguments

    def in_words(name: str) -> str:
        done.add(name)
        return name

    real = isolation._attempts
    monkeypatch.setattr(isolation, "_attempts", attempts)
    monkeypatch.setattr(isolation, "_in_words", in_words)
    names = ["fs", "calls", "uid", "dumpable", "capabilities", "namespaces"]
    with Sandbox(("numpy",), without=names) as sandbox:
        isolation.examine(sandbox)
    assert tried - done - ALWAYS_REFUSED == set()
    if os.geteuid() == 0:
        assert {"root", "trace", "read_memory", "parent_file"} <= done


@pytest.mark.parametrize("wanted", ["sealed", "partial"])
def test_weaker_isolation_is_refused_in_a_sentence(wanted: str) -> None:
    """The sentence says what is missing, why, how to get it, and how to go on without."""
    found = Isolation(
        ("process", "clock"), {name: f"{name} is gone; it needs X" for name in SEALED}
    )
    with pytest.raises(isolation.IsolationError) as error:
        isolation.require(found, wanted)
    text = str(error.value)
    assert f"would be open, not {wanted}" in text
    assert "fs: fs is gone; it needs X" in text
    assert "--require open" in text
    assert "\n" not in text


def test_what_is_strong_enough_is_let_through() -> None:
    """Sealed satisfies every wish, open only the least."""
    sealed = Isolation(tuple(SEALED), {})
    for wanted in isolation.PROMISES:
        isolation.require(sealed, wanted)
    isolation.require(Isolation(("process", "clock"), {}), "open")


def test_processes_that_the_config_allows_cost_a_layer(tmp_path: Path) -> None:
    """A course that needs subprocesses has them, and its reports do not say `noproc`."""
    (tmp_path / "main.py").write_text(
        "import subprocess\n\n\ndef run():\n"
        "    return subprocess.run(['/bin/echo', 'here'], stdout=subprocess.PIPE).returncode\n"
    )
    limits = replace(Limits(), processes=8)
    # /bin is not among the folders that a worker may read, so files are left open here.
    with Sandbox(("numpy",), without=["fs"]) as sandbox:
        found = isolation.examine(sandbox, limits)
        assert "noproc" in found.lacking
        assert "net" in found.layers
        student = Submission(lambda: sandbox.start(tmp_path, limits), "main")
        assert student.run() == 0
        student.end()
        strict = Submission(lambda: sandbox.start(tmp_path, Limits()), "main")
        with pytest.raises(CallFailed, match="PermissionError"):
            strict.run()
        strict.end()


LIBRARIES = """
import io

import numpy as np


def scipy_():
    import scipy.optimize, scipy.stats
    return float(scipy.optimize.minimize(lambda x: (x[0] - 2) ** 2, [0.0]).x[0])


def matplotlib_():
    import matplotlib.pyplot as plt
    fig, ax = plt.subplots()
    ax.plot([1, 2], label="a line")
    ax.legend()
    fig.savefig("picture.png")
    return len(open("picture.png", "rb").read())


def autograd_():
    import autograd
    import autograd.numpy as ag_np
    return float(autograd.grad(lambda x: ag_np.tanh(x))(0.0))


def pandas_():
    import pandas as pd
    pd.DataFrame({"a": [1, 2]}).to_csv("table.csv", index=False)
    return pd.read_csv("table.csv")["a"].to_numpy()


def imageio_():
    import imageio.v3 as iio
    iio.imwrite("a.png", np.zeros((4, 4, 3), np.uint8))
    return iio.imread("a.png")


def sklearn_():
    from sklearn.cluster import KMeans
    return KMeans(2, n_init=1, random_state=0).fit_predict(np.eye(4))


def threads():
    import threading
    found = []
    thread = threading.Thread(target=lambda: found.append(1))
    thread.start()
    thread.join()
    return found
"""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submission]:
    folder = tmp_path_factory.mktemp("libraries")
    (folder / "main.py").write_text(LIBRARIES)
    with Sandbox(("numpy", "matplotlib.pyplot", "scipy.stats", "pandas", "imageio.v3")) as sandbox:
        student = Submission(lambda: sandbox.start(folder, Limits()), "main")
        yield student
        student.end()


@pytest.mark.parametrize(
    "name",
    ["scipy_", "matplotlib_", "autograd_", "pandas_", "imageio_", "sklearn_", "threads"],
)
def test_libraries_work_inside(libraries: Submission, name: str) -> None:
    """What courses use runs in a confined worker, files in its own folder included."""
    if name != "threads":
        pytest.importorskip(name.rstrip("_"))
    assert getattr(libraries, name)() is not None


FORGER = """
import os
import threading
import time


def forge():
    for fd in range(3, 64):
        try:
            os.write(fd, b"\\x00" * 64)
        except OSError:
            pass
    return 1


def honest():
    return 2
"""


def test_an_answer_that_nobody_asked_for_ends_the_worker(tmp_path: Path) -> None:
    """A submission that writes to the socket itself is taken at none of its words."""
    (tmp_path / "main.py").write_text(FORGER)
    with Sandbox(("numpy",)) as sandbox:
        student = Submission(lambda: sandbox.start(tmp_path, Limits()), "main")
        verdicts = []
        for name in ("forge", "honest", "honest"):
            try:
                getattr(student, name)()
            except CallFailed as failure:
                verdicts.append(failure.verdict)
        student.end()
    assert verdicts[-2:] == [Verdict.RUN_TIME_ERROR] * 2


# The filter, instruction by instruction, for machines that are not here too


def judged(code: bytes, arch: int, number: int, *args: int) -> int:
    """What the kernel would make of one system call under a filter."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *(list(args) + [0] * 6)[:6])
    steps = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    at, loaded = 0, 0
    while True:
        kind, true, false, value = steps[at]
        at += 1
        if kind == 0x20:
            (loaded,) = struct.unpack_from("=I", data, value)
        elif kind == 0x06:
            return value
        else:
            held = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[kind]
            at += true if held else false


ALLOW, EPERM, ENOSYS, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
HARMLESS = {
    "x86_64": {"read": 0, "write": 1, "mmap": 9, "sendto": 44, "recvfrom": 45, "sendmsg": 46,
               "exit_group": 231, "futex": 202, "openat": 257, "getpid": 39, "unlink": 87},
    "aarch64": {"read": 63, "write": 64, "mmap": 222, "sendto": 206, "recvfrom": 207,
                "sendmsg": 211, "exit_group": 94, "futex": 98, "openat": 56, "getpid": 172,
                "unlinkat": 35},
}  # fmt: skip


@pytest.mark.parametrize("name", list(calls.AUDIT_ARCH))
def test_the_filter_refuses_what_the_table_names(name: str) -> None:
    """Every call of the table is refused, harmless ones pass, another machine's are fatal."""
    code, arch = calls.program(name, 4711), calls.AUDIT_ARCH[name]
    column = list(calls.AUDIT_ARCH).index(name)
    for row in calls.DENIED.values():
        if row[column] is not None:
            assert judged(code, arch, row[column]) == EPERM
    for number in HARMLESS[name].values():
        assert judged(code, arch, number) == ALLOW
    assert judged(code, arch ^ 1, 0) == KILL
    assert judged(code, arch, calls.CLONE3[column]) == ENOSYS


@pytest.mark.parametrize("name", list(calls.AUDIT_ARCH))
def test_the_filter_reads_arguments(name: str) -> None:
    """Threads yes, processes no; limits may be read, not set; signals reach the sender only."""
    code, arch = calls.program(name, 4711), calls.AUDIT_ARCH[name]
    column = list(calls.AUDIT_ARCH).index(name)
    clone, limit = calls.CLONE[column], calls.PRLIMIT[column]
    assert judged(code, arch, clone, 0x3D0F00) == ALLOW
    assert judged(code, arch, clone, 17) == EPERM
    assert judged(code, arch, limit, 0, 7, 0, 0x7FFF0000) == ALLOW
    assert judged(code, arch, limit, 0, 7, 0x7FFF0000) == EPERM
    assert judged(code, arch, limit, 0, 7, 1 << 40) == EPERM
    for row in calls.SELF_ONLY.values():
        assert judged(code, arch, row[column], 4711, 9) == ALLOW
        assert judged(code, arch, row[column], 1, 9) == EPERM
        assert judged(code, arch, row[column], 0xFFFFFFFF, 9) == EPERM


def test_the_other_interface_of_x86_64_is_fatal() -> None:
    """x32's calls have other numbers; none of them is let through."""
    code = calls.program("x86_64", 1)
    assert judged(code, calls.AUDIT_ARCH["x86_64"], 0x40000000 + 41) == KILL


def test_a_course_with_processes_gets_them_and_nothing_more() -> None:
    """fork and exec pass, sockets and tracing do not."""
    code, arch = calls.program("x86_64", 1, processes=True), calls.AUDIT_ARCH["x86_64"]
    assert judged(code, arch, 57) == judged(code, arch, 59) == judged(code, arch, 56, 17) == ALLOW
    assert judged(code, arch, 41) == judged(code, arch, 101) == EPERM


def test_own_files_are_ours_and_what_is_read_is_no_assignment() -> None:
    """The folders that every worker may read hold neither this project nor a home."""
    root = Path(__file__).resolve().parent.parent
    assert "/" not in confine.readable("/nowhere")
    # This process has the project's folder in its path; a worker has not.
    allowed = set(confine.readable("/nowhere")) - {str(root)}
    for secret in ("solutions", "grading_config.yaml", "tests"):
        assert not [path for path in allowed if (root / secret).is_relative_to(path)]


# The commands


WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
from autograder import calls, confine
column = list(calls.AUDIT_ARCH).index(calls.machine())
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, confine.CREATE_RULESET), (6, 0, 0, 0x00050026),
         (6, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
head = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
confine.prctl(confine.PR_SET_NO_NEW_PRIVS, 1)
assert confine.prctl(confine.PR_SET_SECCOMP, 2, ctypes.addressof(head))
os.execv(sys.executable, [sys.executable, "-m", "autograder", *sys.argv[1:]])
"""
"""A kernel that answers like one without Landlock."""


@needs_landlock
def test_a_command_refuses_what_is_not_sealed(tmp_path: Path) -> None:
    """Status 2 and a sentence that names the layer; --require says how to go on all the same."""
    course = mini.write(tmp_path / "course")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mini.py").write_text(mini.REFERENCE)

    def grade(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT_LANDLOCK, "grade", "mini", str(tmp_path / "work")]
        root = str(Path(__file__).resolve().parent.parent)
        env = os.environ | {"PYTHONPATH": root}
        return subprocess.run(
            [*command, *more], cwd=course, env=env, capture_output=True, text=True, check=False
        )

    done = grade()
    assert (done.returncode, done.stdout) == (2, "")
    assert "would be partial, not sealed" in done.stderr
    assert "fs: a submission can read a file" in done.stderr
    assert "Landlock" in done.stderr
    assert "--require partial" in done.stderr
    results = tmp_path / "results.json"
    done = grade("--require", "partial", "--results", str(results))
    assert done.returncode == 0
    assert "Isolation: partial" in done.stdout
    extra = json.loads(results.read_text())["extra_data"]
    assert extra["isolation"] == "partial"
    assert "fs" not in extra["layers"]
