"""A result with its plan as one document: what a page shows, a link shares, a file keeps and a machine reads.

Everything in it is rounded and worded already, so that page, picture, table, print and JSON can't disagree. The JSON
schema is published; a field never changes its meaning within a format.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from quiz.attempt.log import CHECK, EXTENSION
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import Resource
from quiz.plan.marks import Marks, Placed, is_own_order, weeks_in_all
from quiz.plan.steps import MOST_STUDY, STUDY, PlanStep
from quiz.report import words
from quiz.report.result import AreaResult, Result, Share
from quiz.report.rounding import Verdict

Detail = Literal["verdicts", "levels", "plan"]
DETAILS: tuple[Detail, ...] = ("verdicts", "levels", "plan")


class Part(BaseModel):
    """No unknown field, no change after it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(Part):
    """A number with the range that holds it in 8 of 10 cases, and both in words."""

    about: int
    low: int
    high: int
    words: str


class Measured(Part):
    """What stands behind a verdict. Levels and target in steps; `dots`: 20 equally likely levels, rising."""

    target: float
    level: float
    low: float
    high: float
    chance_in_ten: int
    chance: str
    asked: int
    right: int
    partly: int
    words: str
    dots: list[float]


class AreaPart(Part):
    """One area. `weight` in percent of the job; `measured` only where levels are told."""

    id: str
    name: str
    weight: int
    verdict: Verdict
    words: str
    measured: Measured | None = None


class ResourcePart(Part):
    """Something to learn from. `checked`: the day its address was last opened by us, if ever."""

    title: str
    by: str | None
    kind: str
    hours: int
    free: bool
    url: str | None
    checked: str | None


class StepPart(Part):
    """One step of the plan. `weeks`: the first and last week; `coverage_after`: percent of the job, once it is done."""

    key: str
    kind: Literal["study", "check"]
    title: str
    short: str
    effort: str
    area: str
    skill: str | None
    hours: int
    minutes: int
    asked: int
    rests_on: str
    why: str = ""
    builds: str = ""
    done_when: str = ""
    material: str = ""
    resources: list[ResourcePart] = []
    coverage_after: int | None = None
    done: bool = False
    weeks: tuple[int, int] | None = None
    earlier: list[str] = []
    instead: StepPart | None = None


class Document(Part):
    """A result. `simulated`: the invented person it was made with, None for a real one.

    `own_order`: the plan's steps stand as the person has moved them, not with the most useful hour first.
    """

    format: Literal["mle-quiz/result/2"] = "mle-quiz/result/2"
    detail: Detail
    simulated: str | None = None
    date: str
    role: str
    job: str
    seniority: str
    chosen_for: bool
    questions: int
    bank_version: int
    headline: str
    coverage: Range
    met: Range
    all_met_in_ten: int
    all_met: str
    areas: list[AreaPart]
    hours_a_week: int | None = None
    weeks: int | None = None
    own_order: bool = False
    plan: list[StepPart] | None = None

    @property
    def first(self) -> StepPart | None:
        """The first step that is still to do."""
        return next((step for step in self.plan or [] if not step.done), None)

    @property
    def cut(self) -> str:
        """Where the plan ends before all gaps are closed, that it does; else empty."""
        study = [step for step in self.plan or [] if step.kind == "study"]
        if len(study) < MOST_STUDY:
            return ""
        planned = {step.area for step in study}
        gaps = [area for area in self.areas if area.verdict in STUDY and area.id not in planned]
        left = ", ".join(words.lower_first(area.name) for area in gaps)
        return f"At most {MOST_STUDY} steps of study are shown{'; not yet among them: ' if left else ''}{left}."


def document(bank: BankVersion, found: Result, steps: Sequence[Placed], marks: Marks, date: str) -> Document:
    """The whole document of a result. `date`: the day it is of, as 2026-11-29."""
    names = {area.id: area.name for area in bank.catalogue.areas}
    return Document(
        detail="plan",
        date=date,
        role=found.role,
        job=bank.catalogue.profiles[found.role].name,
        seniority=found.seniority,
        chosen_for=found.chosen_for,
        questions=found.questions,
        bank_version=bank.number,
        headline=words.coverage_words(found),
        coverage=_range(found.coverage, words.coverage_range(found)),
        met=_range(found.met, words.met_words(found)),
        all_met_in_ten=found.all_met.tenths,
        all_met=words.all_met_words(found),
        areas=[_area(area, names[area.id]) for area in found.areas],
        hours_a_week=marks.hours,
        weeks=weeks_in_all(steps),
        own_order=is_own_order(steps),
        plan=_plan(bank, found, steps),
    )


def told(whole: Document, detail: Detail) -> Document:
    """The document with no more than this detail."""
    if detail == "plan":
        return whole
    less: dict[str, object] = {"detail": detail, "plan": None, "hours_a_week": None, "weeks": None, "own_order": False}
    if detail == "verdicts":
        less["areas"] = [area.model_copy(update={"measured": None}) for area in whole.areas]
    return whole.model_copy(update=less)


