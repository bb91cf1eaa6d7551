"""Whether processes have ended."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

LEFT_WITHIN = 5
"""Seconds after which a process that outlives what started it is one that was left."""


def left_of(pids: Iterable[int]) -> tuple[int, ...]:
    """Those that still run when they have had time to end."""
    started, until = tuple(pids), time.monotonic() + LEFT_WITHIN
    while (left := tuple(pid for pid in started if runs(pid))) and time.monotonic() < until:
        time.sleep(0.01)
    return left


def runs(pid: int) -> bool:
    """Whether it is there and no mere entry of one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
