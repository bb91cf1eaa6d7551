"""Calibration: items' parameters from stored answers by marginal maximum likelihood (Bock and Aitkin 1981).

Without priors abilities are N(0, 1) and every slope is free. With priors the authors' levels hold the scale:

- an item's two-in-three point (where two thirds of its score are expected) is normal around its level, its slope
  lognormal around the assumed one; a slope is estimated from `ENOUGH` answers on, and luck never;
- in each EM cycle the two-in-three points are regressed on the levels. Levels L lie at start + step·L on the scale
  of the moment, priors are applied there, and the result is given on the scale of the levels: intercept 0, slope 1.
  In each cycle and not once at the end, since an item with few answers is drawn to where its level lies, and that
  must be the place which the other items give to the level. The drawn-in points make it a regression in which
  items count by what their answers tell; it also keeps the shift of all items out of the population.
- The unit of the moment is the one in which the assumed slopes hold on the whole. So all slopes, assumed ones too,
  are multiplied by the same `slope` in the end: that factor is what the levels say one step is worth.

Cycles are speeded up in two ways that leave the solution alone: the population's mean and sd are estimated in each
cycle and then transformed away (Liu, Rubin and Wu 1998), and Anderson's extrapolation (Walker and Ni 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.measure.calibration.data import Expected, Item, Patterns, Responses, expect, patterns, usable
from quiz.measure.calibration.errors import Fit, standard_errors
from quiz.measure.calibration.items import (
    FARTHEST,
    SLOPES,
    Columns,
    Line,
    Priors,
    Step,
    bounded,
    chances,
    columns_of,
    prior_bend,
    priors_of,
)
from quiz.measure.curve import Floats, Ints

ENOUGH = 250
"""Answers from which on an item's slope is estimated."""
NODES, REACH = 61, 6.0
"""Abilities at which the integral over the population is taken, evenly from −6 to 6 standard deviations.

Against a posterior that is narrower than the population by a factor s the trapezoid rule errs by 2·exp(−2π²·(s/.2)²):
1e-8 at s = .2 (some 80 answers), 1e-2 at s = .1."""
TOLERANCE = 1e-6
MAX_CYCLES = 1000
EXTRAPOLATED = 200
"""Cycles after which plain EM goes on alone: answers without a clear optimum can lead extrapolation in circles."""
MEMORY = 6
"""How many earlier cycles an extrapolation uses."""
STEPS = (0.5, 2.0)
"""How much of the assumed slope a step may be worth; beyond, too few or contradicting answers are likelier."""
START_SD = 1.3


@dataclass(frozen=True)
class Estimate:
    """An item's parameters with standard errors (None: not estimated, or unknown) and its number `n` of answers.

    `c` is the share of the full score that luck brings.
    """

    id: str
    a: float
    b: float
    c: float
    se_a: float | None
    se_b: float | None
    n: int


@dataclass(frozen=True)
class Calibration:
    """What was found: items, log-likelihood, EM cycles, the population's `mean` and `sd`.

    `slope` is the common factor on the assumed slopes (None without priors); `standard_errors` is "full" or
    "per item" (errors.py); `warnings` are sentences.
    """

    items: tuple[Estimate, ...]
    loglik: float
    iterations: int
    mean: float
    sd: float
    slope: float | None
    standard_errors: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """All that stays the same while the parameters move."""

    data: Patterns
    columns: Columns
    free: NDArray[np.bool_]
    priors: Priors | None
    nodes: Floats
    log_density: Floats


@dataclass(frozen=True)
class State:
    """The parameters: `log_a` and `b` (items,) and the standard deviation of abilities, whose mean is 0."""

    log_a: Floats
    b: Floats
    sd: float

    def vector(self) -> Floats:
        """All in one row, for extrapolation."""
        return np.concatenate([self.log_a, self.b, [np.log(self.sd)]])

    @staticmethod
    def of(vector: Floats) -> State:
        """The parameters in such a row, within bounds."""
        items = len(vector) // 2
        return State(*bounded(vector[:items], vector[items:-1]), float(np.exp(np.clip(vector[-1], -3, 3))))


