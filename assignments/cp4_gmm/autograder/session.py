"""Our end of one worker: ask, wait no longer than allowed, measure, end.

Every limit is enforced here, wall time by our clock and the rest by the
kernel's account. What a worker says is a claim: of it only values are taken,
never a time or a verdict. Starting workers is ``sandbox``'s.
"""

from __future__ import annotations

import builtins
import contextlib
import itertools
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from autograder import wire
from autograder.account import cpu_seconds, deleted_bytes, memory_mb, reset_peak, threads
from autograder.model import Limits, Usage, Verdict
from autograder.removal import remove

START_SECONDS = 60.0
POLL_SECONDS = 0.05
LOOK_SECONDS = 0.5
"""How often the files that a busy worker makes are counted."""
SHOWN_OUTPUT = 4000
SHOWN_TEXT = 2000
STANDIN_BYTES = 32 * 2**20
"""Size of the arguments of one call that a stand-in answers ..."""
STANDIN_GROWTH, STANDIN_ROOM = 32, 2**16
"""... which is, too, no more than so many times what the worker was sent, and a little: it runs
on our side, where nothing stops it."""


class SandboxError(Exception):
    """Our own fault: a worker could not be started or ended."""


class CallFailed(Exception):
    """The submission gave no answer. Carries the verdict and what may be said.

    ``message`` holds no text of the student's and no value; ``detail`` does.
    """

    def __init__(
        self,
        verdict: Verdict,
        message: str,
        detail: str = "",
        hint: str = "",
        said: str = "",
        raised: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.raised = tuple(raised)
        """Names of the built-in exceptions that it was, itself first, where one was raised."""
        self.verdict = verdict
        self.message = message
        self.detail = detail
        self.hint = hint
        self.said = said
        """The exception's own text, where there was one."""


class ReferenceFailed(SandboxError):
    """The reference solution gave no answer: our own fault, except in a stand-in.

    ``fatal`` when its worker cannot be asked again.
    """

    def __init__(self, text: str, *, fatal: bool = False) -> None:
        super().__init__(text)
        self.fatal = fatal


def clean(text: str, limit: int = SHOWN_TEXT) -> str:
    """``text`` without control characters and surrogates, cut to ``limit``."""
    plain = "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}"
                    for c in text[: 4 * limit])  # fmt: skip
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    return plain if len(plain) <= limit else plain[:limit] + " … (cut)"


def _is_exception(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseException)


def _died(account: dict[str, Any], limits: Limits) -> CallFailed:
    """What the end of a worker's process means for the student."""
    status, cpu = account.get("status"), account.get("cpu_s")
    if status is not None and status < 0:
        # The signal comes first; whoever ignores it is killed a second later.
        if -status == getattr(signal, "SIGXCPU", 0) or (cpu or 0) >= limits.cpu_seconds:
            return CallFailed(
                Verdict.TIME_LIMIT_EXCEEDED,
                f"Your code used up its {limits.cpu_seconds:g} s of CPU time.",
            )
        name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
        return CallFailed(
            Verdict.RUN_TIME_ERROR,
            f"Your code crashed the Python process ({name}).",
            hint="Memory exhausted, endless recursion, or a signal that your code sent.",
        )
    return CallFailed(
        Verdict.RUN_TIME_ERROR,
        "Your code ended the Python process instead of returning.",
        hint="Remove calls such as exit(), quit() and os._exit().",
    )


