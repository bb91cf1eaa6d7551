"""What has to be done to a database from time to time, so that it stays well without anyone watching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quiz.services.banks import Banks, EmptyBankError
from quiz.store.attempts import delete_idle
from quiz.store.engine import Database
from quiz.store.migrate import newest, revision
from quiz.store.shared import forget_counts
from quiz.store.shares import forget_expired
from quiz.store.upkeep import checkpoint, free_megabytes

SECONDS_A_DAY, SECONDS_A_MONTH = 86_400, 2_629_800


class NoRoomError(Exception):
    """The disk is nearly full; what is left is kept for the answers of those who have begun."""


@dataclass(frozen=True)
class Readiness:
    """Whether new people can be served. `problems`: what stands in the way, as sentences for the operator."""

    bank_version: int | None
    free_mb: int | None
    problems: tuple[str, ...]


def has_room(database: Database, free_mb: int) -> bool:
    """Whether at least so much space is free beside a SQLite database; PostgreSQL looks after its own."""
    free = free_megabytes(database)
    return free is None or free >= free_mb


def need_room(database: Database, free_mb: int) -> None:
    """Raise NoRoomError where an attempt should not begin any more."""
    if not has_room(database, free_mb):
        raise NoRoomError(f"less than {free_mb} MB are free")


def readiness(database: Database, banks: Banks, free_mb: int) -> Readiness:
    """Ask the database, the disk and the bank. What the database raises is passed on."""
    problems, version = [], None
    try:
        with database.reading() as session:
            schema = revision(session.connection())
            if schema != newest():
                problems.append(f"the database has the schema {schema}, needed is {newest()} (quiz db upgrade)")
            else:
                version = banks.newest(session).number
    except EmptyBankError as error:
        problems.append(str(error))
    if not has_room(database, free_mb):
        problems.append(f"less than {free_mb} MB are free beside the database (QUIZ_FREE_MB)")
    return Readiness(version, free_megabytes(database), tuple(problems))


def expire(database: Database, idle_months: int, now: int) -> int:
    """Delete the takers who were not here for so many months, with all they left; how many.

    Of links whose time is over the copies are forgotten too, and how often something was done on days gone by. Some at
    a time: meanwhile others must be able to write.
    """
    before = now - idle_months * SECONDS_A_MONTH
    _all(database, lambda session: forget_counts(session, now // SECONDS_A_DAY))
    _all(database, lambda session: forget_expired(session, now))
    return _all(database, lambda session: delete_idle(session, before))


def _all(database: Database, some: Callable[[Session], int]) -> int:
    """Do some of a work in one transaction after the other until none is left; how much it was."""
    total = 0
    while True:
        with database.writing() as session:
            done = some(session)
        if not done:
            return total
        total += done


def shorten_log(database: Database) -> None:
    """Keep SQLite's write-ahead log short."""
    checkpoint(database)
