"""Changing profiles, resources and hours: what it would do to results, then a new bank version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import unified_diff

from sqlalchemy.orm import Session

from quiz.attempt.fold import belief_after
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import Catalogue, Resource
from quiz.competency.change import KINDS, changed, written
from quiz.report.result import Result, result
from quiz.services.accounts import Actor
from quiz.services.banks import Banks
from quiz.services.taking import opened
from quiz.store import bank as store
from quiz.store.attempts import newest_finished
from quiz.store.audit import record

RESULTS = 200
STALE = timedelta(days=365)


class OtherChangeError(Exception):
    """The framework was changed since it was opened."""


@dataclass(frozen=True)
class Preview:
    """What a change would do to the newest results.

    Of `results`, `touched` would have another verdict somewhere; `verdicts` in all: `better`, `worse` by the chance
    that the target is met, the rest at the same chance; by area in `areas`.
    """

    results: int
    touched: int
    verdicts: int
    better: int
    worse: int
    areas: Mapping[str, int]


@dataclass(frozen=True)
class Checked:
    """A resource with its skill and how it stands: `checked`, `stale` or `never`."""

    skill: str
    resource: Resource
    status: str


def difference(before: str, after: str) -> tuple[str, ...]:
    """The lines that differ, with two around them."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return tuple(lines)[2:]


def preview(session: Session, banks: Banks, after: Catalogue) -> Preview:
    """Compute the verdicts of the newest results as they would be today, before and after the change."""
    before = banks.newest(session).catalogue
    made: dict[int, tuple[BankVersion, BankVersion]] = {}
    areas: Counter[str] = Counter()
    results = touched = better = worse = 0
    for stored in newest_finished(session, RESULTS):
        attempt = opened(session, banks, stored)
        role = attempt.plan.role
        if set(attempt.bank.catalogue.skills) != set(before.skills) or role not in before.profiles:
            continue
        number = attempt.bank.number
        if number not in made:
            made[number] = replace(attempt.bank, catalogue=before), replace(attempt.bank, catalogue=after)
        belief = belief_after(attempt.bank, attempt.progress.answers)
        old, new = (
            result(bank, attempt.progress.answers, role, attempt.plan.seniority, belief) for bank in made[number]
        )
        moved = _moved(old, new)
        results, touched = results + 1, touched + bool(moved)
        better, worse = better + sum(way > 0 for way in moved.values()), worse + sum(way < 0 for way in moved.values())
        areas.update(list(moved))
    names = {area.id: area.name for area in before.areas}
    return Preview(results, touched, areas.total(), better, worse, {names[a]: n for a, n in areas.most_common()})


def _moved(old: Result, new: Result) -> dict[str, int]:
    """The areas whose verdict differs, with the way in which the chance has moved."""
    return {
        one.id: (two.chance.tenths > one.chance.tenths) - (two.chance.tenths < one.chance.tenths)
        for one, two in zip(old.areas, new.areas, strict=True)
        if one.verdict != two.verdict
    }


def publish(session: Session, by: Actor, part: tuple[str, str], text: str, base: str, banks: Banks, now: int) -> int:
    """Make the change a new bank version, if nobody changed the framework since `base` (a catalogue's hash).

    Gives its number. Raises OtherChangeError, and FileProblems with every error; then nothing is changed.
    """
    store.lock_bank(session)
    if store.newest_catalogue_hash(session) != base:
        raise OtherChangeError
    kind, name = part
    before = banks.newest(session).catalogue
    after = changed(before, kind, name, text)
    number = store.write_version(session, after, [], [], f"{KINDS[kind].lower()} changed: {name}", now, by.id)
    lines = difference(written(before, kind, name) or "", written(after, kind, name) or "")
    record(
        *(session, by.id, "framework changed", (kind, name), now),
        before={"lines": [line[1:] for line in lines if line.startswith("-")]},
        after={"lines": [line[1:] for line in lines if line.startswith("+")], "bank version": number},
    )
    return number


def resources_of(catalogue: Catalogue, area: str, today: date) -> tuple[Checked, ...]:
    """An area's resources with their status, those to look at first."""
    found = catalogue.area(area)
    skills = found.skills if found else []
    every = [
        Checked(s.id, one, status(one.checked, today)) for s in skills for one in catalogue.resources.get(s.id, [])
    ]
    return tuple(sorted(every, key=lambda one: ("never", "stale", "checked").index(one.status)))


def to_check(catalogue: Catalogue, today: date) -> int:
    """How many resources nobody has looked at within a year."""
    every = (one for resources in catalogue.resources.values() for one in resources)
    return sum(status(one.checked, today) != "checked" for one in every)


def status(checked: str | None, today: date) -> str:
    """How a resource that was last looked at on this day stands: `never`, `stale` (over a year ago) or `checked`."""
    try:
        return "stale" if today - date.fromisoformat(checked or "") > STALE else "checked"
    except ValueError:
        return "never"
