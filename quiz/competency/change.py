"""Parts of the framework as texts that an editor changes: a profile, an area's resources, an area's hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from quiz import yamlfile
from quiz.competency.catalogue import Area, Catalogue, Competencies, Profile, Resources, StepId
from quiz.yamlfile import Document, FileProblems, Problem

KINDS: Mapping[str, str] = {"profile": "Profile", "resources": "Resources", "hours": "Hours"}
HOURS = TypeAdapter(dict[str, dict[StepId, Annotated[int, Field(ge=1, le=2000, strict=True)]]])


def written(catalogue: Catalogue, kind: str, name: str) -> str | None:
    """A part in its one written form; None where there is no such part."""
    area = catalogue.area(name)
    if kind == "profile" and name in catalogue.profiles:
        return yamlfile.write(_plain(catalogue.profiles[name]))
    if kind == "resources" and area is not None:
        named = {skill.id: [_plain(one) for one in catalogue.resources.get(skill.id, [])] for skill in area.skills}
        return yamlfile.write({"skills": named})
    if kind == "hours" and area is not None:
        return yamlfile.write({skill.id: dict(skill.hours) for skill in area.skills})
    return None


def changed(catalogue: Catalogue, kind: str, name: str, text: str) -> Catalogue:
    """The framework with this part as the text has it. Raises FileProblems with every error, each with its line."""
    document = yamlfile.parse(text, kind)
    try:
        after = _with(catalogue, kind, name, document)
    except ValidationError as error:
        raise FileProblems([Problem(kind, 0, "", one["msg"]) for one in error.errors()]) from None
    wrong = [Problem(kind, 0, "", sentence) for _, _, sentence in after.conflicts()]
    if wrong:
        raise FileProblems(wrong)
    return after


def _with(catalogue: Catalogue, kind: str, name: str, document: Document) -> Catalogue:
    if kind == "profile":
        profile = yamlfile.validate(Profile, document)
        if profile.id != name:
            raise FileProblems([document.problem(("id",), f"must stay {name}")])
        return catalogue.model_copy(update={"profiles": {**catalogue.profiles, name: profile}})
    area = catalogue.area(name)
    if area is None:
        raise FileProblems([Problem(kind, 0, "", f"there is no area {name}")])
    if kind == "resources":
        found = yamlfile.validate(Resources, document)
        _same_skills(area, found.skills, document, ("skills",))
        return catalogue.model_copy(update={"resources": {**catalogue.resources, **found.skills}})
    hours = yamlfile.validate_with(HOURS, document)
    _same_skills(area, hours, document, ())
    return catalogue.model_copy(update={"competencies": _with_hours(catalogue, hours)})


def _same_skills(area: Area, given: Mapping[str, Any], document: Document, path: yamlfile.Path) -> None:
    skills = {skill.id for skill in area.skills}
    wrong = [document.problem((*path, one), f"is no skill of {area.name}") for one in given if one not in skills]
    wrong += [document.problem(path, f"lacks the skill {one}") for one in sorted(skills - set(given))]
    if wrong:
        raise FileProblems(wrong)


def _with_hours(catalogue: Catalogue, hours: Mapping[str, Mapping[StepId, int]]) -> Competencies:
    data = catalogue.competencies.model_dump(mode="json")
    for area in data["areas"]:
        for skill in area["skills"]:
            skill["hours"] = dict(hours.get(skill["id"], skill["hours"]))
    return Competencies.model_validate(data)


def _plain(model: Profile | Any) -> dict[str, Any]:
    plain: dict[str, Any] = model.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return plain
