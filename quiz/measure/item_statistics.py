"""What answers say about an item: classical statistics, and its curve held against what people did.

People are compared by their level *without* this item: mean and sd of its skill as their other answers leave it
(`measure.belief.without_each`). In an adaptive test everyone answers other items, so that the usual rest score,
the sum over the other items, would compare what can't be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import atanh, erfc, exp, gamma, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from quiz.measure.curve import Curve, Floats, Ints, probabilities, stack, two_thirds_at
from quiz.measure.guessing import EXPECTED

LEAST = 30
"""Answers below which nothing is said."""
LONGEST = 1800
"""Seconds after which someone has taken a break; more are counted as this many."""
GROUPS, LEAST_IN_GROUP = 5, 10
THIRDS = 3
Z = 1.959964
NODES = 15
FARTHEST = 6.0

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """All answers to one item, each array (n,).

    `score`, whether it was "I don't know", `seconds`, the person's level without this item as `mean` and `sd` in
    steps, and whether it was given since the bank's newest version.
    """

    score: Ints
    unknown: Mask
    seconds: Floats
    mean: Floats
    sd: Floats
    since: Mask

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval (Wilson 1927)."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Correlation:
    """A correlation with its 95 % interval (Fisher's z); None where scores or levels are all alike."""

    r: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """People of similar level: their mean level, how many, and the share of the score they got and should get."""

    level: float
    n: int
    observed: float
    expected: float


@dataclass(frozen=True)
class Fit:
    """The curve against the answers.

    `chi2` over the groups with its p value (small: the curve is wrong); `infit`, the information-weighted mean
    square of the residuals (1 is as expected; Wright and Masters 1982); `shift`, how many steps harder the item is
    than its curve says, with the standard error.
    """

    groups: tuple[Group, ...]
    chi2: float
    p: float
    infit: float
    shift: float
    shift_error: float


@dataclass(frozen=True)
class Drift:
    """How the share of the score, beyond what the curve expects, differs since the newest version from before it."""

    before: int
    since: int
    difference: float
    error: float


@dataclass(frozen=True)
class Figures:
    """What is said of an item.

    `right`: full marks; `discrimination`: the corrected point-biserial (item score against level without it);
    `seconds`: the median; `drift`: None below `LEAST` answers on either side.
    """

    n: int
    right: Share
    unknown: Share
    score: float
    discrimination: Correlation | None
    seconds: float
    fit: Fit
    drift: Drift | None


def figures(answers: Answers, curve: Curve, *, guessable: bool) -> Figures | None:
    """The figures of one item, or None below `LEAST` answers.

    `curve` has the luck of someone who always guesses; for a `guessable` item it is scaled to the usual habit.
    """
    if len(answers) < LEAST:
        return None
    best = len(curve.weights) - 1
    score = answers.score / best
    return Figures(
        n=len(answers),
        right=share(int((answers.score == best).sum()), len(answers)),
        unknown=share(int(answers.unknown.sum()), len(answers)),
        score=float(score.mean()),
        discrimination=correlation(score, answers.mean),
        seconds=float(np.median(np.minimum(answers.seconds, LONGEST))),
        fit=_fit(answers, _usual(curve) if guessable else curve),
        drift=_drift(answers, _usual(curve) if guessable else curve),
    )


def thirds(mean: Floats) -> Ints:
    """For each person 0, 1 or 2: the lower, middle or upper third by level."""
    order = np.argsort(mean, kind="stable")
    found = np.zeros(len(mean), dtype=np.int64)
    for third, rows in enumerate(np.array_split(order, THIRDS)):
        found[rows] = third
    return found


def share(count: int, n: int) -> Share:
    """A share of n with Wilson's interval."""
    p, z2 = count / n, Z**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z * sqrt(p * (1 - p) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return Share(p, max(0.0, middle - reach), min(1.0, middle + reach))


def correlation(one: Floats, other: Floats) -> Correlation | None:
    """Pearson's correlation with its interval; with a right-or-wrong score this is the point-biserial."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    r = float(np.clip(np.corrcoef(one, other)[0, 1], -1, 1))
    z, reach = atanh(max(-0.999999, min(0.999999, r))), Z / sqrt(len(one) - 3)
    return Correlation(r, tanh(z - reach), tanh(z + reach))


def level_at(curve: Curve, *, guessable: bool) -> float:
    """The level, in steps, at which the curve expects two thirds of the score."""
    used = _usual(curve) if guessable else curve
    return used.b + two_thirds_at(used.weights, used.luck) / used.a


def expected_shares(curve: Curve, levels: Floats, *, guessable: bool) -> Floats:
    """The share of the score (n,) that the curve expects of people who stand exactly at these levels."""
    used = stack([_usual(curve) if guessable else curve])
    chances = probabilities(used, levels[None, :])[:, 0, :]
    return np.asarray(np.arange(len(chances)) / (len(curve.weights) - 1) @ chances)


def chi2_tail(value: float, freedom: int) -> float:
    """The chance that χ² with so many degrees of freedom is at least this (Abramowitz and Stegun 26.4.4, 26.4.5)."""
    half = value / 2
    s, tail = (1.0, exp(-half)) if freedom % 2 == 0 else (0.5, erfc(sqrt(half)))
    while s < freedom / 2:
        tail += half**s * exp(-half) / gamma(s + 1)
        s += 1
    return min(1.0, tail)


def _usual(curve: Curve) -> Curve:
    """The curve of a person who guesses as often as usual."""
    return replace(curve, luck=(EXPECTED * curve.luck[0] + 1 - EXPECTED, *(EXPECTED * p for p in curve.luck[1:])))


def _expected(answers: Answers, curve: Curve, shift: float = 0.0) -> tuple[Floats, Floats]:
    """Mean and variance (n,) of each person's share of the score, over the doubt in their level."""
    nodes, weights = _gauss_hermite()
    theta = answers.mean[:, None] + answers.sd[:, None] * nodes
    alike = stack([replace(curve, b=curve.b + shift)]).take(np.zeros(len(answers), dtype=np.int64))
    chances = probabilities(alike, theta) @ weights
    credit = np.arange(len(chances)) / (len(curve.weights) - 1)
    mean = credit @ chances
    return mean, credit**2 @ chances - mean**2


def _fit(answers: Answers, curve: Curve) -> Fit:
    score = answers.score / (len(curve.weights) - 1)
    expected, variance = _expected(answers, curve)
    order = np.argsort(answers.mean, kind="stable")
    split = np.array_split(order, max(1, min(GROUPS, len(answers) // LEAST_IN_GROUP)))
    rest = score - expected
    chi2 = float(sum(rest[rows].sum() ** 2 / variance[rows].sum() for rows in split))
    groups = tuple(
        Group(float(answers.mean[rows].mean()), len(rows), float(score[rows].mean()), float(expected[rows].mean()))
        for rows in split
    )
    shift = _shift(answers, curve, float(score.sum()))
    slope = (_expected(answers, curve, shift + 0.01)[0] - _expected(answers, curve, shift - 0.01)[0]).sum() / 0.02
    error = float(np.sqrt(_expected(answers, curve, shift)[1].sum()) / max(abs(slope), 1e-9))
    infit = float((rest**2).sum() / variance.sum())
    return Fit(groups, chi2, chi2_tail(chi2, len(split)), infit, shift, error)


def _shift(answers: Answers, curve: Curve, total: float) -> float:
    """By how many steps b must move so that the people are expected to score what they did (by halving)."""
    low, high = -FARTHEST, FARTHEST
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if _expected(answers, curve, middle)[0].sum() > total else (low, middle)
    return (low + high) / 2


def _drift(answers: Answers, curve: Curve) -> Drift | None:
    since, before = int(answers.since.sum()), int((~answers.since).sum())
    if min(since, before) < LEAST:
        return None
    expected, variance = _expected(answers, curve)
    rest = answers.score / (len(curve.weights) - 1) - expected
    difference = float(rest[answers.since].mean() - rest[~answers.since].mean())
    error = sqrt(variance[answers.since].sum() / since**2 + variance[~answers.since].sum() / before**2)
    return Drift(before, since, difference, error)


@cache
def _gauss_hermite() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()
