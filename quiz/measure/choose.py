"""Which question tells most per second about what the person wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from quiz.measure.belief import Belief
from quiz.measure.curve import Curves, Floats, Ints, information

LEVELS = np.linspace(-6.0, 10.0, 33)
"""Steps at which it is known beforehand what a question tells; the expectation over a belief is a sum over these."""


@dataclass(frozen=True)
class Goal:
    """What an attempt is to settle: area levels as weighted skills, and targets to be met or not.

    `weights` (areas, skills); `targets` (jobs, areas): one job, or all seniorities where the person is not
    sure which; `doubt` the standard deviation of the doubt in targets, in steps.
    """

    weights: Floats
    targets: Floats
    doubt: float

    def chances(self, belief: Belief) -> Floats:
        """The chance that each target is met: (jobs, areas)."""
        return self.chances_at(belief.of(self.weights))

    def chances_at(self, areas: Belief) -> Floats:
        """The same from the belief about areas."""
        z = (areas.mean - self.targets) / np.sqrt(np.diag(areas.covariance) + self.doubt**2)
        return np.array([[normal_cdf(value) for value in row] for row in z])


def normal_cdf(z: float) -> float:
    """Φ(z)."""
    return 0.5 * (1 + erf(z / sqrt(2)))


def told_at_levels(curves: Curves) -> Floats:
    """What each question tells at each of `LEVELS`, as Fisher information: (n, levels)."""
    return information(curves, np.tile(LEVELS, (len(curves), 1)))


def usefulness(goal: Goal, belief: Belief, skills: Ints, told: Floats, seconds: Floats) -> Floats:
    """How much each question is expected to settle, per second: (n,). `told`: see `told_at_levels`.

    The relative fall of each area's variance, weighed by 4p(1 − p), how open the area's verdict is.
    """
    variance = belief.covariance.diagonal()
    expected = np.einsum("nl,nl->n", told, _chances_of_levels(belief.mean, variance)[skills])
    cross = (goal.weights @ belief.covariance)[:, skills]
    fall = cross**2 * expected / (1 + expected * variance[skills])
    areas = belief.of(goal.weights)
    chances = goal.chances_at(areas)
    open_ = (4 * chances * (1 - chances)).max(axis=0)
    return np.asarray((open_ / areas.covariance.diagonal()) @ fall / seconds)


def _chances_of_levels(mean: Floats, variance: Floats) -> Floats:
    """How likely each of `LEVELS` is, for each skill: (skills, levels), rows add up to 1."""
    inside = np.minimum(np.maximum(mean, LEVELS[0]), LEVELS[-1])
    density = np.exp((LEVELS - inside[:, None]) ** 2 / (-2 * variance[:, None]))
    return np.asarray(density / density.sum(axis=1, keepdims=True))
