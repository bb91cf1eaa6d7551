"""The belief after random attempts on the live bank, held against importance sampling, which assumes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from quiz.bank.version import BankVersion
from quiz.measure.belief import Belief, update
from quiz.measure.curve import Curves, Floats, Ints, likelihood
from quiz.simulate.gate import Bar
from quiz.simulate.people import World, real_curves, reply, someone

ATTEMPTS, LENGTH = 50, 35
DRAWS, MOST_DRAWS = 60_000, 960_000
WIDER = 1.4
EFFECTIVE = 10_000
SWEEPS = 6

Update = Callable[[Belief, Ints, Curves, Ints], Belief]


@dataclass(frozen=True)
class Given:
    """An attempt as the engine sees it: the skill and curve of each question, and what was scored."""

    skills: Ints
    curves: Curves
    scores: Ints


def random_attempt(bank: BankVersion, number: int) -> Given:
    """Up to 35 questions drawn at random, answered by someone drawn from the prior.

    Every other attempt holds only questions that can be guessed, where the belief is hardest to get right.
    """
    draw = np.random.default_rng([number, 30])
    world = World()
    who = someone(bank.prior, world, draw)
    real = real_curves(bank, world, draw)
    pool = np.flatnonzero(bank.single) if number % 2 else np.arange(len(bank.live))
    rows = draw.permutation(pool)[: 1 + number % LENGTH]
    scores = np.array([reply(bank, real, row, who, draw)[0] for row in rows], dtype=np.int64)
    return Given(bank.skills[rows], bank.curves.take(rows), scores)


@dataclass(frozen=True)
class Sampled:
    """Means and sds (skills,) by importance sampling, and how many even draws the uneven ones are worth."""

    mean: Floats
    sd: Floats
    effective: float


def sampled(prior: Belief, given: Given, near: Belief) -> Sampled:
    """The posterior from draws of `near` with its covariance times 1.4, weighed by prior and answers.

    At least 60,000 draws, and twice as many again until they are worth 10,000 even ones.
    """
    draws = DRAWS
    while True:
        found = _sampled(prior, given, near, draws)
        if found.effective >= EFFECTIVE or draws >= MOST_DRAWS:
            return found
        draws *= 2


def _sampled(prior: Belief, given: Given, near: Belief, draws: int) -> Sampled:
    spread = np.random.default_rng(draws).standard_normal((draws, len(prior.mean)))
    levels = near.mean + spread @ np.linalg.cholesky(WIDER * near.covariance).T
    unlikely = np.linalg.solve(np.linalg.cholesky(prior.covariance), (levels - prior.mean).T)
    log = 0.5 * (spread**2).sum(axis=1) - 0.5 * (unlikely**2).sum(axis=0)
    log += np.log(likelihood(given.curves, given.scores)(levels.T[given.skills])).sum(axis=0)
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    mean = mass @ levels
    return Sampled(mean, np.sqrt(mass @ (levels - mean) ** 2), float(1 / (mass**2).sum()))


def clamped(prior: Belief, skills: Ints, curves: Curves, scores: Ints) -> Belief:
    """A wrong engine: one site after another, none of which may take knowledge away (precisions ≥ 0)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    precision, shift = np.zeros(len(scores)), np.zeros(len(scores))
    start = np.linalg.inv(prior.covariance)
    belief = prior
    for turn in range(SWEEPS * len(scores)):
        i = turn % len(scores)
        k = skills[i]
        rest = max(1 / belief.covariance[k, k] - precision[i], 1e-9)
        middle = (belief.mean[k] / belief.covariance[k, k] - shift[i]) / rest
        theta = middle + nodes / np.sqrt(rest)
        mass = weights * likelihood(curves.take(np.array([i])), scores[[i]])(theta[None, :])[0]
        mass /= mass.sum()
        mean = mass @ theta
        precision[i] = max(1 / (mass @ (theta - mean) ** 2) - rest, 0.0)
        shift[i] = mean * (rest + precision[i]) - middle * rest
        tau = np.bincount(skills, precision, len(prior.mean))
        covariance = np.linalg.inv(start + np.diag(tau))
        belief = Belief(covariance @ (start @ prior.mean + np.bincount(skills, shift, len(prior.mean))), covariance)
    return belief


def farthest(bank: BankVersion, number: int, engine: Update = update) -> tuple[float, float, float]:
    """For one attempt: the largest error of a mean, of an sd (both in sds), and what the draws are worth."""
    given = random_attempt(bank, number)
    near = update(bank.prior, given.skills, given.curves, given.scores)
    truth = sampled(bank.prior, given, near)
    found = engine(bank.prior, given.skills, given.curves, given.scores)
    return (
        float(np.abs((found.mean - truth.mean) / truth.sd).max()),
        float(np.abs(found.sd / truth.sd - 1).max()),
        truth.effective,
    )


def golden_bars(found: list[tuple[float, float, float]]) -> list[Bar]:
    """What must hold of all attempts together."""
    mean, sd, effective = np.array(found).T
    return [
        Bar("farthest mean from importance sampling, sds", float(mean.max()), 0.0, high=0.05),
        Bar("farthest sd from importance sampling, share", float(sd.max()), 0.0, high=0.05),
        Bar("fewest effective draws", float(effective.min()), 0.0, low=EFFECTIVE),
    ]
