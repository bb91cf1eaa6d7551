"""The competency framework as read from `questions/`: what there is to know, who asks how much of it.

Levels everywhere are points on one line, the steps: 1 guided, 2 independent, 3 advanced, 4 leading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
StepId = Literal["guided", "independent", "advanced", "leading"]
Seniority = Literal["junior", "mid", "senior", "staff"]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Variance = Annotated[float, Field(gt=0, le=4)]

STEPS: tuple[StepId, ...] = ("guided", "independent", "advanced", "leading")
STEP_AT: Mapping[str, int] = {step: at for at, step in enumerate(STEPS, start=1)}
SENIORITIES: tuple[Seniority, ...] = ("junior", "mid", "senior", "staff")


class Strict(BaseModel):
    """No unknown field, no silent conversion, no change after it was read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Step(Strict):
    """One of the four steps and what it means of any skill."""

    id: StepId
    summary: Text


class Source(Strict):
    """Where a weight or target comes from, and how much of it was seen."""

    title: Text
    seen: Text
    url: Address | None = None


class Skill(Strict):
    """One of 30 skills: what each step looks like in a person, and how long one step takes to learn."""

    id: Id
    name: Text
    definition: Text
    prerequisites: list[Id] = []
    steps: dict[StepId, Text]
    hours: dict[StepId, Annotated[int, Field(ge=1, le=2000)]]

    @model_validator(mode="after")
    def _every_step(self) -> Self:
        for name, given in (("steps", self.steps), ("hours", self.hours)):
            if list(given) != list(STEPS):
                raise ValueError(f"`{name}` needs guided, independent, advanced and leading, in this order")
        return self


class Area(Strict):
    """One of five areas."""

    id: Id
    name: Text
    definition: Text
    skills: Annotated[list[Skill], Field(min_length=1)]


class Prior(Strict):
    """What is believed of a person before the first answer (docs/method.md).

    `mean` in steps; `general`, `area` and `skill` are variances that add up; `targets` and `levels` are the
    standard deviations of the doubt in a profile's targets and in the level an author gives a question.
    """

    mean: float
    general: Variance
    area: Variance
    skill: Variance
    targets: Variance
    levels: Variance


class Competencies(Strict):
    """All of `competencies.yaml`."""

    steps: list[Step]
    prior: Prior
    areas: Annotated[list[Area], Field(min_length=1)]
    sources: dict[Id, Source]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if [step.id for step in self.steps] != list(STEPS):
            raise ValueError("`steps` needs guided, independent, advanced and leading, in this order")
        skills = [skill for area in self.areas for skill in area.skills]
        ids = [*(area.id for area in self.areas), *(skill.id for skill in skills)]
        if len(set(ids)) != len(ids):
            raise ValueError("an area's or skill's id stands here twice")
        for skill in skills:
            unknown = set(skill.prerequisites) - {s.id for s in skills}
            if unknown:
                raise ValueError(f"{skill.id}: no such prerequisite: {', '.join(sorted(unknown))}")
        try:
            TopologicalSorter({s.id: s.prerequisites for s in skills}).prepare()
        except CycleError as error:
            raise ValueError(f"prerequisites go round in a circle: {' > '.join(error.args[1])}") from None
        return self


class AreaProfile(Strict):
    """What one role asks of one area: its weight (all five add up to 1) and a target per seniority."""

    weight: Annotated[float, Field(gt=0, lt=1)]
    basis: Text
    targets: dict[Seniority, Annotated[float, Field(ge=0, le=4)]]
    targets_basis: Text

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if list(self.targets) != list(SENIORITIES):
            raise ValueError("`targets` needs junior, mid, senior and staff, in this order")
        values = list(self.targets.values())
        if values != sorted(values):
            raise ValueError("a more senior job can't ask less: targets must not fall")
        return self


class Task(Strict):
    """One of the main things that someone in a role does, and the areas it rests on."""

    name: Text
    about: Text
    areas: Annotated[list[Id], Field(min_length=1)]


class Claim(Strict):
    """What one source says, on its day: no statement of ours."""

    text: Text
    source: Id
    on: Day


