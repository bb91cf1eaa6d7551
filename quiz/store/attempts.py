"""Takers, their attempts and logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from quiz.attempt.log import Answered, Entry, Extended, Finished, Plan, Rated
from quiz.store.direct import Direct, Row
from quiz.store.engine import Connected, locks_rows
from quiz.store.tables import FINISHED, Attempt, Base, LogEntry, PlanMarks, ProblemReport, ShareRow, Taker

ATTEMPTS, LOG, TAKERS, VERSIONS = (Base.metadata.tables[name] for name in ("attempts", "log", "takers", "versions"))


class _WholeLog(FunctionElement[Any]):
    """The log of the attempt that a statement is about, as one JSON list of entries in no certain order.

    Read as rows of its own, it would take a statement more, and a text to be parsed for each entry.
    """

    type = JSON()
    inherit_cache = True


@compiles(_WholeLog, "sqlite")
def _whole_log_of_sqlite(_element: _WholeLog, _compiler: SQLCompiler, **_: Any) -> str:
    return _LOG_AS.format(all="json_group_array", one="json_array", data="json(data)")


@compiles(_WholeLog, "postgresql")
def _whole_log_of_postgresql(_element: _WholeLog, _compiler: SQLCompiler, **_: Any) -> str:
    return _LOG_AS.format(all="json_agg", one="json_build_array", data="data")


_LOG_AS = """(
SELECT {all}({one}(seq, at, kind, {data}, revision_id, score, following)) FROM log WHERE attempt_id = attempts.id
)"""


def _attempts() -> Select[Any]:
    """Attempts with their logs, as plain rows: they never change here, so nothing needs to watch them."""
    newest = select(func.max(VERSIONS.c.number)).scalar_subquery().label("newest")
    return select(ATTEMPTS, newest, _WholeLog().label("log")).join_from(
        ATTEMPTS, TAKERS, TAKERS.c.id == ATTEMPTS.c.taker_id
    )


_FINISHED = exists().where(LOG.c.attempt_id == ATTEMPTS.c.id, LOG.c.kind == FINISHED)


def has_ended(attempt: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the attempt of this number is finished, looked up for each one by itself.

    PostgreSQL turns an EXISTS into a list of all finished attempts, which grows with everybody who was ever here,
    where only some are asked about. It can't with the first row of a search.
    """
    end = aliased(LogEntry)
    found = select(end.seq).where(end.attempt_id == attempt, end.kind == FINISHED).limit(1)
    return found.scalar_subquery().is_not(None)


_FIND = Direct(
    _attempts().where(ATTEMPTS.c.token == bindparam("token"), TAKERS.c.secret_hash == bindparam("secret_hash"))
)
_LOCK = select(ATTEMPTS.c.id).where(ATTEMPTS.c.token == bindparam("token")).with_for_update()
_APPEND = Direct(insert(LOG))


class MeanwhileError(Exception):
    """Something was written since the attempt was read."""


class Logged(NamedTuple):
    """An entry with the time at which it was written."""

    entry: Entry
    at: int


@dataclass(frozen=True)
class StoredAttempt:
    """An attempt as it stands in the database. `newest` is the number of the newest bank version."""

    id: int
    token: str
    taker_id: int
    plan: Plan
    started_at: int
    newest: int
    log: tuple[Logged, ...]

    @property
    def entries(self) -> list[Entry]:
        """The log without its times."""
        return [logged.entry for logged in self.log]

    @property
    def last_at(self) -> int:
        """When something last happened."""
        return self.log[-1].at if self.log else self.started_at


def find_attempt(connected: Connected, token: str, secret_hash: str, *, lock: bool = False) -> StoredAttempt | None:
    """The attempt of this name if it belongs to the taker with this secret. One statement, and one to lock it.

    Locked first and read then: what another has written meanwhile is not seen by the statement that waited for it.
    """
    if lock and locks_rows(connected):
        connected.execute(_LOCK, {"token": token})
    row = _FIND.first(connected, {"token": token, "secret_hash": secret_hash})
    return _stored(row) if row else None


