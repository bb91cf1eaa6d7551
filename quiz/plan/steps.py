"""What to do next: study where there is a gap, in the order in which an hour helps most, and checks where it is open.

Where doubt makes the gap, the step is to answer more questions, not to study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from quiz.attempt.fold import belief_after
from quiz.attempt.log import CHECK, EXTENSION, Answered
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import STEPS, Resource, StepId
from quiz.measure.belief import Belief
from quiz.plan.order import Taken, aim_at, hours_of, in_order
from quiz.report.result import Result, coverage_if, tally

MOST_STUDY = 5
MOST_RESOURCES = 3
STUDY = frozenset({"gap", "probably-gap"})
OPEN = frozenset({"either", "not-shown", "not-asked"})


@dataclass(frozen=True)
class PlanStep:
    """One thing to do. A study step has a skill, a step to reach and resources; a check only an area.

    `minutes`: how long its questions take; `coverage`: percent of the job that the answers would cover once this and
    all before it are done; `instead`: for a check, the study step to begin with for whoever would rather study.
    """

    kind: Literal["study", "check"]
    area: str
    skill: str | None
    step: StepId | None
    hours: int
    minutes: int
    asked: int
    right: int
    partly: int
    builds_to: tuple[str, ...]
    resources: tuple[Resource, ...]
    value: float
    coverage: int = 0
    instead: PlanStep | None = None

    @property
    def key(self) -> str:
        """Names the step in marks and forms, whatever its place."""
        return f"{self.skill}/{self.step}" if self.skill else f"check/{self.area}"


def plan(
    bank: BankVersion, answers: Sequence[Answered], found: Result, belief: Belief | None = None
) -> tuple[PlanStep, ...]:
    """The plan for a result: study where there is a gap, most valuable hour first, then checks where it is open.

    `belief`: that after these answers, where it is known already.
    """
    belief = belief or belief_after(bank, answers)
    wanted = {a.id for a in found.areas if a.verdict in STUDY}
    taken = in_order(aim_at(bank, belief, found.role, found.seniority, wanted), belief, MOST_STUDY)
    study = [
        replace(
            _study(bank, answers, one),
            coverage=max(coverage_if(bank, belief, found.role, found.seniority, one.levels), found.coverage.about),
        )
        for one in taken
    ]
    return (*study, *_checks(bank, answers, found, belief))


def _study(bank: BankVersion, answers: Sequence[Answered], taken: Taken) -> PlanStep:
    name = bank.skill_ids[taken.skill]
    asked, right, partly = tally(bank, answers, by="skill").get(name, (0, 0, 0))
    leads_to = bank.catalogue.skills[bank.skill_ids[taken.leads_to]].name
    return PlanStep(
        kind="study",
        area=bank.catalogue.area_of[name].id,
        skill=name,
        step=STEPS[taken.step - 1],
        hours=hours_of(bank, taken.skill, taken.step),
        minutes=skill_minutes(bank, name),
        asked=asked,
        right=right,
        partly=partly,
        builds_to=(leads_to,) if taken.leads_to != taken.skill else (),
        resources=fitting(bank.catalogue.resources.get(name, []), taken.step),
        value=taken.value,
    )


def fitting(resources: Sequence[Resource], step: int) -> tuple[Resource, ...]:
    """At most three resources for reaching a step: those made for it first, then the nearest; free before paid."""

    def order(resource: Resource) -> tuple[int, bool, int]:
        return abs(STEPS.index(resource.step) + 1 - step), not resource.free, resource.hours

    near = [r for r in sorted(resources, key=order) if order(r)[0] <= 1]
    return tuple(near[:MOST_RESOURCES])


def area_minutes(bank: BankVersion, area: str) -> int:
    """How long five more questions in an area take."""
    skills = {name for name, of in bank.catalogue.area_of.items() if of.id == area}
    return _minutes(bank, skills, EXTENSION)


def skill_minutes(bank: BankVersion, skill: str) -> int:
    """How long three questions on a skill take."""
    return _minutes(bank, {skill}, CHECK)


def _minutes(bank: BankVersion, skills: set[str], count: int) -> int:
    seconds = [live.question.seconds for live in bank.live if live.question.skill in skills]
    return max(1, round(count * sum(seconds) / max(len(seconds), 1) / 60))


def _checks(bank: BankVersion, answers: Sequence[Answered], found: Result, belief: Belief) -> Iterator[PlanStep]:
    """More questions for each open area, the one that weighs most first."""
    for area in sorted(found.areas, key=lambda a: -a.weight):
        if area.verdict not in OPEN:
            continue
        yield PlanStep(
            kind="check",
            area=area.id,
            skill=None,
            step=None,
            hours=0,
            minutes=area_minutes(bank, area.id),
            asked=area.asked,
            right=area.right,
            partly=area.partly,
            builds_to=(),
            resources=(),
            value=0.0,
            instead=_instead(bank, answers, found, belief, area.id),
        )


def _instead(
    bank: BankVersion, answers: Sequence[Answered], found: Result, belief: Belief, area: str
) -> PlanStep | None:
    """The study step to begin with in an open area, if any is left below its target."""
    taken = in_order(aim_at(bank, belief, found.role, found.seniority, {area}), belief, 1)
    return _study(bank, answers, taken[0]) if taken else None