class Profile(Strict):
    """One role. `importance` weighs the skills within an area: 1, 2 (where nothing is said) or 3."""

    id: Id
    name: Text
    about: Text
    sources: Annotated[list[Id], Field(min_length=1)]
    areas: dict[Id, AreaProfile]
    importance: dict[Id, Annotated[int, Field(ge=1, le=3)]]
    importance_basis: Text
    tasks: list[Task] = []
    tasks_basis: Text | None = None
    pay: Claim | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum(area.weight for area in self.areas.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the areas' weights add up to {total:.3f}, not 1")
        return self


class Resource(Strict):
    """Something to learn from. `checked`: the day its address and content were last looked at, if ever."""

    title: Text
    by: Text | None = None
    kind: Literal["docs", "book", "course", "paper", "video", "project"]
    step: StepId
    hours: Annotated[int, Field(ge=1, le=400)]
    free: bool
    url: Address | None = None
    checked: Day | None = None


class Resources(Strict):
    """All of `resources/<area>.yaml`."""

    skills: dict[Id, Annotated[list[Resource], Field(min_length=1)]]


class Having(Strict):
    """Something a person may have already, as they would say it."""

    id: Id
    name: Text


class PathItem(Strict):
    """One thing on the longer path. `done_when` says how you know that it is done.

    `skills` it practises; `status` and `checked`: what was last known of a certificate, and the day that was looked
    up (nobody has, where it is absent).
    """

    title: Text
    about: Text
    done_when: Text | None = None
    by: Text | None = None
    url: Address | None = None
    hours: Annotated[int, Field(ge=1, le=2000)] | None = None
    free: bool | None = None
    skills: list[Id] = []
    status: Literal["offered", "retired", "replaced"] | None = None
    checked: Day | None = None


class PathPart(Strict):
    """One stretch of the longer path. Whoever has one of `met_by` has it; `had` says what to do with it then."""

    id: Id
    name: Text
    why: Text
    met_by: list[Id]
    had: Text
    items: Annotated[list[PathItem], Field(min_length=1)]


class CareerPath(Strict):
    """All of `path.yaml`: what counts beside skills on the way into the job."""

    having: list[Having] = []
    parts: list[PathPart] = []

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = {having.id for having in self.having}
        for part in self.parts:
            if set(part.met_by) - known:
                raise ValueError(f"{part.id}: nobody can tick {_listed(set(part.met_by) - known)}")
        return self


class Catalogue(Strict):
    """Competencies, profiles, resources and path of one bank version, which belong together."""

    competencies: Competencies
    profiles: dict[Id, Profile]
    resources: dict[Id, list[Resource]]
    path: CareerPath = CareerPath()

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The areas in the framework's order."""
        return tuple(self.competencies.areas)

    @cached_property
    def skills(self) -> Mapping[str, Skill]:
        """Each skill by its id, in the framework's order."""
        return {skill.id: skill for area in self.areas for skill in area.skills}

    @cached_property
    def area_of(self) -> Mapping[str, Area]:
        """The area of each skill."""
        return {skill.id: area for area in self.areas for skill in area.skills}

    def area(self, area_id: str) -> Area | None:
        """The area with this id, if there is one."""
        return next((area for area in self.areas if area.id == area_id), None)

    def skill_weights(self, profile: Profile, area: Area) -> dict[str, float]:
        """How much each skill of an area counts for this role; adds up to 1."""
        importance = {skill.id: profile.importance.get(skill.id, 2) for skill in area.skills}
        total = sum(importance.values())
        return {skill: value / total for skill, value in importance.items()}

    def conflicts(self) -> Iterator[tuple[str, str, str]]:
        """What does not fit together, as (kind of file, its id, sentence)."""
        areas, skills = {area.id for area in self.areas}, set(self.skills)
        for profile in self.profiles.values():
            for what, named, known in (
                ("areas", set(profile.areas), areas),
                ("skills", set(profile.importance), skills),
                ("sources", set(profile.sources) | _claimed(profile), set(self.competencies.sources)),
                ("areas", {area for task in profile.tasks for area in task.areas}, areas),
            ):
                yield from _unknown("profile", profile.id, what, named, known)
            if areas - set(profile.areas):
                yield "profile", profile.id, f"lacks the areas {_listed(areas - set(profile.areas))}"
        yield from _unknown("resources", "", "skills", set(self.resources), skills)
        practised = {skill for part in self.path.parts for item in part.items for skill in item.skills}
        yield from _unknown("path", "", "skills", practised, skills)
        if skills - set(self.resources):
            yield "resources", "", f"no resource for {_listed(skills - set(self.resources))}"


def _claimed(profile: Profile) -> set[str]:
    return {profile.pay.source} if profile.pay else set()


def _unknown(kind: str, name: str, what: str, named: set[str], known: set[str]) -> Iterator[tuple[str, str, str]]:
    if named - known:
        yield kind, name, f"names {what} that the framework does not have: {_listed(named - known)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