def for_others(own: Document) -> Document:
    """The document as someone else reads it: not "your answers", but "these answers"."""
    areas = []
    for area in own.areas:
        measured = area.measured
        if measured is not None:
            measured = measured.model_copy(update={"words": words.of_another(measured.words)})
        areas.append(area.model_copy(update={"measured": measured}))
    changed = {"headline": words.of_another(own.headline), "all_met": words.of_another(own.all_met), "areas": areas}
    return own.model_copy(update=changed)


def _range(share: Share, said: str) -> Range:
    return Range(about=share.about, low=share.low, high=share.high, words=said)


def _area(area: AreaResult, name: str) -> AreaPart:
    measured = Measured(
        target=area.target,
        level=area.level.at,
        low=area.level.low,
        high=area.level.high,
        chance_in_ten=area.chance.tenths,
        chance=area.chance.words,
        asked=area.asked,
        right=area.right,
        partly=area.partly,
        words=words.area_sentence(area),
        dots=[round(dot, 3) for dot in area.dots],
    )
    verdict = words.VERDICTS[area.verdict].text
    return AreaPart(id=area.id, name=name, weight=area.weight, verdict=area.verdict, words=verdict, measured=measured)


def _plan(bank: BankVersion, found: Result, steps: Sequence[Placed]) -> list[StepPart]:
    parts = []
    covered = found.coverage.about
    for one in steps:
        gain = one.step.coverage if one.step.coverage > covered else None
        covered = max(covered, one.step.coverage)
        part = _step(bank, one.step, gain)
        why = _why(found, one)
        mine = {"done": one.done, "weeks": one.weeks, "earlier": list(one.earlier), "why": why}
        parts.append(part.model_copy(update=mine))
    return parts


def _why(found: Result, one: Placed) -> str:
    """Why a step is advised: what its area weighs, and for the one that the plan begins with, that an hour does most.

    No later step is called best: what comes before it may have paid for what it needs, so its hour can bring more.
    """
    weight = next(area.weight for area in found.areas if area.id == one.step.area)
    weighs = f"Its area weighs {weight} % of the job."
    if one.usual or one.step.kind != "study":
        return weighs
    beyond = " and in what builds on it" if one.step.builds_to else ""
    return f"{weighs} Of all that you could begin with, an hour brings most here{beyond}."


def _step(bank: BankVersion, step: PlanStep, gain: int | None) -> StepPart:
    if step.skill is None or step.step is None:
        return _check(bank, step)
    skill = bank.catalogue.skills[step.skill]
    builds = f"The next step of {words.lower_first(step.builds_to[0])} builds on it." if step.builds_to else ""
    return StepPart(
        **_shared(step),
        title=f"{skill.name}, up to {step.step}",
        short=words.lower_first(skill.name),
        effort=f"about {words.plural(step.hours, 'hour')}",
        rests_on=words.counted(step.asked, step.right, step.partly) if step.asked else "Not asked yet.",
        builds=builds,
        done_when=skill.steps[step.step],
        material=_material(step),
        resources=[_resource(resource) for resource in step.resources],
        coverage_after=gain,
    )


def _check(bank: BankVersion, step: PlanStep) -> StepPart:
    names = {area.id: words.lower_first(area.name) for area in bank.catalogue.areas}
    counts = words.counted(step.asked, step.right, step.partly)
    return StepPart(
        **_shared(step),
        title=f"Answer {EXTENSION} more on {names[step.area]}",
        short=f"answer {EXTENSION} more on {names[step.area]}",
        effort=words.plural(step.minutes, "minute"),
        rests_on=f"{counts} We need more answers here before advising study.",
        instead=_step(bank, step.instead, None) if step.instead else None,
    )


def _shared(step: PlanStep) -> dict[str, Any]:
    names = ("key", "kind", "area", "skill", "hours", "minutes", "asked")
    return {name: getattr(step, name) for name in names}


def _material(step: PlanStep) -> str:
    """How the hours of the resources and of the step go together."""
    hours = sum(resource.hours for resource in step.resources)
    if not hours:
        return ""
    if hours > step.hours:
        return f"Choose among these; all of them together take about {hours} hours."
    left = step.hours - hours
    rest = f" The other {left} are for practice on work of your own." if left else ""
    return f"These take about {words.plural(hours, 'hour')}.{rest}"


def _resource(resource: Resource) -> ResourcePart:
    fields = ("title", "by", "kind", "hours", "free", "url", "checked")
    return ResourcePart(**{name: getattr(resource, name) for name in fields})


def check_first(step: StepPart) -> str:
    """The offer to be asked before studying, as on a button."""
    return f"{CHECK} questions, {words.plural(step.minutes, 'minute')}"
