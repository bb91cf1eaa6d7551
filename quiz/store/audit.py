"""The audit log: who did what to which thing, and what it was before and after. Only ever added to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from quiz.store.editing_tables import AuditEntry, User

CONSOLE = "console"
"""Who did what was done by a command rather than in the browser."""


@dataclass(frozen=True)
class Done:
    """One thing that was done, by `who` (an account's name, or the console) at `at`."""

    id: int
    at: int
    who: str
    verb: str
    kind: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    note: str


@dataclass(frozen=True)
class Wanted:
    """Which entries: empty fields take all. `until` and `since` are seconds since 1970."""

    who: str = ""
    verb: str = ""
    kind: str = ""
    subject: str = ""
    since: int | None = None
    until: int | None = None


def record(
    session: Session,
    user: int | None,
    verb: str,
    thing: tuple[str, str],
    now: int,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write an entry in the transaction of the change itself. `thing`: its kind and its name."""
    kind, subject = thing
    told = {"before": dict(before) if before else None, "after": dict(after) if after else None, "note": note}
    session.add(AuditEntry(at=now, user_id=user, verb=verb, kind=kind, subject=subject, **told))
    session.flush()


def entries(session: Session, wanted: Wanted, count: int, offset: int = 0) -> list[Done]:
    """The newest entries first."""
    rows = session.execute(_entries(wanted).order_by(AuditEntry.id.desc()).limit(count).offset(offset))
    return [_done(entry, name) for entry, name in rows]


def all_entries(session: Session, wanted: Wanted) -> Iterator[Done]:
    """Every entry, the oldest first, read a few hundred at a time."""
    rows = session.execute(_entries(wanted).order_by(AuditEntry.id).execution_options(yield_per=500))
    for entry, name in rows:
        yield _done(entry, name)


def count_entries(session: Session, wanted: Wanted) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(_entries(wanted).subquery())) or 0


def verbs(session: Session) -> list[str]:
    """What has been done so far, for the filter."""
    return sorted(session.scalars(select(AuditEntry.verb).distinct()))


def _entries(wanted: Wanted) -> Select[AuditEntry, str | None]:
    found = select(AuditEntry, User.name).outerjoin(User, User.id == AuditEntry.user_id)
    for column, value in ((AuditEntry.verb, wanted.verb), (AuditEntry.kind, wanted.kind)):
        if value:
            found = found.where(column == value)
    if wanted.subject:
        found = found.where(AuditEntry.subject.contains(wanted.subject, autoescape=True))
    if wanted.who:
        found = found.where(User.name == wanted.who if wanted.who != CONSOLE else AuditEntry.user_id.is_(None))
    if wanted.since is not None:
        found = found.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(AuditEntry.at < wanted.until)
    return found


def _done(entry: AuditEntry, name: str | None) -> Done:
    told = (entry.verb, entry.kind, entry.subject, entry.before, entry.after, entry.note)
    return Done(entry.id, entry.at, name or CONSOLE, *told)
