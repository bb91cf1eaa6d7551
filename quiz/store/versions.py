"""Bank versions as they are told: who made which, when, why, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from quiz.store.editing_tables import User
from quiz.store.tables import Live, Revision, Version


@dataclass(frozen=True)
class Told:
    """One version. `began`: questions whose text is live from it on; `ended`: those whose text was live before."""

    number: int
    at: int
    who: str | None
    reason: str
    began: int
    ended: int


@dataclass(frozen=True)
class Change:
    """What a version changed for one question: revisions live before and since, None where there was none.

    `texts`: their numbers among the question's texts, 0 where there was none.
    """

    question: str
    before: int | None
    after: int | None
    texts: tuple[int, int]


def told_versions(session: Session, count: int, before: int | None = None) -> list[Told]:
    """The newest versions first, from below the number `before` on."""
    began = select(func.count()).where(Live.from_version == Version.number).scalar_subquery()
    ended = select(func.count()).where(Live.to_version == Version.number).scalar_subquery()
    wanted: Select[*tuple[Any, ...]] = select(
        Version.number, Version.created_at, User.name, Version.reason, began, ended
    ).outerjoin(User, User.id == Version.author_id)
    if before is not None:
        wanted = wanted.where(Version.number < before)
    return [Told(*row) for row in session.execute(wanted.order_by(Version.number.desc()).limit(count))]


def changes_of(session: Session, number: int) -> list[Change]:
    """What a version changed, question by question."""
    texts = select(Revision.question_id, Revision.id, Revision.number).join(Live, Live.revision_id == Revision.id)
    before = {row[0]: row for row in session.execute(texts.where(Live.to_version == number))}
    after = {row[0]: row for row in session.execute(texts.where(Live.from_version == number))}
    none = ("", None, 0)
    pairs = ((name, before.get(name, none), after.get(name, none)) for name in sorted({*before, *after}))
    return [Change(name, old[1], new[1], (old[2], new[2])) for name, old, new in pairs]
