"""A measured figure against its budget, and when a command fails for it.

Counts, bytes and memory are the same on every machine, so a budget exceeded is a fault. A time says as much of the
machine and of whoever shares it, so it fails a command only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TIMES = frozenset({"ms", "s", "yards", "times"})
"""Units of time; "times": how many times as long one thing took as another."""


@dataclass(frozen=True)
class Figure:
    """One measured value against its budget."""

    value: float
    unit: str
    budget: float

    @property
    def ok(self) -> bool:
        """Whether it is within the budget."""
        return self.value <= self.budget

    @property
    def verdict(self) -> str:
        """The same as a word."""
        return "ok" if self.ok else "OVER"

    @property
    def is_time(self) -> bool:
        """Whether it depends on the machine and on what else runs there."""
        return self.unit in TIMES


def failed(figures: Iterable[Figure], *, strict: bool) -> bool:
    """Whether a figure is over its budget; times count only where `strict`."""
    return any(not figure.ok and (strict or not figure.is_time) for figure in figures)
