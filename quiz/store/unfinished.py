"""What editors typed and could not save yet: kept for them, beside the texts, until they save or discard it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quiz.store.editing_tables import UnfinishedText, User

Subject = tuple[str, str]
"""Of what: kind (`question`, or a kind of the framework's parts) and name."""


@dataclass(frozen=True)
class Unfinished:
    """Someone's unfinished text: the fields of the form as they were sent, and when."""

    who: str
    form: Mapping[str, list[str]]
    at: int


def keep_unfinished(session: Session, of: Subject, user: int, form: Mapping[str, list[str]], now: int) -> None:
    """Keep what someone typed, in place of what was kept for them of this before."""
    kind, name = of
    session.merge(UnfinishedText(kind=kind, subject=name, user_id=user, form=dict(form), at=now))
    session.flush()


def unfinished(session: Session, of: Subject, user: int) -> Unfinished | None:
    """What is kept for this person of this."""
    return next((one for by, one in _kept(session, of) if by == user), None)


def all_unfinished(session: Session, of: Subject) -> list[Unfinished]:
    """Everybody's unfinished texts of this, the oldest first."""
    return [one for _, one in _kept(session, of)]


def unfinished_of(session: Session, user: int) -> list[Subject]:
    """Of what this person has unfinished texts."""
    own = select(UnfinishedText.kind, UnfinishedText.subject).where(UnfinishedText.user_id == user)
    return [(kind, name) for kind, name in session.execute(own)]


def drop_unfinished(session: Session, of: Subject, user: int) -> None:
    """Forget what is kept for this person of this."""
    kind, name = of
    own = UnfinishedText.kind == kind, UnfinishedText.subject == name, UnfinishedText.user_id == user
    session.execute(delete(UnfinishedText).where(*own))


def _kept(session: Session, of: Subject) -> list[tuple[int, Unfinished]]:
    kind, name = of
    rows = session.execute(
        select(UnfinishedText, User.name)
        .join(User, User.id == UnfinishedText.user_id)
        .where(UnfinishedText.kind == kind, UnfinishedText.subject == name)
        .order_by(UnfinishedText.at, UnfinishedText.user_id)
    )
    return [(row.user_id, Unfinished(who, row.form, row.at)) for row, who in rows]
