"""Statistics of questions as they were counted last, so that no page has to read everybody's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from quiz.store.editing_tables import StatisticsRow
from quiz.store.tables import Base, Revision

STATISTICS = Base.metadata.tables[StatisticsRow.__tablename__]


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
    """Keep these in the place of what was kept before. One statement; its order lets two counts wait, not deadlock."""
    rows = [_row(one) for one in sorted(counted, key=lambda one: one.question)]
    if rows:
        make = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        put = make(STATISTICS)  # the bare table: for a class, rows with and without a value would go apart
        key, *others = STATISTICS.columns
        new = {column.name: put.excluded[column.name] for column in others}
        session.execute(put.on_conflict_do_update(index_elements=[key], set_=new), rows)


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


def _row(one: Counted) -> dict[str, Any]:
    return {
        **{"question_id": one.question, "revision_id": one.revision, "counted_at": one.at, "n": one.n},
        **{"right": one.right, "says": one.says, "attention": list(one.attention), "content": dict(one.content)},
    }


def _counted(row: StatisticsRow) -> Counted:
    told = (row.n, row.right, row.says, tuple(row.attention), row.content)
    return Counted(row.question_id, row.revision_id, row.counted_at, *told)
