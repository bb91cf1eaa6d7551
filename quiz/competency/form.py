"""A part of the framework as it is typed into a form: fields named by their places, rows added and removed.

A field's name is its place as errors name it, rows counted from 1: `areas.programming.weight`, `skills.sql.2.url`.
Nothing is judged here; the schema does that (`change.changed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quiz.competency.catalogue import SENIORITIES, STEPS

Form = Mapping[str, str]
Plain = dict[str, Any]
BASES = ("basis", "targets_basis")
RESOURCE = ("title", "by", "kind", "step", "hours", "free", "url", "checked")
"""A resource's fields as they stand in a file."""
SHOWN_EMPTY = frozenset({"title", "kind", "step", "hours", "free"})
MOST_ROWS = 30
UNSAID = 2
"""What a skill weighs in its area where a profile says nothing."""
LOOKED_AT = "looked"
"""The box of a resource that says: I have looked at it today."""


def typed(kind: str, stored: Plain, form: Form, today: str) -> Plain:
    """What was typed, in the shape of the part's file; what the form does not ask for stays as it is stored."""
    match kind:
        case "profile":
            return _profile(stored, form)
        case "hours":
            return {skill: {step: _number(form, f"{skill}.{step}") for step in STEPS} for skill in stored}
        case _:
            return {"skills": {skill: list(_resources(form, f"skills.{skill}", today)) for skill in stored["skills"]}}


def pressed(data: Plain, button: str) -> Plain:
    """The resources after `add sql` or `remove sql 2`. What can't be done changes nothing."""
    found = re.fullmatch(r"(add|remove) (\S+)(?: ([0-9]{1,3}))?", button)
    skills = data.get("skills", {})
    if found is None or found[2] not in skills:
        return data
    rows = list(skills[found[2]])
    if found[1] == "add" and len(rows) < MOST_ROWS:
        rows.append({"title": "", "kind": "docs", "step": STEPS[0], "hours": None, "free": True})
    elif found[1] == "remove" and found[3] and 0 < int(found[3]) <= len(rows):
        del rows[int(found[3]) - 1]
    return {**data, "skills": {**skills, found[2]: rows}}


def _profile(stored: Plain, form: Form) -> Plain:
    areas = {name: {**area, **_asked(form, f"areas.{name}", area)} for name, area in stored["areas"].items()}
    said = {name.removeprefix("importance."): _number(form, name) for name in form if name.startswith("importance.")}
    kept = {skill: weight for skill, weight in said.items() if weight != UNSAID or skill in stored["importance"]}
    return {**stored, "areas": areas, "importance": kept}


def _asked(form: Form, place: str, area: Plain) -> Plain:
    targets = {seniority: _number(form, f"{place}.targets.{seniority}") for seniority in SENIORITIES}
    texts = {name: form.get(f"{place}.{name}", area[name]).strip() for name in BASES}
    return {"weight": _number(form, f"{place}.weight"), "targets": targets, **texts}


def _resources(form: Form, place: str, today: str) -> Iterator[Plain]:
    for at in _rows(form, place):
        row: Plain = {name: form.get(f"{at}.{name}", "").strip() for name in RESOURCE}
        row |= {"hours": _number(form, f"{at}.hours"), "free": bool(form.get(f"{at}.free"))}
        if form.get(f"{at}.{LOOKED_AT}"):
            row["checked"] = today
        yield {name: value for name, value in row.items() if value != "" or name in SHOWN_EMPTY}


def _rows(form: Iterable[str], place: str) -> list[str]:
    """The rows of a list that were sent, in their order."""
    pattern = re.compile(re.escape(place) + r"\.([0-9]{1,3})\.title\Z")
    found = sorted(int(match[1]) for match in map(pattern.match, form) if match)
    return [f"{place}.{n}" for n in found]


def _number(form: Form, name: str) -> float | str | None:
    """A number from its text, with a point or a comma; what is none stays text, for the schema to refuse."""
    text = form.get(name, "").strip()
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        return int(text)
    return float(text.replace(",", ".")) if re.fullmatch(r"[+-]?[0-9]{0,9}[.,][0-9]{1,9}", text) else text or None
