"""The longer path into the job: what a person has already, and what comes next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quiz.competency.catalogue import CareerPath, PathItem, PathPart


@dataclass(frozen=True)
class Stretch:
    """One part of the path: whether the person has it, and things to do, those that fit the plan first."""

    part: PathPart
    has: bool
    items: tuple[PathItem, ...]


def longer_path(path: CareerPath, have: Collection[str], planned: Collection[str]) -> tuple[Stretch, ...]:
    """The path for someone who has these things and whose plan raises these skills."""

    def order(item: PathItem) -> tuple[bool, int]:
        return item.status not in {None, "offered"}, -len(set(item.skills) & set(planned))

    stretches = [
        Stretch(part, bool(set(part.met_by) & set(have)), tuple(sorted(part.items, key=order))) for part in path.parts
    ]
    return tuple(stretches)
