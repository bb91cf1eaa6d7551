"""Which question tells most per second about what the person wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import erf, sqrt

import numpy as np

from quiz.measure.belief import Belief
from quiz.measure.curve import Curves, Floats, Ints, information

NODES = 7


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


def usefulness(goal: Goal, belief: Belief, skills: Ints, curves: Curves, seconds: Floats) -> Floats:
    """How much each question is expected to settle, per second: (n,).

    The relative fall of each area's variance, weighed by 4p(1 − p), how open the area's verdict is.
    """
    nodes, weights = _gauss_hermite()
    variance = belief.covariance.diagonal()[skills]
    theta = belief.mean[skills][:, None] + np.sqrt(variance)[:, None] * nodes
    expected = information(curves, theta) @ weights
    cross = (goal.weights @ belief.covariance)[:, skills]
    fall = cross**2 * expected / (1 + expected * variance)
    areas = belief.of(goal.weights)
    chances = goal.chances_at(areas)
    open_ = (4 * chances * (1 - chances)).max(axis=0)
    return np.asarray((open_ / areas.covariance.diagonal()) @ fall / seconds)


@cache
def _gauss_hermite() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()
