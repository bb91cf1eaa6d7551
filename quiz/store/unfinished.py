"""What editors typed and could not save yet: kept for them, beside the texts, until they save or discard it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quiz.store.editing_tables import UnfinishedText, User


@dataclass(frozen=True)
class Unfinished:
    """Someone's unfinished text: the fields of the form as they were sent, and when."""

    who: str
    form: Mapping[str, list[str]]
    at: int


def keep_unfinished(session: Session, name: str, user: int, form: Mapping[str, list[str]], now: int) -> None:
    """Keep what someone typed, in place of what was kept for them of this question before."""
    session.merge(UnfinishedText(question_id=name, user_id=user, form=dict(form), at=now))
    session.flush()


def unfinished(session: Session, name: str, user: int) -> Unfinished | None:
    """What is kept for this person of this question."""
    return next((one for by, one in _kept(session, name) if by == user), None)


def unfinished_by(session: Session, name: str) -> list[tuple[str, int]]:
    """Who has an unfinished text of this question, and since when."""
    return [(one.who, one.at) for _, one in _kept(session, name)]


def drop_unfinished(session: Session, name: str, user: int) -> None:
    """Forget what is kept for this person of this question."""
    own = UnfinishedText.question_id == name, UnfinishedText.user_id == user
    session.execute(delete(UnfinishedText).where(*own))


def _kept(session: Session, name: str) -> list[tuple[int, Unfinished]]:
    rows = session.execute(
        select(UnfinishedText, User.name)
        .join(User, User.id == UnfinishedText.user_id)
        .where(UnfinishedText.question_id == name)
        .order_by(UnfinishedText.at)
    )
    return [(row.user_id, Unfinished(who, row.form, row.at)) for row, who in rows]