def attempts_of(session: Session, secret_hash: str) -> list[StoredAttempt]:
    """All attempts of a taker, the newest first."""
    newest_first = (ATTEMPTS.c.started_at.desc(), ATTEMPTS.c.id.desc())
    wanted = _attempts().where(TAKERS.c.secret_hash == secret_hash).order_by(*newest_first)
    return [_stored(row) for row in session.execute(wanted).all()]


def count_finished(session: Session) -> int:
    """How many attempts have a result."""
    return session.scalar(select(func.count()).select_from(ATTEMPTS).where(_FINISHED)) or 0


def finished_attempts(session: Session, after: int, count: int) -> list[StoredAttempt]:
    """Up to `count` attempts with a result, by id from `after` on (exclusive): for replay."""
    wanted = _attempts().where(_FINISHED, ATTEMPTS.c.id > after).order_by(ATTEMPTS.c.id).limit(count)
    return [_stored(row) for row in session.execute(wanted).all()]


def newest_finished(session: Session, count: int) -> list[StoredAttempt]:
    """The newest attempts with a result, at most `count`, the newest first."""
    wanted = _attempts().where(_FINISHED).order_by(ATTEMPTS.c.id.desc()).limit(count)
    return [_stored(row) for row in session.execute(wanted).all()]


def answers_by_token(session: Session) -> dict[str, int]:
    """How many answers each attempt holds, by its name in addresses."""
    counted = select(Attempt.token, func.count()).join(LogEntry, LogEntry.attempt_id == Attempt.id)
    rows = session.execute(counted.where(LogEntry.kind == "answered").group_by(Attempt.token))
    return {token: answers for token, answers in rows}  # noqa: C416 - dict() does not know that rows are pairs


def _stored(row: Row) -> StoredAttempt:
    plan = Plan(
        role=row.role,
        seniority=row.seniority,
        length=row.length,
        seed=row.seed,
        version=row.version,
        first=row.first_revision,
        excluded=frozenset(row.excluded),
    )
    log: list[Logged] = []
    before = row.started_at
    for seq, at, *told in sorted(row.log or ()):
        try:
            log.append(Logged(_entry(max(at - before, 0), *told), at))
        except ValueError as error:
            raise ValueError(f"log {row.id}/{seq} {error}") from None
        before = at
    return StoredAttempt(row.id, row.token, row.taker_id, plan, row.started_at, row.newest, tuple(log))


def _entry(
    seconds: int, kind: str, data: dict[str, Any], revision: int | None, score: int | None, following: int | None
) -> Entry:
    """An entry from its columns. Raises ValueError."""
    match kind:
        case "rated":
            return Rated(data["steps"])
        case "answered":
            if revision is None or score is None:
                raise ValueError("lacks its revision or score")
            unknown, guessing = data["unknown"], data["guessing"]
            return Answered(revision, data["response"], score, unknown, guessing, seconds, following)
        case "extended":
            return Extended(data["questions"], data["area"], following, data.get("skill"))
        case "finished":
            return Finished(data["printed"])
        case _:
            raise ValueError(f"is of the unknown kind {kind}")


def append(
    connected: Connected, attempt: StoredAttempt, entry: Entry, now: int, question_id: str | None = None
) -> None:
    """Write the next entry of an attempt's log. One statement.

    Raises MeanwhileError where another entry has taken its place, or the attempt is gone.
    """
    place = {"attempt_id": attempt.id, "seq": len(attempt.log) + 1, "at": max(now, attempt.last_at)}
    try:
        _APPEND.send(connected, _NOTHING | place | _columns(entry, question_id))
    except IntegrityError as error:
        raise MeanwhileError from error


_NOTHING = {"question_id": None, "revision_id": None, "score": None, "following": None}
"""Columns that only some entries have, so that every entry is written by the same statement."""


def _columns(entry: Entry, question_id: str | None) -> dict[str, Any]:
    match entry:
        case Rated():
            return {"kind": "rated", "data": {"steps": dict(entry.steps)}}
        case Answered():
            data = {"response": dict(entry.response), "unknown": entry.unknown, "guessing": entry.guessing}
            asked = {"question_id": question_id, "revision_id": entry.revision, "score": entry.score}
            return {"kind": "answered", "data": data, "following": entry.following, **asked}
        case Extended():
            data = {"questions": entry.questions, "area": entry.area, "skill": entry.skill}
            return {"kind": "extended", "data": data, "following": entry.following}
        case Finished():
            return {"kind": "finished", "data": {"printed": dict(entry.printed)}}


