"""How many people came lately and how far they got: read from the newest attempts alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quiz.store.attempts import has_ended
from quiz.store.tables import Attempt, LogEntry


@dataclass(frozen=True)
class Run:
    """An attempt: when it began, for how many questions, how many entries its log has, whether it was finished."""

    started_at: int
    length: int
    entries: int
    finished: bool


def newest_runs(session: Session, since: int, most: int) -> list[Run]:
    """The newest attempts, at most so many, that began at `since` or later; the newest first. One statement."""
    newest = select(Attempt.id, Attempt.started_at, Attempt.length).order_by(Attempt.id.desc()).limit(most).subquery()
    entries = select(func.max(LogEntry.seq)).where(LogEntry.attempt_id == newest.c.id).scalar_subquery()
    rows = session.execute(
        select(newest.c.started_at, newest.c.length, func.coalesce(entries, 0), has_ended(newest.c.id))
        .where(newest.c.started_at >= since)
        .order_by(newest.c.id.desc())
    )
    return [Run(started, length, count, bool(done)) for started, length, count, done in rows]
