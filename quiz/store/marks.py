"""What people made of their plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quiz.store.tables import Attempt, PlanMarks


def stored_marks(session: Session, attempt: int) -> dict[str, Any] | None:
    """What was stored for an attempt."""
    return session.scalar(select(PlanMarks.data).where(PlanMarks.attempt_id == attempt))


def latest_marks(session: Session, taker: int) -> dict[str, Any] | None:
    """What a taker stored last, for whatever attempt."""
    mine = select(PlanMarks.data).join(Attempt, Attempt.id == PlanMarks.attempt_id).where(Attempt.taker_id == taker)
    return session.scalar(mine.order_by(PlanMarks.at.desc(), PlanMarks.attempt_id.desc()).limit(1))


def store_marks(session: Session, attempt: int, data: dict[str, Any], now: int) -> None:
    """Keep these marks; the attempt is locked by whoever asks."""
    session.merge(PlanMarks(attempt_id=attempt, data=data, at=now))
    session.flush()
