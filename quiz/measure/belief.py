"""The belief about one person: a Gaussian over all skills, updated by expectation propagation.

Each answer is a one-dimensional site on its skill (Minka 2001). All sites are refined in parallel, from
scratch on every call, so the order of answers does not matter. Site precisions may be negative, because a
curve with a guessing floor is not log-concave; they are never clamped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from quiz.measure.curve import Curves, Floats, Ints, likelihood

NODES = 21
WHOLE_STEPS = 10
"""Rounds in which sites move as far as they would. Five are nearly always enough; what still swings is damped."""
DAMPING = 0.8
TOLERANCE = 1e-4
MAX_ROUNDS = 100
SMALLEST = 1e-9


@dataclass(frozen=True)
class Belief:
    """Mean (skills,) and covariance (skills, skills), in steps."""

    mean: Floats
    covariance: Floats

    def of(self, weights: Floats) -> Belief:
        """The belief about weighted means of skills, such as areas: weights (k, skills) gives dimension k."""
        return Belief(weights @ self.mean, weights @ self.covariance @ weights.T)

    @property
    def sd(self) -> Floats:
        """Standard deviation of each, in steps."""
        return np.sqrt(np.diag(self.covariance))


def population(mean: float, general: float, area: float, skill: float, area_of: Sequence[int]) -> Belief:
    """What is believed before any answer: variances shared by all skills, by an area's skills, and a skill's own.

    `area_of[k]` is the number of the area that skill k belongs to.
    """
    same_area = np.equal.outer(area_of, area_of)
    covariance = general + area * same_area + skill * np.eye(len(area_of))
    return Belief(np.full(len(area_of), float(mean)), covariance)


def update(prior: Belief, skills: Ints, curves: Curves, scores: Ints, tolerance: float = TOLERANCE) -> Belief:
    """The belief after answers: `skills`, `scores` (n,) and one curve per answer.

    Expectation propagation with 21-point Gauss–Hermite moments, all sites at once, until no site moves a mean or a
    standard deviation by `tolerance`, in steps. No answers: the prior.
    """
    if len(scores) == 0:
        return prior
    sites = _sites(prior, skills, curves, scores, tolerance)
    across = prior.covariance[:, skills]
    covariance = prior.covariance - across @ (sites.solved * sites.precision) @ across.T
    return Belief(prior.mean + across @ sites.pull, (covariance + covariance.T) / 2)


def without_each(prior: Belief, skills: Ints, curves: Curves, scores: Ints) -> tuple[Floats, Floats]:
    """For each answer, mean and sd (n,) of its skill as all the other answers leave it.

    These are expectation propagation's cavities: taking a site out of the belief again instead of folding n times.
    """
    if len(scores) == 0:
        return np.zeros(0), np.zeros(0)
    sites = _sites(prior, skills, curves, scores, TOLERANCE)
    precision = np.maximum(1 / sites.variance - sites.precision, SMALLEST)
    return (sites.mean / sites.variance - sites.shift) / precision, np.sqrt(1 / precision)


@dataclass(frozen=True)
class _Sites:
    """One Gaussian factor per answer, `precision` and `shift` (n,), on the level of the answer's skill.

    `mean` and `variance` (n,) are of these levels, all answers included. With K the prior covariance of the levels,
    T the precisions and m the prior mean, `solved` is (I + TK)⁻¹ and `pull` is (I + TK)⁻¹(shift − Tm): what follows for
    any skill is a product with its prior covariance to the levels. Nothing needs the inverse of K, so that many answers
    may be on one skill, and none that of T, which may be zero or negative.
    """

    precision: Floats
    shift: Floats
    mean: Floats
    variance: Floats
    solved: Floats
    pull: Floats


def _sites(prior: Belief, skills: Ints, curves: Curves, scores: Ints, tolerance: float) -> _Sites:
    """Written for few numpy calls: with some dozen answers these cost more than the arithmetic in them."""
    chance = likelihood(curves, scores)
    nodes, powers = _gauss_hermite()
    k, at_first = prior.covariance[skills[:, None], skills], prior.mean[skills]
    one = np.eye(len(scores))
    precision, shift = np.zeros(len(scores)), np.zeros(len(scores))
    mean, variance = at_first, k.diagonal()
    sd = np.sqrt(variance)
    for done in range(MAX_ROUNDS):
        cavity_precision = np.maximum(1 / variance - precision, SMALLEST)
        cavity_mean = (mean / variance - shift) / cavity_precision
        cavity_sd = np.sqrt(1 / cavity_precision)
        theta = cavity_mean[:, None] + cavity_sd[:, None] * nodes
        mass, first, second = (chance(theta) @ powers).T
        z = first / mass
        tilted_precision = cavity_precision / (second / mass - z * z)
        wanted = tilted_precision - cavity_precision
        wanted_shift = (cavity_mean + cavity_sd * z) * tilted_precision - cavity_mean * cavity_precision
        if done < WHOLE_STEPS:
            precision, shift = wanted, wanted_shift
        else:
            precision = precision + DAMPING * (wanted - precision)
            shift = shift + DAMPING * (wanted_shift - shift)
        solved = np.linalg.inv(one + precision[:, None] * k)
        pull = solved @ (shift - precision * at_first)
        before = mean, sd
        mean, variance = at_first + k @ pull, np.vecdot(k, solved.T)
        sd = np.sqrt(variance)
        if np.abs((mean - before[0], sd - before[1])).max() < tolerance:
            break
    return _Sites(precision, shift, mean, variance, solved, pull)


@cache
def _gauss_hermite() -> tuple[Floats, Floats]:
    """Nodes z of the mean over a standard normal, and (nodes, 3) their weights times 1, z and z²."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, (weights / weights.sum())[:, None] * nodes[:, None] ** np.arange(3)
