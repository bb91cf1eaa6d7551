"""Everybody's answers, for statistics and calibration: no token, no secret, nothing that names a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quiz.store.tables import Attempt, LogEntry, Revision

CHUNK = 5000


@dataclass(frozen=True)
class AnswerRow:
    """One answer of an attempt: when it began is `version`; `seconds` since what happened before in that attempt."""

    attempt: int
    taker: int
    version: int
    question: str
    revision: int
    score: int
    unknown: bool
    response: Mapping[str, Any]
    seconds: int


def answers(session: Session, most: int, questions: Collection[str] | None = None) -> Iterator[AnswerRow]:
    """All answers of the newest `most` attempts that have any, by bank version and attempt, in order.

    With `questions`: of attempts in which one of them was answered; their other answers too. One statement.
    """
    answered = select(LogEntry.attempt_id).where(LogEntry.kind == "answered")
    if questions is not None:
        answered = answered.where(LogEntry.question_id.in_(questions))
    newest = select(Attempt.id).where(Attempt.id.in_(answered)).order_by(Attempt.id.desc()).limit(most)
    before = func.lag(LogEntry.at).over(partition_by=LogEntry.attempt_id, order_by=LogEntry.seq)
    timed = (
        select(
            *(LogEntry.attempt_id, LogEntry.seq, LogEntry.kind, LogEntry.question_id, LogEntry.revision_id),
            *(LogEntry.score, LogEntry.data, LogEntry.at, before.label("before")),
        )
        .where(LogEntry.attempt_id.in_(newest))
        .subquery()
    )
    rows = session.execute(
        select(
            *(timed.c.attempt_id, Attempt.taker_id, Attempt.version, timed.c.question_id, timed.c.revision_id),
            *(timed.c.score, timed.c.data, timed.c.at - func.coalesce(timed.c.before, Attempt.started_at)),
        )
        .join(Attempt, Attempt.id == timed.c.attempt_id)
        .where(timed.c.kind == "answered")
        .order_by(Attempt.version, timed.c.attempt_id, timed.c.seq),
        execution_options={"yield_per": CHUNK},
    )
    for attempt, taker, version, question, revision, score, data, seconds in rows:
        unknown, response = data["unknown"], data["response"]
        yield AnswerRow(attempt, taker, version, question, revision, score, unknown, response, max(0, seconds))


def count_answers(session: Session, most: int) -> int:
    """How many answers the newest `most` attempts hold that have any."""
    answered = select(LogEntry.attempt_id).where(LogEntry.kind == "answered")
    newest = select(Attempt.id).where(Attempt.id.in_(answered)).order_by(Attempt.id.desc()).limit(most)
    counted = select(func.count()).where(LogEntry.kind == "answered", LogEntry.attempt_id.in_(newest))
    return session.scalar(counted) or 0


def asked_lately(session: Session, most: int) -> tuple[int, dict[str, int]]:
    """How many of the newest `most` attempts have answers, and in how many of them each question was answered."""
    answered = select(LogEntry.attempt_id).where(LogEntry.kind == "answered")
    newest = select(Attempt.id).where(Attempt.id.in_(answered)).order_by(Attempt.id.desc()).limit(most).subquery()
    rows = session.execute(
        select(LogEntry.question_id, func.count())
        .where(LogEntry.kind == "answered", LogEntry.attempt_id.in_(select(newest.c.id)))
        .group_by(LogEntry.question_id)
    )
    return session.scalar(select(func.count()).select_from(newest)) or 0, {name or "": count for name, count in rows}


@dataclass(frozen=True)
class ExportedAnswer:
    """One answer as it is given away: the question's text by its number, and when, in seconds since 1970."""

    attempt: int
    taker: int
    version: int
    question: str
    number: int
    score: int
    unknown: bool
    seconds: int
    at: int


def answers_after(session: Session, attempt: int, most: int) -> tuple[list[ExportedAnswer], int | None]:
    """All answers of the next `most` attempts after this one, in order; and the last of these, None at the end."""
    ids = list(session.scalars(select(Attempt.id).where(Attempt.id > attempt).order_by(Attempt.id).limit(most)))
    if not ids:
        return [], None
    before = func.lag(LogEntry.at).over(partition_by=LogEntry.attempt_id, order_by=LogEntry.seq)
    timed = select(LogEntry, before.label("before")).where(LogEntry.attempt_id.between(ids[0], ids[-1])).subquery()
    rows = session.execute(
        select(
            *(timed.c.attempt_id, Attempt.taker_id, Attempt.version, timed.c.question_id, Revision.number),
            *(timed.c.score, timed.c.data, timed.c.at, func.coalesce(timed.c.before, Attempt.started_at)),
        )
        .join(Attempt, Attempt.id == timed.c.attempt_id)
        .join(Revision, Revision.id == timed.c.revision_id)
        .where(timed.c.kind == "answered")
        .order_by(timed.c.attempt_id, timed.c.seq)
    )
    found = [
        ExportedAnswer(attempt_, taker, version, question, number, score, data["unknown"], max(0, at - since), at)
        for attempt_, taker, version, question, number, score, data, at, since in rows
    ]
    return found, ids[-1]
