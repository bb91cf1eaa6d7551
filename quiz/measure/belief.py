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


def update(prior: Belief, skills: Ints, curves: Curves, scores: Ints) -> Belief:
    """The belief after answers: `skills`, `scores` (n,) and one curve per answer.

    Expectation propagation with 21-point Gauss–Hermite moments, all sites at once, damped, until no site
    moves a mean or a standard deviation by 1e-4. No answers: the prior.
    """
    if len(scores) == 0:
        return prior
    return _spread(prior, _sites(prior, skills, curves, scores))


def without_each(prior: Belief, skills: Ints, curves: Curves, scores: Ints) -> tuple[Floats, Floats]:
    """For each answer, mean and sd (n,) of its skill as all the other answers leave it.

    These are expectation propagation's cavities: taking a site out of the belief again instead of folding n times.
    """
    if len(scores) == 0:
        return np.zeros(0), np.zeros(0)
    sites = _sites(prior, skills, curves, scores)
    precision = np.maximum(1 / sites.variance - sites.precision, SMALLEST)
    return (sites.mean / sites.variance - sites.shift) / precision, np.sqrt(1 / precision)


@dataclass(frozen=True)
class _Sites:
    """One Gaussian factor per answer, `precision` and `shift` (n,), on the skills `used`, which `of` (n,) numbers.

    `mean` and `variance` (n,) are those of each answer's skill, this answer included.
    """

    used: Ints
    of: Ints
    precision: Floats
    shift: Floats
    mean: Floats
    variance: Floats


def _sites(prior: Belief, skills: Ints, curves: Curves, scores: Ints) -> _Sites:
    nodes, node_weights = _gauss_hermite()
    used, site_of = np.unique(skills, return_inverse=True)
    k_used = prior.covariance[np.ix_(used, used)]
    m_used = prior.mean[used]
    precision, shift = np.zeros(len(scores)), np.zeros(len(scores))
    mean: Floats = m_used[site_of]
    variance: Floats = np.diag(k_used)[site_of]
    identity = np.eye(len(used))
    for _ in range(MAX_ROUNDS):
        cavity_precision = np.maximum(1 / variance - precision, SMALLEST)
        cavity_mean = (mean / variance - shift) / cavity_precision
        theta = cavity_mean[:, None] + np.sqrt(1 / cavity_precision)[:, None] * nodes
        mass = likelihood(curves, scores, theta) * node_weights
        total = mass.sum(axis=1)
        tilted_mean = (mass * theta).sum(axis=1) / total
        tilted_variance = (mass * (theta - tilted_mean[:, None]) ** 2).sum(axis=1) / total
        precision = precision + DAMPING * (1 / tilted_variance - cavity_precision - precision)
        shift = shift + DAMPING * (tilted_mean / tilted_variance - cavity_mean * cavity_precision - shift)
        t = np.bincount(site_of, precision, len(used)).astype(float)
        h = np.bincount(site_of, shift, len(used)).astype(float)
        solved = np.linalg.solve(identity + k_used * t, np.column_stack([k_used, m_used + k_used @ h]))
        before = mean, variance
        mean, variance = np.asarray(solved[:, -1][site_of], float), np.asarray(np.diag(solved)[site_of], float)
        moved = max(np.abs(mean - before[0]).max(), np.abs(np.sqrt(variance) - np.sqrt(before[1])).max())
        if moved < TOLERANCE:
            break
    return _Sites(used, site_of, precision, shift, mean, variance)


def _spread(prior: Belief, sites: _Sites) -> Belief:
    """The joint belief over all skills from the sites of the skills that were asked."""
    k, used = prior.covariance, sites.used
    t = np.bincount(sites.of, sites.precision, len(used)).astype(float)
    h = np.bincount(sites.of, sites.shift, len(used)).astype(float)
    k_used = k[np.ix_(used, used)]
    gain = np.linalg.solve(
        np.eye(len(used)) + t[:, None] * k_used, np.column_stack([np.diag(t), h - t * prior.mean[used]])
    )
    cross = k[:, used]
    covariance = k - cross @ gain[:, :-1] @ cross.T
    return Belief(prior.mean + cross @ gain[:, -1], (covariance + covariance.T) / 2)


@cache
def _gauss_hermite() -> tuple[Floats, Floats]:
    """Nodes and weights for the mean over a standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()
