"""The one place where numbers are rounded: everything a report says or draws comes from these."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

Verdict = Literal["met", "probably-met", "either", "probably-gap", "gap", "not-shown", "not-asked"]

STANDARD = NormalDist()
LIKELY = 0.8
"""The share that every printed range holds."""
LIKELY_Z = STANDARD.inv_cdf(0.5 + LIKELY / 2)
DOTS = 20
ENOUGH = 3


@dataclass(frozen=True)
class Level:
    """A level as it is printed: one decimal, with the range that holds it in 8 of 10 cases (steps)."""

    at: float
    low: float
    high: float


@dataclass(frozen=True)
class Chance:
    """The chance that a target is met, in tenths (0: fewer than 1 in 10; 10: more than 9 in 10)."""

    tenths: int

    @property
    def words(self) -> str:
        """As it is printed; never 0 or 10 in 10."""
        if self.tenths == 0:
            return "fewer than 1 in 10"
        return "more than 9 in 10" if self.tenths == 10 else f"about {self.tenths} in 10"

    @property
    def filled(self) -> int:
        """How many of the 20 dots reach the target."""
        return self.tenths * DOTS // 10


def level(mean: float, variance: float, doubt: float) -> Level:
    """Round a level; `doubt` is the sd of the doubt in what a step is."""
    reach = LIKELY_Z * sqrt(variance + doubt**2)
    return Level(_decimal(mean), _decimal(mean - reach), _decimal(mean + reach))


def _decimal(value: float) -> float:
    """One decimal, and never a minus sign before nought."""
    return round(value, 1) + 0.0


def chance(mean: float, variance: float, target: float, doubt: float) -> float:
    """The chance that the level reaches the target, Φ((m − t)/√(v + τ²)), not rounded."""
    return STANDARD.cdf((mean - target) / sqrt(variance + doubt**2))


def tenths(p: float) -> Chance:
    """Round a chance to tenths, half up."""
    return Chance(int(p * 10 + 0.5))


def verdict(found: Chance, start: float, exact: float, asked: int) -> Verdict:
    """The verdict on one target.

    `start` is the chance before any answer and `exact` the one after: a low chance that the answers *raised*
    says that evidence is missing, not that there is a gap.
    """
    if asked < ENOUGH:
        return "not-asked"
    if found.tenths >= 9:
        return "met"
    if found.tenths >= 7:
        return "probably-met"
    if found.tenths >= 4:
        return "either"
    if exact > start:
        return "not-shown"
    return "probably-gap" if found.tenths >= 2 else "gap"


def dots(mean: float, variance: float, target: float, doubt: float, found: Chance) -> tuple[float, ...]:
    """Where 20 equally likely places for the level lie, in rising order.

    They are drawn from the rounded chance: the curve is moved by the rounding (under .05 of probability), so
    that exactly `found.filled` of them reach the target and the picture can't disagree with the words.
    """
    sd = sqrt(variance + doubt**2)
    exact = STANDARD.cdf((mean - target) / sd)
    edge = 1 / (2 * DOTS)
    shown = found.tenths / 10
    if found.tenths == 0:
        shown = min(max(exact, 1e-9), edge - 1e-3)
    elif found.tenths == 10:
        shown = max(min(exact, 1 - 1e-9), 1 - edge + 1e-3)
    moved = target + sd * STANDARD.inv_cdf(shown)
    return tuple(moved + sd * STANDARD.inv_cdf((i + 0.5) / DOTS) for i in range(DOTS))


def percent5(share: float) -> int:
    """A share in percent, to the nearest 5, but never 0 or 100: nothing here is that sure."""
    return min(max(5 * int(share * 20 + 0.5), 5), 95)
