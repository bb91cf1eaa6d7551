"""Ending at once when asked to: SIGINT (Ctrl+C) or SIGTERM, one sentence, and 128 + the signal's number as exit code.

The signal raises `Stopped` in the main thread, so every block that cleans up does so, as after any error. A command
says with `leaving` what it leaves behind where it stands, and does `whole` what may not be done by half.

Knows nothing of the app: `quiz.cli.entry` begins to listen before anything else is imported.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
NOTHING = "nothing was changed"
ALL = "all of it was done by then"
AGAIN = 0.01
PATIENCE = 2.0
"""Seconds within which pressing Ctrl+C again does not break off the cleaning up."""


class Stopped(KeyboardInterrupt):
    """A signal asked this process to stop."""


@dataclass
class _Stop:
    """How this process stands to being stopped. `asked`: by which signal (0: none), at `since`; `process`: its own."""

    process: int = 0
    running: bool = False
    asked: int = 0
    since: float = 0.0
    holding: int = 0
    left: str = ""

    @property
    def sentence(self) -> str:
        return f"Stopped; {self.left}." if self.left else "Stopped."


_stop = _Stop()


def listen() -> None:
    """Listen to the signals. Before a command is `running` nothing has happened yet, and they end the process."""
    _stop.process, _stop.left = os.getpid(), NOTHING
    for number in SIGNALS:
        signal.signal(number, _told)


def deaf() -> None:
    """Be ended by SIGTERM and ignore SIGINT: for a worker, which whoever started it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def running() -> Iterator[None]:
    """A command runs: what asks it to stop raises `Stopped`. Afterwards all is done, and signals change nothing."""
    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGALRM)}
    hook = sys.unraisablehook
    listen()
    signal.signal(signal.SIGALRM, _told_again)
    sys.unraisablehook = lambda lost: _ask_again() if isinstance(lost.exc_value, Stopped) else hook(lost)
    _stop.running, _stop.asked, _stop.left = True, 0, ""
    try:
        yield
    finally:
        _stop.running, _stop.asked = False, 0
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if handler is _told else handler)


@contextmanager
def whole() -> Iterator[None]:
    """What happens within happens whole: a signal waits for its end. For what takes a moment."""
    _stop.holding += 1
    try:
        yield
    finally:
        _stop.holding -= 1
    if _stop.asked and not _stop.holding:
        raise Stopped


def leaving(what: str) -> None:
    """Say what a stop from here on leaves behind, as the second half of a sentence."""
    _stop.left = what


def asked() -> int:
    """The signal that asked to stop, or 0."""
    return _stop.asked


def sentence() -> str:
    """What is said at the end of a command that was stopped."""
    return _stop.sentence


def _told(number: int, _: FrameType | None) -> None:
    if os.getpid() != _stop.process:  # a worker that is not `deaf` yet
        os._exit(128 + number)
    if not _stop.running:
        sys.stderr.write(f"{_stop.sentence}\n")
        sys.stderr.flush()
        os._exit(128 + number)
    now = time.monotonic()
    if _stop.asked and now - _stop.since < PATIENCE:
        return
    _stop.asked, _stop.since = number, now
    if not _stop.holding:
        raise Stopped


def _ask_again() -> None:
    """Python drops what is raised while an object is deleted: the stop has to come once more."""
    signal.setitimer(signal.ITIMER_REAL, AGAIN)


def _told_again(_: int, __: FrameType | None) -> None:
    if not _stop.holding:
        raise Stopped
