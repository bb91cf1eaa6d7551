"""Whether an area has really gone up between two attempts: said only where it is very likely."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from quiz.measure.belief import Belief
from quiz.measure.curve import Floats
from quiz.report.rounding import STANDARD

Change = Literal["up", "unclear"]

SURE = 0.95
LONG = 35
"""Answers that both attempts need: 20 can't show a change under about 1.3 steps."""


@dataclass(frozen=True)
class AreaChange:
    """The chance that an area's level is higher than before, and what may be said of it."""

    chance: float
    said: Change


def changes(
    prior: Belief, before: Belief, after: Belief, weights: Floats, answers: tuple[int, int]
) -> list[AreaChange]:
    """For each area (rows of `weights`, areas × skills) the change from an earlier attempt to a later one.

    The person before is drawn from the prior; what was learned or lost since is drawn around nought, as widely as
    people differ (the prior's covariance). Each belief tells what its answers added to the prior, and both together
    give the belief about the change (Gaussian conditioning). A difference of the two means would be drawn towards
    nought twice, since both beliefs lean on the same start. The doubt in targets plays no part: both levels are
    measured against the same steps. `answers`: how many each attempt had.
    """
    skills = len(prior.mean)
    told = [_told(prior, belief) for belief in (before, after)]
    start = np.block([[prior.covariance, prior.covariance], [prior.covariance, 2 * prior.covariance]])
    precision = np.linalg.inv(start)
    precision[:skills, :skills] += told[0][0]
    precision[skills:, skills:] += told[1][0]
    covariance = np.linalg.inv(precision)
    mean = covariance @ np.concatenate([told[0][1], told[1][1]])
    difference = np.hstack([-weights, weights])
    moved, spread = difference @ mean, np.diag(difference @ covariance @ difference.T)
    found = [STANDARD.cdf(float(d) / sqrt(float(v))) for d, v in zip(moved, spread, strict=True)]
    enough = min(answers) >= LONG
    return [AreaChange(p, "up" if enough and p >= SURE else "unclear") for p in found]


def _told(prior: Belief, belief: Belief) -> tuple[Floats, Floats]:
    """What the answers added to the prior, with means counted from the prior's: precision, precision × mean."""
    inverse = np.linalg.inv(belief.covariance)
    return inverse - np.linalg.inv(prior.covariance), inverse @ (belief.mean - prior.mean)
