"""The texts of a question, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.store.attempts import has_ended
from quiz.store.bank import add_revision, parsed, stored_question
from quiz.store.editing_tables import User
from quiz.store.listed import relist
from quiz.store.tables import Live, LogEntry, QuestionRow, Revision


@dataclass(frozen=True)
class Text:
    """One text of a question: its revision, its number among them, who saved it (None: it came from a file)."""

    revision: int
    number: int
    question: q.Question
    author: str | None
    author_id: int | None
    at: int


def newest_text(session: Session, name: str, *, lock: bool = False) -> Text | None:
    """The newest text; with `lock` nobody else can add one before the commit."""
    if lock:
        session.execute(select(QuestionRow.id).where(QuestionRow.id == name).with_for_update())
    row = session.execute(
        _texts().where(Revision.question_id == name).order_by(Revision.number.desc()).limit(1)
    ).first()
    return _text(row) if row else None


def text_numbered(session: Session, name: str, number: int) -> Text | None:
    """The text of this number."""
    row = session.execute(_texts().where(Revision.question_id == name, Revision.number == number)).first()
    return _text(row) if row else None


def text_of(session: Session, revision: int) -> Text | None:
    """The text of this revision."""
    row = session.execute(_texts().where(Revision.id == revision)).first()
    return _text(row) if row else None


def live_text(session: Session, name: str) -> Text | None:
    """The text that is live now."""
    live = select(Live.revision_id).where(Live.to_version.is_(None))
    row = session.execute(_texts().where(Revision.question_id == name, Revision.id.in_(live))).first()
    return _text(row) if row else None


def texts_of(session: Session, name: str) -> list[Text]:
    """All texts, the newest first."""
    rows = session.execute(_texts().where(Revision.question_id == name).order_by(Revision.number.desc()))
    return [_text(row) for row in rows]


def add_text(session: Session, question: q.Question, now: int, author: int | None) -> Text:
    """Store a new text of a question, or the first one; not live."""
    revision = add_revision(session, question, stored_question(session, question.id), now, author)
    relist(session, [question.id])
    found = text_of(session, revision)
    if found is None:
        raise RuntimeError(f"revision {revision} was not stored")
    return found


def question_exists(session: Session, name: str) -> bool:
    """Whether there is a question of this name, in whatever state."""
    return session.get(QuestionRow, name) is not None


def lives_of(session: Session, name: str) -> list[tuple[int, int, int | None]]:
    """When its texts were live: (revision, from version, up to version)."""
    rows = session.execute(
        select(Live.revision_id, Live.from_version, Live.to_version)
        .join(Revision, Revision.id == Live.revision_id)
        .where(Revision.question_id == name)
        .order_by(Live.from_version.desc())
    )
    return [(revision, since, until) for revision, since, until in rows]


def results_that_saw(session: Session, revision: int) -> int:
    """How many finished attempts answered this text."""
    return session.scalar(_finished_with(LogEntry.revision_id == revision)) or 0


def results_that_used(session: Session, name: str) -> int:
    """How many finished attempts answered this question, in whatever text."""
    texts = select(Revision.id).where(Revision.question_id == name)
    return session.scalar(_finished_with(LogEntry.revision_id.in_(texts))) or 0


def _finished_with(answered: ColumnElement[bool]) -> Select[int]:
    """How many attempts with such an answer are finished, by two indexes: nobody else's answers are read."""
    counted = func.count(func.distinct(LogEntry.attempt_id))
    return select(counted).where(answered, has_ended(LogEntry.attempt_id))


def _texts() -> Select[*tuple[Any, ...]]:
    columns = (Revision.id, Revision.number, Revision.content, User.name, Revision.author_id, Revision.created_at)
    return select(*columns).outerjoin(User, User.id == Revision.author_id)


def _text(row: Any) -> Text:
    revision, number, content, author, author_id, at = row
    return Text(revision, number, parsed(content), author, author_id, at)
