"""The M-step of calibration: every item's slope and place from expected counts, all items at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.measure.calibration.data import Item, Prior
from quiz.measure.curve import MAX_X, Floats, Ints

SPREAD = 0.3
"""Standard deviation of the logarithm of slopes around the assumed ones."""
SLOPES = (0.05, 10.0)
FARTHEST = 30.0
"""Bounds of a and |b|, in the unit in which the assumed slopes hold; what reaches them is warned of."""
ROUNDS = 2
HALVINGS = 6
LEAST = 1e-300


@dataclass(frozen=True)
class Columns:
    """All scores of all items in one row: `item`, `score`, `weight`, `luck` (columns,); `first` (items,)."""

    item: Ints
    score: Floats
    weight: Floats
    luck: Floats
    first: Ints


def columns_of(items: Sequence[Item]) -> Columns:
    """The scores of these items."""
    size = np.array([len(item.weights) for item in items])
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    item = np.repeat(np.arange(len(items)), size)
    weight = np.concatenate([item.weights for item in items])
    luck = np.concatenate([item.luck for item in items])
    return Columns(item, (np.arange(len(item)) - first[item]).astype(float), weight, luck, first)


@dataclass(frozen=True)
class Chances:
    """`p` (columns, nodes) of each score, its derivative `dp` by x = a(θ − b), and `x` (items, nodes)."""

    p: Floats
    dp: Floats
    x: Floats

    @property
    def log(self) -> Floats:
        """The logarithms of the chances; a score that is impossible has a very low one."""
        return np.log(np.maximum(self.p, LEAST))

    @property
    def score(self) -> Floats:
        """The derivatives of the logarithms by x."""
        return np.asarray(self.dp / np.maximum(self.p, LEAST))


def chances(columns: Columns, log_a: Floats, b: Floats, theta: Floats) -> Chances:
    """The response curves of quiz/measure/curve.py at abilities theta (nodes,), with what the M-step needs."""
    x = np.clip(np.exp(log_a)[:, None] * (theta - b[:, None]), -MAX_X, MAX_X)
    part = columns.weight[:, None] * np.exp(columns.score[:, None] * x[columns.item])
    part /= np.add.reduceat(part, columns.first)[columns.item]
    credit = columns.score[:, None] * part
    mean = np.add.reduceat(credit, columns.first)[columns.item]
    ignorant = part[columns.first][columns.item]
    p = part * (columns.score > 0)[:, None] + ignorant * columns.luck[:, None]
    return Chances(p, credit - mean * p, x)


@dataclass(frozen=True)
class Line:
    """How the authors' levels lie on the scale of the moment: level L at `start` + `step`·L."""

    start: float
    step: float


@dataclass(frozen=True)
class Priors:
    """Priors of all items as arrays (items,), see Prior; `free` marks the items whose slope is estimated."""

    level: Floats
    doubt: Floats
    log_slope: Floats
    drop: Floats
    free: NDArray[np.bool_]

    def points(self, log_a: Floats, b: Floats) -> Floats:
        """Where on the scale of the moment two thirds of each item's score are expected."""
        return np.asarray(b + self.drop * np.exp(-log_a))


def priors_of(items: Sequence[Prior], free: NDArray[np.bool_]) -> Priors:
    """These priors as arrays."""
    table = np.array([(prior.level, prior.doubt, np.log(prior.slope), prior.drop) for prior in items])
    return Priors(table[:, 0], table[:, 1], table[:, 2], table[:, 3], free)


