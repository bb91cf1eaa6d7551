"""Whether the plan's order is worth it: invented people follow it, and another order, and we look at their true skills.

Each person is drawn from the prior and answers 20 questions; the belief is that of a Gaussian who sees each answer as
a noisy look at its skill (sd 2 steps, what one question of middling fit tells). Studying raises the true skill at the
pace of the framework's hours. What counts is the fall of the true weighted shortfall from the job's targets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import ceil, floor

import numpy as np
import pytest

from quiz.attempt.goal import goal_of
from quiz.bank.version import BankVersion
from quiz.competency.files import read_catalogue
from quiz.measure.belief import Belief
from quiz.measure.curve import Floats
from quiz.paths import QUESTIONS
from quiz.plan.order import Aim, aim_at, hours_of, in_order, reached, with_prerequisites
from quiz.report.result import area_weights

ROLE, SENIORITY = "machine-learning-engineer", "mid"
PEOPLE, ASKED, NOISE = 100, 20, 2.0
MOST = 15
GAP = 0.4
HOURS = (40, 100, 200)

Step = tuple[int, int]
Order = Callable[[Aim, Belief], Sequence[Step]]


@cache
def framework() -> BankVersion:
    return BankVersion(1, read_catalogue(QUESTIONS), ())


def belief_of(skills: Floats, draw: np.random.Generator) -> Belief:
    """What 20 answers would say of someone with these skills."""
    prior = framework().prior
    asked = draw.choice(len(skills), ASKED, replace=False)
    seen = skills[asked] + NOISE * draw.normal(size=ASKED)
    cross = prior.covariance[:, asked]
    gain = cross @ np.linalg.inv(prior.covariance[np.ix_(asked, asked)] + NOISE**2 * np.eye(ASKED))
    return Belief(prior.mean + gain @ (seen - prior.mean[asked]), prior.covariance - gain @ cross.T)


def ours(aim: Aim, belief: Belief) -> Sequence[Step]:
    return [(one.skill, one.step) for one in in_order(aim, belief, MOST)]


def largest_gap_first(aim: Aim, belief: Belief) -> Sequence[Step]:
    """Close the gaps in the order of their size: each skill up to what its area asks, what it needs before it."""
    bank, at = aim.bank, [reached(level) for level in belief.mean]
    gaps = aim.goal.targets[0][bank.area_of_skill] - belief.mean
    steps: list[Step] = []
    for skill in np.argsort(-gaps):
        name = bank.skill_ids[skill]
        if gaps[skill] > 0 and bank.catalogue.area_of[name].id in aim.wanted:
            upto = ceil(aim.goal.targets[0][bank.area_of_skill[skill]])
            for one, step in with_prerequisites(bank, at, int(skill), upto):
                at[one] = step
                steps.append((one, step))
    return steps


def dearest_first(aim: Aim, belief: Belief) -> Sequence[Step]:
    """The control: our own steps, the least valuable hour first."""
    return ours(aim, belief)[::-1]


def shortfall(skills: Floats) -> float:
    goal = goal_of(framework(), ROLE, SENIORITY)
    return float(area_weights(framework(), ROLE) @ np.clip(goal.targets[0] - goal.weights @ skills, 0, None))


def after(skills: Floats, steps: Sequence[Step], hours: float) -> Floats:
    """The true skills after so many hours: who stands below a step climbs to it, who has it already goes on."""
    left, now = hours, skills.copy()
    for skill, step in steps:
        while left > 0 and now[skill] < step - 1e-9:
            rung = max(floor(now[skill] + 1e-9) + 1, 1)
            whole = (min(rung, step) - now[skill]) * hours_of(framework(), skill, rung)
            now[skill] += (min(rung, step) - now[skill]) * min(left / whole, 1)
            left -= whole
    return now


@cache
def falls(order: Order) -> dict[int, float]:
    """The average fall of the true shortfall after 40, 100 and 200 hours."""
    prior, draw = framework().prior, np.random.default_rng(7)
    root = np.linalg.cholesky(prior.covariance)
    fallen = dict.fromkeys(HOURS, 0.0)
    for _ in range(PEOPLE):
        skills = prior.mean + root @ draw.normal(size=len(prior.mean))
        belief = belief_of(skills, draw)
        chances = goal_of(framework(), ROLE, SENIORITY).chances(belief)[0]
        wanted = [a.id for a, p in zip(framework().catalogue.areas, chances, strict=True) if p < GAP]
        steps = order(aim_at(framework(), belief, ROLE, SENIORITY, wanted), belief)
        for hours in HOURS:
            fallen[hours] += (shortfall(skills) - shortfall(after(skills, steps, hours))) / PEOPLE
    return fallen


@pytest.mark.parametrize("hours", HOURS)
def test_an_hour_of_the_plan_is_worth_more_than_one_of_largest_gap_first(hours: int) -> None:
    assert falls(ours)[hours] >= 1.3 * falls(largest_gap_first)[hours]


def test_the_control_notices_a_bad_order() -> None:
    assert falls(dearest_first)[40] < 1.3 * falls(largest_gap_first)[40]
