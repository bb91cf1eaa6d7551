"""What a person makes of their plan: kept with the attempt, so that it is there on the next visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from quiz.plan.marks import Marks
from quiz.services.taking import OpenAttempt
from quiz.store.marks import latest_marks, store_marks, stored_marks

MOST_KEYS = 60
LONGEST_KEY = 140


def marks_of(session: Session, attempt: OpenAttempt) -> Marks:
    """The attempt's marks; where there are none yet, hours and what the person has as they last said it."""
    own = stored_marks(session, attempt.stored.id)
    if own is not None:
        return Marks.from_data(own)
    last = latest_marks(session, attempt.stored.taker_id)
    return replace(Marks.from_data(last), done=frozenset(), order=()) if last else Marks()


def set_hours(session: Session, attempt: OpenAttempt, hours: int, now: int) -> None:
    """Plan with so many hours a week."""
    _store(session, attempt, replace(marks_of(session, attempt), hours=hours), now)


def set_having(session: Session, attempt: OpenAttempt, have: Iterable[str], now: int) -> None:
    """Note what the person has; unknown things are left out."""
    known = {having.id for having in attempt.bank.catalogue.path.having}
    _store(session, attempt, replace(marks_of(session, attempt), have=frozenset(known & set(have))), now)


def set_done(session: Session, attempt: OpenAttempt, key: str, now: int, *, done: bool) -> None:
    """Tick a step off, or take the tick back."""
    marks = marks_of(session, attempt)
    kept = marks.done | {key} if done else marks.done - {key}
    _store(session, attempt, replace(marks, done=frozenset(_plausible(sorted(kept)))), now)


def set_order(session: Session, attempt: OpenAttempt, keys: Iterable[str], now: int) -> None:
    """Put the steps in this order."""
    order = tuple(_plausible(dict.fromkeys(keys)))
    _store(session, attempt, replace(marks_of(session, attempt), order=order), now)


def _plausible(keys: Iterable[str]) -> list[str]:
    """Keys that may name a step; what a form makes up is not kept."""
    return [key for key in keys if len(key) <= LONGEST_KEY and "/" in key and key.isascii() and key.isprintable()][
        :MOST_KEYS
    ]


def _store(session: Session, attempt: OpenAttempt, marks: Marks, now: int) -> None:
    store_marks(session, attempt.stored.id, marks.as_data(), now)