@dataclass(frozen=True)
class Bend:
    """What a function of each item's (log a, b) is like at a point: its value, gradient, and curvature downwards."""

    value: Floats
    by_a: Floats
    by_b: Floats
    aa: Floats
    ab: Floats
    bb: Floats

    def __add__(self, other: Bend) -> Bend:
        return Bend(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def prior_bend(priors: Priors, line: Line, log_a: Floats, b: Floats) -> Bend:
    """The log prior: two-in-three points are normal around the levels, slopes lognormal around the assumed ones."""
    precision = 1 / (line.step * priors.doubt) ** 2
    beyond = (priors.points(log_a, b) - line.start - line.step * priors.level) * precision
    tilt = -priors.drop * np.exp(-log_a)
    steeper = np.where(priors.free, (log_a - priors.log_slope) / SPREAD**2, 0.0)
    value = -(beyond**2 / precision + steeper**2 * SPREAD**2) / 2
    curved = np.where(priors.free, 1 / SPREAD**2, 0.0)
    return Bend(value, -tilt * beyond - steeper, -beyond, tilt**2 * precision + curved, tilt * precision, precision)


def likelihood_bend(columns: Columns, counts: Floats, log_a: Floats, b: Floats, theta: Floats) -> Bend:
    """The expected log-likelihood, with the expected instead of the observed curvature (Fisher scoring)."""
    at = chances(columns, log_a, b, theta)
    a = np.exp(log_a)
    score = at.score
    answers = np.add.reduceat(counts, columns.first)
    gradient = np.add.reduceat(counts * score, columns.first)
    curvature = answers * np.add.reduceat(at.dp * score, columns.first)
    value = np.add.reduceat((counts * at.log).sum(axis=1), columns.first)
    sums = ((gradient * at.x).sum(axis=1), -a * gradient.sum(axis=1))
    bent = (curvature * at.x**2).sum(axis=1), -a * (curvature * at.x).sum(axis=1), a**2 * curvature.sum(axis=1)
    return Bend(value, *sums, *bent)


@dataclass(frozen=True)
class Step:
    """An M-step's ground: everything but the parameters."""

    columns: Columns
    counts: Floats
    theta: Floats
    free: NDArray[np.bool_]
    priors: Priors | None
    line: Line

    def bend(self, log_a: Floats, b: Floats) -> Bend:
        """The function to be raised."""
        found = likelihood_bend(self.columns, self.counts, log_a, b, self.theta)
        return found if self.priors is None else found + prior_bend(self.priors, self.line, log_a, b)

    def improve(self, log_a: Floats, b: Floats) -> tuple[Floats, Floats]:
        """Better (log a, b): some Newton steps, each item's halved until its value does not fall."""
        here = self.bend(log_a, b)
        for _ in range(ROUNDS):
            move_a, move_b = self._move(here, log_a)
            share = np.ones(len(b))
            for _ in range(HALVINGS):
                new_a, new_b = bounded(log_a + share * move_a, b + share * move_b)
                there = self.bend(new_a, new_b)
                worse = there.value < here.value - 1e-12 * np.abs(here.value)
                if not worse.any():
                    break
                share[worse] /= 2
            worse_or_same = there.value < here.value - 1e-12 * np.abs(here.value)
            log_a, b = np.where(worse_or_same, log_a, new_a), np.where(worse_or_same, b, new_b)
            here = there if not worse_or_same.any() else self.bend(log_a, b)
        return log_a, b

    def _move(self, bend: Bend, log_a: Floats) -> tuple[Floats, Floats]:
        """Newton's step; where it would lead a slope out of bounds, the step of b with that slope held."""
        move_a, move_b = _newton(bend, self.free)
        low, high = np.log(SLOPES)
        out = ((log_a <= low) & (move_a < 0)) | ((log_a >= high) & (move_a > 0))
        return _newton(bend, self.free & ~out) if out.any() else (move_a, move_b)


def bounded(log_a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The nearest parameters within bounds."""
    return np.clip(log_a, *np.log(SLOPES)), np.clip(b, -FARTHEST, FARTHEST)


def _newton(bend: Bend, free: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    aa, bb = bend.aa + 1e-9, bend.bb + 1e-9
    rest = np.where(free, aa * bb - bend.ab**2, 1.0)
    move_a = np.where(free, (bb * bend.by_a - bend.ab * bend.by_b) / np.maximum(rest, 1e-12), 0.0)
    move_a = np.clip(move_a, -1, 1)
    return move_a, np.clip((bend.by_b - bend.ab * move_a) / bb, -3, 3)
