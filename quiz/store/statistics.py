"""Statistics of questions as they were counted last, so that no page has to read everybody's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quiz.store.editing_tables import StatisticsRow
from quiz.store.tables import Revision


@dataclass(frozen=True)
class Counted:
    """What is kept about the revision of a question that was live at `at`: columns for lists, `content` for a page."""

    question: str
    revision: int
    at: int
    n: int
    right: float | None
    says: str | None
    attention: tuple[str, ...]
    content: Mapping[str, Any]


def put_counted(session: Session, counted: Iterable[Counted]) -> None:
    """Keep these in the place of what was kept before."""
    for one in counted:
        told = {"n": one.n, "right": one.right, "says": one.says, "attention": list(one.attention)}
        row = StatisticsRow(question_id=one.question, revision_id=one.revision, counted_at=one.at, **told)
        row.content = dict(one.content)
        session.merge(row)
    session.flush()


def counted(session: Session, question: str) -> tuple[Counted, int] | None:
    """What is kept about a question, with the number of the revision it speaks of."""
    row = session.execute(
        select(StatisticsRow, Revision.number)
        .join(Revision, Revision.id == StatisticsRow.revision_id)
        .where(StatisticsRow.question_id == question)
    ).first()
    return (_counted(row[0]), row[1]) if row else None


def counted_at(session: Session) -> int | None:
    """When anything was counted last."""
    return session.scalar(select(func.max(StatisticsRow.counted_at)))


def _counted(row: StatisticsRow) -> Counted:
    told = (row.n, row.right, row.says, tuple(row.attention), row.content)
    return Counted(row.question_id, row.revision_id, row.counted_at, *told)