def add_taker(session: Session, secret_hash: str, now: int) -> int:
    """A new taker; returns the id."""
    taker = Taker(secret_hash=secret_hash, created_at=now, used_at=now)
    session.add(taker)
    session.flush()
    return taker.id


def use_taker(session: Session, secret_hash: str, now: int) -> int | None:
    """The id of the taker with this secret, noting the visit; None where there is none."""
    taker = session.scalar(select(Taker.id).where(Taker.secret_hash == secret_hash).with_for_update())
    if taker is not None:
        session.execute(update(Taker).where(Taker.id == taker).values(used_at=now))
    return taker


def taker_exists(session: Session, secret_hash: str) -> bool:
    """Whether someone holds this secret."""
    return session.scalar(select(Taker.id).where(Taker.secret_hash == secret_hash)) is not None


def seen_questions(session: Session, taker_id: int) -> list[str]:
    """The ids of all questions this taker has answered, in any attempt."""
    rows = session.scalars(
        select(LogEntry.question_id)
        .join(Attempt, Attempt.id == LogEntry.attempt_id)
        .where(Attempt.taker_id == taker_id, LogEntry.question_id.is_not(None))
        .distinct()
    )
    return sorted(question for question in rows if question)


def add_attempt(session: Session, taker_id: int, token: str, plan: Plan, now: int) -> None:
    """Begin an attempt."""
    session.add(
        Attempt(
            token=token,
            taker_id=taker_id,
            role=plan.role,
            seniority=plan.seniority,
            length=plan.length,
            seed=plan.seed,
            version=plan.version,
            first_revision=plan.first,
            excluded=sorted(plan.excluded),
            started_at=now,
        )
    )
    session.flush()


def count_attempts(session: Session, taker_id: int) -> int:
    """How many attempts a taker has begun."""
    return session.scalar(select(func.count()).where(Attempt.taker_id == taker_id)) or 0


def delete_taker(session: Session, secret_hash: str) -> bool:
    """Delete a taker with all attempts and logs; whether there was one."""
    takers = list(session.scalars(select(Taker.id).where(Taker.secret_hash == secret_hash)))
    _lock(session, takers)
    _delete(session, takers)
    return bool(takers)


def delete_idle(session: Session, before: int, most: int = 500) -> int:
    """Delete takers who have not begun or answered anything since `before`, up to `most` of them; how many.

    Who comes back at this very moment stays: they are looked at once more when nobody else can change them.
    """
    last = select(func.max(LogEntry.at)).join(Attempt, Attempt.id == LogEntry.attempt_id)
    idle = select(Taker.id).where(
        Taker.used_at < before,
        func.coalesce(last.where(Attempt.taker_id == Taker.id).scalar_subquery(), 0) < before,
    )
    takers = list(session.scalars(idle.order_by(Taker.id).limit(most)))
    _lock(session, takers)
    takers = list(session.scalars(idle.where(Taker.id.in_(takers))))
    _delete(session, takers)
    return len(takers)


def delete_attempt(session: Session, attempt: StoredAttempt) -> None:
    """Delete one attempt with its log and all that hangs on it."""
    _delete_attempts(session, Attempt.id == attempt.id)


def _lock(session: Session, takers: Sequence[int]) -> None:
    """Let nobody begin, answer or share for these takers before the commit; what is under way is waited for."""
    session.execute(select(Taker.id).where(Taker.id.in_(takers)).order_by(Taker.id).with_for_update())
    session.execute(select(Attempt.id).where(Attempt.taker_id.in_(takers)).order_by(Attempt.id).with_for_update())


def _delete(session: Session, takers: Sequence[int]) -> None:
    _delete_attempts(session, Attempt.taker_id.in_(takers))
    session.execute(delete(Taker).where(Taker.id.in_(takers)))


def _delete_attempts(session: Session, which: ColumnElement[bool]) -> None:
    attempts = select(Attempt.id).where(which)
    for table in (PlanMarks, ShareRow, LogEntry, ProblemReport):
        session.execute(delete(table).where(table.attempt_id.in_(attempts)))
    session.execute(delete(Attempt).where(which))
