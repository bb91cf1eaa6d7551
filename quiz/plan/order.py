"""The order in which an hour helps most.

A study step raises one skill by one step. Its value is the fall in the weighted expected shortfall; its hours
come from the framework. Reaching step L needs a skill's prerequisites at L − 1, and at least at the first step (nobody
fits a model without a little Python); they join it and are paid for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from quiz.attempt.goal import goal_of
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import STEPS
from quiz.measure.belief import Belief
from quiz.measure.choose import Goal
from quiz.measure.curve import Floats
from quiz.report.rounding import STANDARD

REACHED = 0.25
"""A step counts as reached when the level is at most this below it."""


@dataclass(frozen=True)
class Aim:
    """What a plan works towards: a job's targets, with what is believed of the person.

    `wanted`: the areas to close; `spread` (areas,): the doubt in each area's level against its target, in steps;
    `learned` (steps from none to the last, skills): where each skill is expected to stand once it has that step.
    """

    bank: BankVersion
    role: str
    goal: Goal
    spread: Floats
    wanted: frozenset[str]
    learned: Floats


@dataclass(frozen=True)
class Taken:
    """One step of one skill (numbers), its bundle's value per hour, and the skill that the bundle leads to.

    `levels` (skills,): where each skill would stand once it is taken.
    """

    skill: int
    step: int
    value: float
    leads_to: int
    levels: Floats


@dataclass
class _State:
    """Where each skill would stand after the steps planned so far."""

    levels: Floats
    reached: list[int]


def aim_at(bank: BankVersion, belief: Belief, role: str, seniority: str, wanted: Collection[str]) -> Aim:
    """What to work towards for a job, in the `wanted` areas."""
    goal = goal_of(bank, role, seniority)
    spread = np.sqrt(np.diag(belief.of(goal.weights).covariance) + goal.doubt**2)
    return Aim(bank, role, goal, spread, frozenset(wanted), _learned(belief))


def _learned(belief: Belief) -> Floats:
    """E[max(level, step)] for each step and skill: what a step brings counts the doubt in where one stands."""
    both = list(zip(belief.mean.tolist(), belief.sd.tolist(), strict=True))
    gains = [[expected_shortfall(mean, sd, step) for mean, sd in both] for step in range(1, len(STEPS) + 1)]
    return np.vstack([belief.mean, belief.mean + np.array(gains)])


def in_order(aim: Aim, belief: Belief, most: int) -> list[Taken]:
    """At most `most` steps, the most valuable hour first; the last bundle may be cut after what it needs first."""
    state = _State(belief.mean.copy(), [reached(level) for level in belief.mean])
    steps: list[Taken] = []
    while len(steps) < most:
        bundles = list(_bundles(aim, state))
        if not bundles:
            break
        value, bundle = max(bundles, key=lambda b: (b[0], b[1]))
        for skill, step in bundle[: most - len(steps)]:
            state.levels[skill] = aim.learned[step, skill]
            state.reached[skill] = step
            steps.append(Taken(skill, step, value, bundle[-1][0], state.levels.copy()))
    return steps


def expected_shortfall(mean: float, spread: float, target: float) -> float:
    """E[max(0, target − level)] for a normal level: (t − m)Φ(z) + sφ(z), z = (t − m)/s."""
    z = (target - mean) / spread
    return (target - mean) * STANDARD.cdf(z) + spread * STANDARD.pdf(z)


def reached(level: float) -> int:
    """The highest step that a level counts as having reached, from 0."""
    return min(max(int(level + REACHED), 0), len(STEPS))


def hours_of(bank: BankVersion, skill: int, step: int) -> int:
    """The hours that one step of a skill takes."""
    return bank.catalogue.skills[bank.skill_ids[skill]].hours[STEPS[step - 1]]


def with_prerequisites(bank: BankVersion, at: Sequence[int], skill: int, step: int) -> list[tuple[int, int]]:
    """The steps to take, prerequisites first, for `skill` to reach `step`; `at`: the step each skill has reached."""
    needed: dict[tuple[int, int], None] = {}

    def need(one: int, wanted: int) -> None:
        for lower in range(at[one] + 1, wanted + 1):
            for before in bank.catalogue.skills[bank.skill_ids[one]].prerequisites:
                need(bank.skill_ids.index(before), max(lower - 1, 1))
            needed.setdefault((one, lower))

    need(skill, step)
    return list(needed)


def _bundles(aim: Aim, state: _State) -> Iterator[tuple[float, list[tuple[int, int]]]]:
    """Every next step of a skill in a wanted area, with the steps it needs first: (value per hour, steps)."""
    bank = aim.bank
    targets = {area.id: aim.goal.targets[0, i] for i, area in enumerate(bank.catalogue.areas)}
    for skill, name in enumerate(bank.skill_ids):
        area = bank.catalogue.area_of[name].id
        step = state.reached[skill] + 1
        if area not in aim.wanted or step > min(ceil(targets[area]), len(STEPS)):
            continue
        bundle = with_prerequisites(bank, state.reached, skill, step)
        yield _value(aim, state, bundle) / sum(hours_of(bank, s, at) for s, at in bundle), bundle


def _value(aim: Aim, state: _State, bundle: Sequence[tuple[int, int]]) -> float:
    """The fall in weighted expected shortfall that a bundle of steps brings."""
    raised = state.levels.copy()
    for skill, step in bundle:
        raised[skill] = aim.learned[step, skill]
    before, after = aim.goal.weights @ state.levels, aim.goal.weights @ raised
    profile = aim.bank.catalogue.profiles[aim.role]
    return sum(
        profile.areas[area.id].weight
        * (
            expected_shortfall(before[i], aim.spread[i], aim.goal.targets[0, i])
            - expected_shortfall(after[i], aim.spread[i], aim.goal.targets[0, i])
        )
        for i, area in enumerate(aim.bank.catalogue.areas)
    )