def calibrate(
    responses: Responses,
    items: Sequence[Item],
    most_cycles: int = MAX_CYCLES,
    told: Callable[[float], object] = lambda _: None,
) -> Calibration:
    """Estimate the parameters of `items`, which `responses` number, from all answers together.

    `told` hears after each cycle what share of the way is done, as far as one can tell. Either all items have priors
    or none has. Raises ValueError where an answer is given twice, a score can't be,
    or too little is left to estimate anything. What else can't be used is left out and named in the warnings.
    """
    _refuse(responses, items)
    used, kept, warnings = usable(responses, items)
    if len(kept) < (1 if kept and kept[0].prior else 3):
        raise ValueError("too few items are left: with authors' levels 1 is needed, without them 3")
    columns = columns_of(kept)
    n = np.bincount(used.item, minlength=len(kept))
    priors = [item.prior for item in kept if item.prior]
    free = np.ones(len(kept), dtype=bool) if not priors else n >= ENOUGH
    nodes = np.linspace(-REACH, REACH, NODES)
    log_density = -(nodes**2) / 2
    log_density -= np.log(np.exp(log_density).sum())
    data = patterns(used, columns.first, len(columns.item))
    problem = Problem(data, columns, free, priors_of(priors, free) if priors else None, nodes, log_density)
    state, loglik, cycles = _solve(problem, _start(used, kept), most_cycles, told)
    if cycles == most_cycles:
        warnings.append(f"the estimates still moved after {most_cycles} cycles; take them with care")
    return _result(problem, state, kept, n, warnings, Figures(loglik, cycles))


def _refuse(responses: Responses, items: Sequence[Item]) -> None:
    if len({item.prior is None for item in items}) > 1:
        raise ValueError("either all items have priors or none has")
    pairs = responses.person.astype(np.int64) * responses.items + responses.item
    pairs.sort()
    if (np.diff(pairs) == 0).any():
        raise ValueError("a person has two answers to the same item")
    size = max(2, *(len(item.weights) for item in items))
    possible = np.array([[_can_be(item, score) for score in range(size)] for item in items])
    wrong = (responses.score < 0) | (responses.score >= size)
    if wrong.any() or not possible[responses.item, responses.score].all():
        raise ValueError("an item has a score that it can't have")


def _can_be(item: Item, score: int) -> bool:
    return score < len(item.weights) and item.weights[score] + item.luck[score] > 0


def _start(responses: Responses, items: Sequence[Item]) -> State:
    """Where to begin: assumed slopes, and places from each item's mean score."""
    n = np.bincount(responses.item, minlength=len(items))
    top = np.array([len(item.weights) - 1 for item in items])
    lucky = np.array([luck_of(item) for item in items])
    share = (np.bincount(responses.item, responses.score, len(items)) + 0.5 * top) / ((n + 1) * top)
    knowing = np.clip((share - lucky) / (1 - lucky), 0.02, 0.98)
    slope = np.array([item.prior.slope if item.prior else 1.0 for item in items])
    sd = START_SD if items[0].prior else 1.0
    return State(np.log(slope), -np.log(knowing / (1 - knowing)) * np.sqrt(1 + 0.35 * (slope * sd) ** 2) / slope, sd)


def luck_of(item: Item) -> float:
    """The share of the full score that luck brings to someone who knows nothing; c of a right-or-wrong item."""
    return sum(k * chance for k, chance in enumerate(item.luck)) / (len(item.luck) - 1)


def _solve(
    problem: Problem, state: State, most_cycles: int, told: Callable[[float], object]
) -> tuple[State, float, int]:
    """The fixed point of the EM cycle, its log-likelihood, and the number of cycles."""
    points: list[Floats] = []
    moves: list[Floats] = []
    after, loglik = _cycle(problem, state)
    cycles = 1
    first = None
    while cycles < most_cycles:
        move = after.vector() - state.vector()
        size = np.abs(move).max()
        if size < TOLERANCE:
            break
        first = first or size
        told(
            float(np.log(first / size) / np.log(first / TOLERANCE))
        )  # each cycle's move is about a fixed part of the last
        astray = moves and size > 2 * np.abs(moves[-1]).max()
        if astray or cycles > EXTRAPOLATED:  # forget what led here, and go on with a plain cycle
            points, moves = [], []
        points, moves = [*points, after.vector()][-MEMORY:], [*moves, move][-MEMORY:]
        state = State.of(_extrapolated(points, moves))
        after, loglik = _cycle(problem, state)
        cycles += 1
    return state, loglik, cycles


