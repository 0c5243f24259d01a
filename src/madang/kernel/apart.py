"""Work that weighs much and is seldom asked for, done in a process beside this one.

    apart.called("madang.records.press:printed", "letter", data, ...)

A web process lives long and has many threads: a typesetter, once loaded, would stay in its memory
for good. After `begin`, `called` runs its target in one child, which is started at the first call
and ends by itself after `IDLE_S` without another; before (in a worker or on the command line) it
runs the target right here. What is given and returned are plain values of msgpack; the target's
module should import little, for the child imports it anew.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
import time
from typing import IO, Any

import msgspec

from madang.kernel.errors import MadangError, Unavailable
from madang.kernel.offers.target import load

IDLE_S = 30.0
LIMIT_S = 60.0
_LENGTH = struct.Struct(">I")


class _Job(msgspec.Struct):
    target: str
    given: list[Any]


class _Outcome(msgspec.Struct):
    value: Any = None
    refusal: str = ""  # what a `MadangError` says
    failure: str = ""


def called(target: str, /, *given: Any) -> Any:
    """Return what the target returns.

    Raises
    ------
    MadangError
        With the message of the target's own, whatever its kind.
    RuntimeError
        If the target raised anything else.
    Unavailable
        If the child does not answer within `LIMIT_S`.
    """
    if _beside is None:
        return load(target)(*given)
    outcome = _beside.outcome(_Job(target, list(given)))
    if outcome.refusal:
        raise MadangError(outcome.refusal)
    if outcome.failure:
        raise RuntimeError(outcome.failure)
    return outcome.value


def begin() -> None:
    """From now on, do such work in a child of this process."""
    global _beside  # noqa: PLW0603 - one child for all threads
    if _beside is None:
        _beside = _Beside()


class _Beside:
    """The child of this process, where there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._used = 0.0

    def outcome(self, job: _Job) -> _Outcome:
        with self._lock:
            child = self._running()
            watch = threading.Timer(LIMIT_S, child.kill)
            watch.start()
            try:
                assert child.stdin is not None
                assert child.stdout is not None
                _send(child.stdin, msgspec.msgpack.encode(job))
                return msgspec.msgpack.decode(_received(child.stdout), type=_Outcome)
            except (OSError, EOFError) as error:
                self._let_go()
                raise Unavailable(f"{job.target} could not be done, ask again") from error
            finally:
                watch.cancel()
                self._used = time.monotonic()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._let_go()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "madang.kernel.apart"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            threading.Thread(target=self._tidy, name="apart", daemon=True).start()
        return self._child

    def _tidy(self) -> None:
        """Let the child go once nobody has asked for a while."""
        while True:
            time.sleep(IDLE_S / 2)
            with self._lock:
                if self._child is None:
                    return
                if time.monotonic() - self._used >= IDLE_S:
                    self._let_go()
                    return

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for end in (child.stdin, child.stdout):
            assert end is not None
            with contextlib.suppress(OSError):  # what a dead child did not read
                end.close()  # at the end of its input the child ends
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _send(to: IO[bytes], body: bytes) -> None:
    to.write(_LENGTH.pack(len(body)) + body)
    to.flush()


def _received(of: IO[bytes]) -> bytes:
    head = of.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    body = of.read(_LENGTH.unpack(head)[0])
    if len(body) < _LENGTH.unpack(head)[0]:
        raise EOFError
    return body


_beside: _Beside | None = None


def _serve() -> None:
    """Do what the parent asks for until it closes our input, or is gone."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    while True:
        try:
            job = msgspec.msgpack.decode(_received(sys.stdin.buffer), type=_Job)
        except EOFError:
            return
        _send(answers, msgspec.msgpack.encode(_done(job)))


def _done(job: _Job) -> _Outcome:
    try:
        return _Outcome(load(job.target)(*job.given))
    except MadangError as error:
        return _Outcome(refusal=error.message)
    except Exception as error:
        return _Outcome(failure=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    _serve()
