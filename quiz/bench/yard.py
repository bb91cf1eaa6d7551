"""The yard: CPU time of a fixed loop on this machine at this moment, so that figures compare across machines."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from quiz.stopping import whole

LOOP = compile("x = 0\nfor i in range(500_000):\n    x += i * i\n", "yard", "exec")
"""Two statements as a script runs them, which looks its names up in a dictionary: twice the time of a function."""
TRIES = 5
PAUSE = 0.5
"""Seconds between the yards that are taken beside other work, which they would else slow down."""


def yard() -> float:
    """CPU seconds of the loop, the median of five. About .04 on a machine of 2025."""
    return median(_once() for _ in range(TRIES))


@contextmanager
def yards_beside() -> Iterator[Callable[[], float]]:
    """Take yards while the block runs, in a process of their own; it gives what tells their median, and ends them.

    A machine that works for others too may change its speed by half within seconds, and more when it is busy: a yard
    from before or after is that of another machine.
    """
    with whole():
        process = subprocess.Popen(
            [sys.executable, "-m", "quiz.bench.yard"], stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def told() -> float:
        process.terminate()
        said, _ = process.communicate()
        found = [float(line) for line in said.splitlines()]
        return median(found) if found else yard()

    try:
        yield told
    finally:
        process.kill()
        process.wait()


def _once() -> float:
    began = time.process_time()
    exec(LOOP, {})  # noqa: S102 - the fixed text above  # nosec B102
    return time.process_time() - began


if __name__ == "__main__":
    while True:
        sys.stdout.write(f"{_once()}\n")
        sys.stdout.flush()
        time.sleep(PAUSE)