def _extrapolated(points: Sequence[Floats], moves: Sequence[Floats]) -> Floats:
    """Where the cycles lead, by the mixture of the last ones that would have moved least."""
    if len(points) == 1:
        return points[0]
    mixture, *_ = np.linalg.lstsq(np.diff(moves, axis=0).T, moves[-1], rcond=1e-10)
    return np.asarray(points[-1] - np.diff(points, axis=0).T @ mixture)


def _cycle(problem: Problem, state: State) -> tuple[State, float]:
    """One EM cycle, and the log-likelihood of the parameters that went in."""
    found = _expect(problem, state)
    line = _line(problem.priors, state)
    theta = state.sd * problem.nodes
    step = Step(problem.columns, found.counts, theta, problem.free, problem.priors, line)
    log_a, b = step.improve(state.log_a, state.b)
    mean, square = found.mass @ np.column_stack([theta, theta**2]) / found.mass.sum()
    sd = float(np.sqrt(square - mean**2))
    if problem.priors is None:
        return State(*bounded(log_a + np.log(sd), (b - mean) / sd), 1.0), found.loglik
    return State(*bounded(log_a, b - mean), sd), found.loglik


def _expect(problem: Problem, state: State) -> Expected:
    at = chances(problem.columns, state.log_a, state.b, state.sd * problem.nodes)
    return expect(problem.data, at.log, problem.log_density)


def _line(priors: Priors | None, state: State) -> Line:
    """How the levels lie on the scale of the moment: the regression of two-in-three points on levels."""
    if priors is None:
        return Line(0.0, 1.0)
    points, weight = priors.points(state.log_a, state.b), 1 / priors.doubt**2
    level, point = np.average(np.stack([priors.level, points]), axis=1, weights=weight)
    spread = weight @ (priors.level - level) ** 2
    step = 1.0 if spread == 0 else np.clip(weight @ ((priors.level - level) * points) / spread, *STEPS)
    return Line(float(point - step * level), float(step))


@dataclass(frozen=True)
class Figures:
    """How the search ended."""

    loglik: float
    cycles: int


def _result(
    problem: Problem, state: State, items: Sequence[Item], n: Ints, warnings: Sequence[str], end: Figures
) -> Calibration:
    """The parameters on the scale of the levels, or of N(0, 1) abilities without priors."""
    line = _line(problem.priors, state)
    errors = standard_errors(_fit(problem, state, line))
    a, b = np.exp(state.log_a) * line.step, (state.b - line.start) / line.step
    se_a, se_b = a * errors.log_a, errors.b / line.step
    estimates = tuple(
        Estimate(item.id, float(a[i]), float(b[i]), luck_of(item), _known(se_a[i]), _known(se_b[i]), int(n[i]))
        for i, item in enumerate(items)
    )
    notes = (*warnings, *_at_bounds(state, items), *_unit(problem.priors, line))
    mean, sd = (0.0 - line.start) / line.step, state.sd / line.step
    slope = None if problem.priors is None else line.step
    return Calibration(estimates, end.loglik, end.cycles, mean, sd, slope, errors.kind, notes)


def _fit(problem: Problem, state: State, line: Line) -> Fit:
    at = chances(problem.columns, state.log_a, state.b, state.sd * problem.nodes)
    prior = None if problem.priors is None else prior_bend(problem.priors, line, state.log_a, state.b)
    a = np.exp(state.log_a)
    estimated = problem.free & (state.log_a > np.log(SLOPES[0])) & (state.log_a < np.log(SLOPES[1]))
    return Fit(problem.data, problem.columns, at, a, estimated, problem.log_density, prior)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _at_bounds(state: State, items: Sequence[Item]) -> Iterator[str]:
    """What an estimate at a bound means."""
    low, high = np.log(SLOPES)
    for item, log_a, b in zip(items, state.log_a, state.b, strict=True):
        if log_a <= low:
            yield f"item {item.id}: its score does not rise with ability; look at its key"
        elif log_a >= high or abs(b) >= FARTHEST:
            yield f"item {item.id}: these answers set no limit to its slope or its place; it was held"


def _unit(priors: Priors | None, line: Line) -> Iterator[str]:
    """Where the levels could not hold the unit of the scale."""
    if priors is None:
        return
    if np.ptp(priors.level) == 0:
        yield "all items have the same level, so the assumed slopes hold the unit of the scale"
    elif line.step in STEPS:
        held = f"slopes were held at {line.step:g} times the assumed ones"
        yield f"the levels and the answers disagree about the unit of the scale; {held}"
