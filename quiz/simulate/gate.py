"""Bars that the measurement must reach on the live bank, each with two standard errors of slack.

Errors are taken over takers, since the areas of one person err together; shares of a varying number of cases and
ratios have theirs by the delta method.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES
from quiz.measure.curve import Floats
from quiz.simulate.attempts import Outcome, Setting
from quiz.simulate.summary import DECIDED, PROBABLY, Z95, Table, answered

SLACK = 2.0
LEAST_CASES = 500
GAPS = {"gap", "probably-gap"}


@dataclass(frozen=True)
class Bar:
    """A figure with its standard error, and the limits between which it must lie, `SLACK` errors let off."""

    name: str
    value: float
    error: float
    low: float = -inf
    high: float = inf

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.low - SLACK * self.error <= self.value <= self.high + SLACK * self.error

    @property
    def limits(self) -> str:
        """Its limits in words."""
        if self.low == -inf:
            return f"at most {self.high:g}"
        return f"at least {self.low:g}" if self.high == inf else f"{self.low:g} to {self.high:g}"


def usual_bars(bank: BankVersion, setting: Setting, outcomes: Sequence[Outcome]) -> list[Bar]:
    """What must hold of attempts in the usual world."""
    table = answered(bank, setting, outcomes)
    return [
        _coverage("95 % ranges hold the truth", table, 0.935, 0.965),
        *_coverage_by_area(bank, table),
        *_seniorities(outcomes),
        *_printed(table),
        _share_of("“met” and “gap” that are wrong", *table.said(DECIDED)[::-1], high=0.07),
        _share_of("verdicts of at least “probably”", table.said(PROBABLY)[0], low=0.78),
        _share_of("of these, wrong", *table.said(PROBABLY)[::-1], high=0.15),
        _exposure(bank, outcomes),
    ]


def doubtful_bars(bank: BankVersion, setting: Setting, outcomes: Sequence[Outcome]) -> list[Bar]:
    """What must hold where authors err more than is assumed."""
    table = answered(bank, setting, outcomes)
    return [_coverage(f"95 % ranges, level error {setting.world.level_error:g}", table, 0.93, inf)]


def choice_bars(bank: BankVersion, setting: Setting, chosen: Sequence[Outcome], drawn: Sequence[Outcome]) -> list[Bar]:
    """What choosing must gain over drawing at random, for the same people in the same time."""
    ours, theirs = answered(bank, setting, chosen), answered(bank, setting, drawn)
    brier = [((one.chance - one.met) ** 2).mean(axis=1) for one in (ours, theirs)]
    settled = [one.said(PROBABLY)[0].mean(axis=1) for one in (ours, theirs)]
    ratio, error = _ratio(*brier)
    gain = settled[0] - settled[1]
    return [
        Bar("Brier score against random choice, share saved", 1 - ratio, error, low=0.05),
        Bar("verdicts settled more than by random choice", float(gain.mean()), _error(gain), low=0.03),
    ]


def persona_bars(name: str, outcomes: Sequence[Outcome]) -> list[Bar]:
    """What must not be said of someone one step above every target."""
    gaps = np.array([np.mean([verdict in GAPS for verdict in one.verdicts]) for one in outcomes])
    return [Bar(f"{name}: areas called a gap or probably one", float(gaps.mean()), _error(gaps), high=0.1)]


def _coverage(name: str, table: Table, low: float, high: float) -> Bar:
    inside = table.inside(Z95).mean(axis=1)
    return Bar(name, float(inside.mean()), _error(inside), low, high)


def _coverage_by_area(bank: BankVersion, table: Table) -> Iterator[Bar]:
    for i, area in enumerate(bank.catalogue.areas):
        yield _coverage(f"95 % ranges, {area.id}", table.columns([i]), 0.92, 0.97)


def _seniorities(outcomes: Sequence[Outcome]) -> Iterator[Bar]:
    for i, seniority in enumerate(SENIORITIES):
        off = np.array([(one.chances[i] - one.met[i]).mean() for one in outcomes])
        yield Bar(f"mean chance less share met, {seniority}", float(off.mean()), _error(off), -0.02, 0.02)


def _printed(table: Table) -> Iterator[Bar]:
    for tenths in np.unique(table.tenths):
        cases = table.tenths == tenths
        if cases.sum() >= LEAST_CASES:
            said = tenths / 10
            yield _share_of(
                f"printed {tenths} in 10", cases & (table.met > 0), cases, low=said - 0.05, high=said + 0.05
            )


def _share_of(
    name: str, part: np.ndarray, whole: np.ndarray | None = None, *, low: float = -inf, high: float = inf
) -> Bar:
    """The share of cases (takers, areas), of all or of these."""
    value, error = _ratio(part.sum(axis=1), (np.ones_like(part) if whole is None else whole).sum(axis=1))
    return Bar(name, value, error, low, high)


def _exposure(bank: BankVersion, outcomes: Sequence[Outcome]) -> Bar:
    used = np.bincount(np.concatenate([one.rows for one in outcomes]), minlength=len(bank.live))
    most, n = float(used.max()) / len(outcomes), len(outcomes)
    return Bar("the most used question, share of takers", most, sqrt(most * (1 - most) / n), high=0.35)


def _ratio(above: Floats, below: Floats) -> tuple[float, float]:
    """Σ above / Σ below over takers, with its standard error."""
    ratio = float(above.sum() / max(below.sum(), 1e-12))
    return ratio, float(_error(above - ratio * below) / max(below.mean(), 1e-12))


def _error(values: Floats) -> float:
    return float(np.std(values) / sqrt(len(values)))
