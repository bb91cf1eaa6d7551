"""Texts that wait to be read by someone else, and what colleagues say about them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from quiz.store.editing_tables import Comment, Listed, Review, User


@dataclass(frozen=True)
class Asked:
    """A review: of which text, asked by whom and when, and what came of it (None: it is still open)."""

    id: int
    question: str
    revision: int
    asked_by: str
    asked_at: int
    decision: str | None
    decided_by: str | None
    decided_at: int | None


@dataclass(frozen=True)
class Said:
    """A comment."""

    who: str
    at: int
    revision: int
    text: str


@dataclass(frozen=True)
class Waiting:
    """A text in the queue, with its question's title."""

    question: str
    title: str
    asked_by: str
    asked_at: int


@dataclass(frozen=True)
class SentBack:
    """A draft whose reader asks for a change, with its question's title."""

    question: str
    title: str
    asked_by: str
    asked_at: int


def ask_review(session: Session, name: str, revision: int, user: int, now: int) -> None:
    """Put a text into the queue."""
    session.add(Review(question_id=name, revision_id=revision, asked_by=user, asked_at=now))
    session.flush()


def close_review(session: Session, name: str, user: int | None, decision: str, now: int) -> None:
    """Take a question's open review out of the queue, if there is one."""
    is_open = Review.question_id == name, Review.decision.is_(None)
    session.execute(update(Review).where(*is_open).values(decision=decision, decided_by=user, decided_at=now))


def reviews_of(session: Session, name: str) -> list[Asked]:
    """All reviews of a question, the newest first."""
    asker, decider = aliased(User), aliased(User)
    rows = session.execute(
        select(Review, asker.name, decider.name)
        .join(asker, asker.id == Review.asked_by)
        .outerjoin(decider, decider.id == Review.decided_by)
        .where(Review.question_id == name)
        .order_by(Review.id.desc())
    )
    return [
        Asked(row.id, name, row.revision_id, by, row.asked_at, row.decision, decided, row.decided_at)
        for row, by, decided in rows
    ]


def waiting(session: Session) -> list[Waiting]:
    """The queue, oldest first."""
    rows = session.execute(
        select(Review.question_id, Listed.title, User.name, Review.asked_at)
        .join(Listed, Listed.question_id == Review.question_id)
        .join(User, User.id == Review.asked_by)
        .where(Review.decision.is_(None))
        .order_by(Review.asked_at, Review.id)
    )
    return [Waiting(*row) for row in rows]


def sent_back(session: Session, user: int) -> list[SentBack]:
    """Drafts that this person sent to review and that came back with a change to make, the oldest first."""
    newest = select(func.max(Review.id)).group_by(Review.question_id)
    rows = session.execute(
        select(Review.question_id, Listed.title, User.name, Review.decided_at)
        .join(Listed, Listed.question_id == Review.question_id)
        .join(User, User.id == Review.decided_by)
        .where(Review.asked_by == user, Review.decision == "changes", Listed.state == "draft", Review.id.in_(newest))
        .order_by(Review.decided_at, Review.id)
    )
    return [SentBack(name, title, who, at or 0) for name, title, who, at in rows]


def add_comment(session: Session, name: str, revision: int, user: int, text: str, now: int) -> None:
    """Say something about a text."""
    session.add(Comment(question_id=name, revision_id=revision, user_id=user, at=now, text=text))
    session.flush()


def comments_of(session: Session, name: str) -> list[Said]:
    """What was said about a question, the newest first."""
    rows = session.execute(
        select(User.name, Comment.at, Comment.revision_id, Comment.text)
        .join(User, User.id == Comment.user_id)
        .where(Comment.question_id == name)
        .order_by(Comment.id.desc())
    )
    return [Said(*row) for row in rows]