class Session:
    """Our end of one worker. Use as a context manager, or call ``end``."""

    def __init__(
        self,
        sock: socket.socket,
        pid: int,
        output: Any,
        scratch: Path,
        origin: Path,
        limits: Limits,
        ender: Callable[[bool], dict[str, Any]],
    ) -> None:
        self.pid = pid
        self.limits = limits
        self.refused: dict[str, str] = {}
        """Layers that the worker could not put on, and why. Said before anything of the
        student's ran; ``isolation`` tries them all the same."""
        self.standins: list[Callable[..., Any]] = []
        self.trusted = False
        """Whether our own solution runs there, which need not be watched at every call."""
        self.resolve: wire.Resolve = lambda number, kind: (number, kind)
        self.opaque: wire.Opaque = wire._refuse
        self._sock = sock
        self._output = output
        self._scratch = scratch
        self._origin = origin
        self._ender = ender
        self._printed: bytes | None = None
        self._standin_calls = 0
        self._sent = 0
        self._spent = 0.0
        self._looked = time.monotonic()
        self._standin_spent = 0.0
        self._deadline = time.monotonic() + START_SECONDS
        self.blame: CallFailed | None = None
        """What the student did to a stand-in that took the stand-in's own side down."""
        self._account: dict[str, Any] | None = None
        self._failure: CallFailed | None = None
        sock.settimeout(POLL_SECONDS)

    def greet(self) -> None:
        """Wait for the worker's first word.

        Raises SandboxError when it does not come: nothing of the student's
        has run yet, so the fault is ours.
        """
        try:
            first = wire.receive(self._sock, 2**16, tick=self._tick)
        except (wire.WireError, CallFailed) as error:
            account = self._end_account(died=True)
            said = f"{error}; {account}; {self.printed()}"
            raise SandboxError(f"a worker did not start: {said}") from error
        if not isinstance(first, dict) or first.get("ready") is not True:
            self.end()
            raise SandboxError("a worker did not start: its first word is not ours")
        self.refused = first["refused"]

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    # Calling

    def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return the answer, serving stand-ins meanwhile.

        Raises CallFailed where the worker raised, died, or passed a limit;
        after a death or a limit every further request fails the same way.
        """
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        started, ours = time.monotonic(), self._standin_spent
        left = self.limits.case_seconds - self._spent
        self._deadline = started + min(self.limits.call_seconds, left)
        try:
            answer = self._exchange(message)
            if not self.trusted:
                self._look_at_disk()
        except CallFailed as failure:
            self._failure = failure
            self.end()
            raise
        except wire.Closed:
            self._failure = _died(self._end_account(died=True), self.limits)
            raise self._failure from None
        except wire.TooLarge:
            limit = self.limits.answer_mb
            self._fail(
                Verdict.OUTPUT_LIMIT_EXCEEDED, f"The answer is larger than {limit} MB.", "answer_mb"
            )
        except wire.WireError as error:
            self._fail(Verdict.RUN_TIME_ERROR, f"The answer cannot be read: {error}.", "")
        finally:
            # Only what the student's side took is the student's time.
            self._spent += time.monotonic() - started - (self._standin_spent - ours)
        if "error" in answer:
            raise self._raised(answer["error"])
        return answer

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._speaks():
            raise wire.WireError("an answer that nobody asked for")
        self._send(message)
        while True:
            answer = wire.receive(
                self._sock, self.limits.answer_mb * 2**20, self.resolve, self._tick
            )
            if not isinstance(answer, dict) or len(answer) not in (1, 3):
                raise wire.WireError("an answer of the wrong form")
            if "standin" not in answer:
                if "callable" in answer and message["op"] != "get":
                    raise wire.WireError("an answer of the wrong form")
                return answer
            self._answer_standin(answer)

    def _speaks(self) -> bool:
        """Whether bytes wait that no request called for."""
        if not select.select([self._sock], [], [], 0)[0]:
            return False
        try:
            return bool(self._sock.recv(1, socket.MSG_PEEK))
        except OSError:
            return False  # a closed end is told as such by the next request

    def _send(self, message: dict[str, Any]) -> None:
        buffers = wire.encode(message, self.opaque)
        self._sent += sum(memoryview(buffer).nbytes for buffer in buffers)
        wire.send(self._sock, buffers, self._tick)

    def _answer_standin(self, asked: dict[str, Any]) -> None:
        started = time.monotonic()
        self._standin_calls += 1
        if self._standin_calls > self.limits.standin_calls:
            raise CallFailed(
                Verdict.TIME_LIMIT_EXCEEDED,
                f"Your code called one function more than {self.limits.standin_calls} times.",
            )
        number, args, kwargs = asked["standin"], asked.get("args"), asked.get("kwargs")
        if not (
            isinstance(number, int)
            and 0 <= number < len(self.standins)
            and isinstance(args, tuple)
            and isinstance(kwargs, dict)
            and all(isinstance(key, str) for key in kwargs)
        ):
            raise wire.WireError("an answer of the wrong form")
        # Of a handle nothing is asked: its worker waits for the answer to this call.
        size = _bytes_of(args) + _bytes_of(kwargs)
        try:
            if size > min(STANDIN_BYTES, STANDIN_ROOM + STANDIN_GROWTH * self._sent):
                raise ValueError("too much")
            reply: dict[str, Any] = {"ok": self.standins[number](*args, **kwargs)}
        except (NameError, ImportError, AssertionError):
            raise  # a mistake in the check
        except ReferenceFailed as failure:
            if failure.fatal:
                self.blame = CallFailed(
                    Verdict.RUN_TIME_ERROR,
                    "Your code called one of its functions with arguments that bring the "
                    "reference solution down.",
                )
                raise self.blame from failure
            reply = {"raise": "called with arguments that it cannot work with"}
        except SandboxError:
            raise
        except Exception:
            reply = {"raise": "called with arguments that it cannot work with"}
        spent = time.monotonic() - started
        self._standin_spent += spent
        if self._standin_spent > self.limits.case_seconds:
            raise CallFailed(
                Verdict.TIME_LIMIT_EXCEEDED,
                "Your code called one function so often that answering took more than "
                f"{self.limits.case_seconds:g} s.",
            )
        # Time that our side takes is not the student's.
        self._deadline += spent
        self._send(reply)

    def _tick(self) -> None:
        if time.monotonic() > self._deadline:
            case = self.limits.case_seconds - self._spent < self.limits.call_seconds
            seconds = self.limits.case_seconds if case else self.limits.call_seconds
            raise CallFailed(
                Verdict.TIME_LIMIT_EXCEEDED,
                f"No answer within {seconds:g} s"
                + (", the limit of one case." if case else ", the limit of one call."),
                hint="Look for a loop that never ends or a Python loop over many rows.",
            )
        now = time.monotonic()
        if now > self._looked + LOOK_SECONDS:
            self._look_at_disk()
            self._looked = now
        if (threads(self.pid) or 0) > self.limits.threads:
            raise CallFailed(
                Verdict.RUN_TIME_ERROR,
                f"Your code runs more than {self.limits.threads} threads at once.",
                hint="Limit: threads.",
            )
        if os.fstat(self._output.fileno()).st_size > self.limits.output_kb * 1024:
            raise CallFailed(
                Verdict.OUTPUT_LIMIT_EXCEEDED,
                f"Your code printed more than {self.limits.output_kb} kB.",
                hint="Remove print calls from loops.",
            )

    def _look_at_disk(self) -> None:
        """Refuse a worker that fills the disk, be it with files that it has deleted."""
        number, size = 0, deleted_bytes(self.pid)
        todo = [self._scratch / "work"]
        while True:
            if number > self.limits.files:
                self._full(f"made more than {self.limits.files} files", "files")
            if size > self.limits.disk_mb * 2**20:
                self._full(f"wrote more than {self.limits.disk_mb} MB", "disk_mb")
            if not todo:
                return
            with contextlib.suppress(OSError), os.scandir(todo.pop()) as entries:
                # One more than allowed is enough to know.
                for entry in itertools.islice(entries, self.limits.files + 1):
                    number += 1
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(Path(entry.path))
                    else:
                        blocks = getattr(entry.stat(follow_symlinks=False), "st_blocks", 0)
                        size += 512 * blocks

    def _full(self, what: str, limit: str) -> NoReturn:
        raise CallFailed(
            Verdict.OUTPUT_LIMIT_EXCEEDED, f"Your code {what}.", hint=f"Limit: {limit}."
        )

    def _fail(self, verdict: Verdict, message: str, hint: str) -> None:
        self._failure = CallFailed(verdict, message, hint=hint and f"Limit: {hint}.")
        self.end()
        raise self._failure from None

    def _raised(self, error: Any) -> CallFailed:
        """The worker's account of an exception, believed no further than as text."""
        try:
            return self._described(error)
        except Exception:
            # Whatever the worker sent instead of an account is the student's doing.
            return CallFailed(Verdict.RUN_TIME_ERROR, "Your code raised an exception.")

    def _is_line(self, file: str, line: int) -> bool:
        """Whether a frame names a line that was handed in: any other could carry values out."""
        path = self._origin / file
        if Path(file).name != file or not path.is_file():
            return False
        return 1 <= line <= path.read_bytes().count(b"\n") + 1

    def _described(self, error: Any) -> CallFailed:
        name, bases, text, frames = (error[k] for k in ("type", "bases", "text", "frames"))
        name, text = clean(str(name), 100), clean(str(text))
        known = [b for b in map(str, bases) if _is_exception(getattr(builtins, b, None))]
        where = [
            (clean(str(f[0]), 100), int(f[1]), clean(str(f[2]), 100), clean(str(f[3]), 200))
            for f in frames[:20]
        ]
        kind = known[0] if known else "an exception"
        own = [f"{file} line {line}" for file, line, _, _ in where if self._is_line(file, line)]
        at = f" at {own[-1]}" if own else ""
        trace = "\n".join(
            f"  {file} line {line}{f', in {function}' if function else ''}: {code}"
            for file, line, function, code in where
        )
        detail = f"{name}: {text}" if text else name
        if trace:
            detail += "\n" + trace
        if "NotImplementedError" in known:
            return CallFailed(Verdict.NOT_IMPLEMENTED, f"Not implemented yet{at}.", text, said=text)
        if "MemoryError" in known:
            limit = self.limits.memory_mb
            return CallFailed(
                Verdict.MEMORY_LIMIT_EXCEEDED,
                f"Your code needs more than {limit} MB of memory{at}.",
                detail,
                hint="Avoid building arrays that grow with the product of all sizes.",
                said=text,
            )
        said = f"{kind} raised{at}."
        return CallFailed(Verdict.RUN_TIME_ERROR, said, detail, said=text, raised=known)

    # Measuring and ending

    @property
    def open(self) -> bool:
        """Whether the worker has still to be ended."""
        return self._account is None

    @property
    def alive(self) -> bool:
        """Whether the worker can still be asked."""
        return self._failure is None and self._account is None

    def cpu_seconds(self) -> float | None:
        """CPU time so far, by the kernel's account."""
        return cpu_seconds(self.pid) if self._account is None else None

    def reset_peak(self) -> float | None:
        """Begin a new record of the most memory; what the worker has now, in MB."""
        if self._account is not None or not reset_peak(self.pid):
            return None
        found = memory_mb(self.pid)
        return found[0] if found else None

    def peak_mb(self) -> float | None:
        """The most memory since ``reset_peak``, by the kernel's account."""
        found = memory_mb(self.pid) if self._account is None else None
        return found[1] if found else None

    def _read_printed(self) -> bytes:
        self._output.seek(0)
        return bytes(self._output.read(4 * SHOWN_OUTPUT))

    def printed(self) -> str:
        """What the submission printed, cut and cleaned."""
        raw = self._read_printed() if self._printed is None else self._printed
        text = raw.decode("utf-8", "replace").replace(f"{self._scratch / 'submission'}{os.sep}", "")
        return clean(text, SHOWN_OUTPUT)

    def _end_account(self, died: bool = False) -> dict[str, Any]:
        if self._account is None:
            self._sock.close()
            self._account = self._ender(died)
            self._printed = self._read_printed()
            self._output.close()
            remove(self._scratch)
            if "error" in self._account:
                raise SandboxError(self._account["error"])
        return self._account

    def end(self) -> Usage:
        """Kill the worker and all that it started; return what it took."""
        account = self._end_account()
        return Usage(self._spent, account.get("cpu_s"), account.get("peak_mb"))


def _bytes_of(value: Any) -> int:
    """Bytes of all arrays in plain data, however deep."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(_bytes_of, value.values()))
    return sum(map(_bytes_of, value)) if isinstance(value, (list, tuple)) else 0
