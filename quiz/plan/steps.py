"""What to do next, in the order in which an hour helps most.

A study step raises one skill by one step. Its value is the fall in the weighted expected shortfall; its hours
come from the framework. Reaching step L needs a skill's prerequisites at L − 1, which join it and are paid for.
Where doubt makes the gap, the step is to answer more questions, not to study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import EXTENSION, Answered
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import STEPS, Resource
from quiz.measure.choose import Goal
from quiz.measure.curve import Floats
from quiz.report.result import Result, tally
from quiz.report.rounding import STANDARD

MOST_STUDY = 5
MOST_RESOURCES = 3
REACHED = 0.25
"""A step counts as reached when the level is at most this below it."""
STUDY = frozenset({"gap", "probably-gap"})
CHECK = frozenset({"either", "not-shown", "not-asked"})


@dataclass(frozen=True)
class PlanStep:
    """One thing to do. A study step has a skill, a step to reach and resources; a check only an area."""

    kind: Literal["study", "check"]
    area: str
    skill: str | None
    step: str | None
    hours: int
    minutes: int
    asked: int
    right: int
    partly: int
    builds_to: tuple[str, ...]
    resources: tuple[Resource, ...]
    value: float


@dataclass
class _State:
    """Where each skill would stand after the steps planned so far."""

    levels: Floats
    reached: list[int]


def plan(bank: BankVersion, answers: Sequence[Answered], found: Result) -> tuple[PlanStep, ...]:
    """The plan for a result: study where there is a gap, most valuable hour first, then checks where it is open."""
    goal = goal_of(bank, found.role, found.seniority)
    belief = belief_after(bank, answers)
    spread = np.sqrt(np.diag(belief.of(goal.weights).covariance) + goal.doubt**2)
    state = _State(belief.mean.copy(), [_reached(level) for level in belief.mean])
    wanted = {a.id for a in found.areas if a.verdict in STUDY}
    steps: list[PlanStep] = []
    while len(steps) < MOST_STUDY:
        bundles = list(_bundles(bank, goal, spread, found, state, wanted))
        if not bundles:
            break
        value, bundle = max(bundles, key=lambda b: (b[0], b[1]))
        if steps and len(steps) + len(bundle) > MOST_STUDY:
            break
        for skill, step in bundle:
            steps.append(_study(bank, answers, skill, step, value, bundle[-1][0]))
            state.levels[skill] = max(state.levels[skill], step)
            state.reached[skill] = step
    return (*steps, *_checks(bank, found))


def expected_shortfall(mean: float, spread: float, target: float) -> float:
    """E[max(0, target − level)] for a normal level: (t − m)Φ(z) + sφ(z), z = (t − m)/s."""
    z = (target - mean) / spread
    return (target - mean) * STANDARD.cdf(z) + spread * STANDARD.pdf(z)


def _reached(level: float) -> int:
    return min(max(int(level + REACHED), 0), len(STEPS))


def _bundles(
    bank: BankVersion, goal: Goal, spread: Floats, found: Result, state: _State, wanted: set[str]
) -> Iterator[tuple[float, list[tuple[int, int]]]]:
    """Every next step of a skill in an area with a gap, with the steps it needs first: (value per hour, steps)."""
    areas = {a.id: a for a in found.areas}
    for skill, name in enumerate(bank.skill_ids):
        area = bank.catalogue.area_of[name].id
        step = state.reached[skill] + 1
        if area not in wanted or step > min(ceil(areas[area].target), len(STEPS)):
            continue
        bundle = _with_prerequisites(bank, state, skill, step)
        hours = sum(_hours(bank, s, at) for s, at in bundle)
        yield _value(bank, goal, spread, found, state, bundle) / hours, bundle


def _with_prerequisites(bank: BankVersion, state: _State, skill: int, step: int) -> list[tuple[int, int]]:
    """The steps to take, prerequisites first, for `skill` to reach `step`."""
    needed: dict[tuple[int, int], None] = {}

    def need(one: int, wanted: int) -> None:
        for at in range(state.reached[one] + 1, wanted + 1):
            for before in bank.catalogue.skills[bank.skill_ids[one]].prerequisites:
                need(bank.skill_ids.index(before), at - 1)
            needed.setdefault((one, at))

    need(skill, step)
    return list(needed)


def _hours(bank: BankVersion, skill: int, step: int) -> int:
    return bank.catalogue.skills[bank.skill_ids[skill]].hours[STEPS[step - 1]]


def _value(
    bank: BankVersion, goal: Goal, spread: Floats, found: Result, state: _State, bundle: Sequence[tuple[int, int]]
) -> float:
    """The fall in weighted expected shortfall that a bundle of steps brings."""
    raised = state.levels.copy()
    for skill, step in bundle:
        raised[skill] = max(raised[skill], step)
    before, after = goal.weights @ state.levels, goal.weights @ raised
    profile = bank.catalogue.profiles[found.role]
    return sum(
        profile.areas[area.id].weight
        * (
            expected_shortfall(before[i], spread[i], goal.targets[0, i])
            - expected_shortfall(after[i], spread[i], goal.targets[0, i])
        )
        for i, area in enumerate(bank.catalogue.areas)
    )


def _study(
    bank: BankVersion, answers: Sequence[Answered], skill: int, step: int, value: float, leads_to: int
) -> PlanStep:
    name = bank.skill_ids[skill]
    asked, right, partly = tally(bank, answers, by="skill").get(name, (0, 0, 0))
    goes_on = (bank.catalogue.skills[bank.skill_ids[leads_to]].name,) if leads_to != skill else ()
    return PlanStep(
        kind="study",
        area=bank.catalogue.area_of[name].id,
        skill=name,
        step=STEPS[step - 1],
        hours=_hours(bank, skill, step),
        minutes=0,
        asked=asked,
        right=right,
        partly=partly,
        builds_to=goes_on,
        resources=fitting(bank.catalogue.resources.get(name, []), step),
        value=value,
    )


def fitting(resources: Sequence[Resource], step: int) -> tuple[Resource, ...]:
    """At most three resources for reaching a step: those made for it first, then the nearest; free before paid."""

    def order(resource: Resource) -> tuple[int, bool, int]:
        return abs(STEPS.index(resource.step) + 1 - step), not resource.free, resource.hours

    near = [r for r in sorted(resources, key=order) if order(r)[0] <= 1]
    return tuple(near[:MOST_RESOURCES])


def check_minutes(bank: BankVersion, area: str) -> int:
    """How long five more questions in an area take."""
    rows = [live.question.seconds for live in bank.live if bank.catalogue.area_of[live.question.skill].id == area]
    return max(1, round(EXTENSION * sum(rows) / max(len(rows), 1) / 60))


def _checks(bank: BankVersion, found: Result) -> Iterator[PlanStep]:
    """More questions for each open area, the one that weighs most first."""
    for area in sorted(found.areas, key=lambda a: -a.weight):
        if area.verdict in CHECK:
            minutes = check_minutes(bank, area.id)
            yield PlanStep("check", area.id, None, None, 0, minutes, area.asked, area.right, area.partly, (), (), 0.0)
