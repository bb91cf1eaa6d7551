"""How much work something is, as a count that no busy machine can change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from cProfile import Profile
from dataclasses import dataclass

CALLS_A_SECOND = 5_000_000
"""Calls of functions, Python's and built in, that an ordinary machine makes in about a second, or a little more."""


@dataclass
class Work:
    """What was done: calls of functions, Python's own and those written in C."""

    calls: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count the calls made while the block runs."""
    work = Work()
    profile = Profile()
    profile.enable()
    try:
        yield work
    finally:
        profile.disable()
        work.calls = sum(entry.callcount for entry in profile.getstats())
