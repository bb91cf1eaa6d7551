"""Looking over a whole installation: each finding with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from quiz.bank.proofs import is_proved, proof_hash
from quiz.config import Settings
from quiz.services.banks import Banks, EmptyBankError
from quiz.store.engine import CONNECTIONS, Database
from quiz.store.health import Health, health, read_by_others
from quiz.store.proofs import stored_proofs
from quiz.store.upkeep import free_megabytes

State = Literal["ok", "look", "bad"]
PLENTY = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `look`: works, but someone should; `bad`: does not work. `todo` is empty where it is ok."""

    name: str
    state: State
    found: str
    todo: str = ""


def examine(database: Database, settings: Settings, *, loopback: bool) -> Iterator[Finding]:
    """Everything about an installation whose database opens. `loopback`: whether it listens on this machine only."""
    found = health(database)
    yield _schema(found)
    yield _pages(found)
    if found.connections is not None:
        yield _connections(found.connections, settings.workers)
    yield _rights(database)
    yield _room(database, settings.free_mb)
    yield _reach(settings, loopback=loopback)
    if found.schema == found.needed:
        with database.reading() as session:
            yield from _bank(session)


def _schema(found: Health) -> Finding:
    if found.schema == found.needed:
        return Finding("database", "ok", f"{found.kind}, schema {found.schema}")
    todo = (
        "Run: quiz db upgrade" if found.schema is None or found.schema < found.needed else "Install the newer release"
    )
    return Finding("database", "bad", f"{found.kind}, schema {found.schema}, needed {found.needed}", todo)


def _pages(found: Health) -> Finding:
    if found.damage is None:
        return Finding("pages", "ok", "no damage found")
    return Finding("pages", "bad", found.damage, "Stop the app, keep this file, restore the newest backup")


def _connections(limit: int, workers: int) -> Finding:
    wanted = CONNECTIONS * max(workers, 2)
    if wanted < limit:
        return Finding("connections", "ok", f"the server takes {limit}; this node opens {wanted} at most")
    todo = "Raise max_connections, lower QUIZ_WORKERS, or put a pooler between"
    return Finding("connections", "look", f"the server takes {limit}; this node may want {wanted}", todo)


def _rights(database: Database) -> Finding:
    files = read_by_others(database)
    if not files:
        return Finding("rights", "ok", "no other user of this machine may read the database's files")
    names = " ".join(map(str, files))
    return Finding("rights", "look", f"other users of this machine may read: {names}", f"Run: chmod 600 {names}")


def _room(database: Database, wanted: int) -> Finding:
    free = free_megabytes(database)
    if free is None:
        return Finding("disk", "ok", "PostgreSQL's server looks after its own")
    said = f"{free} MB are free beside the database"
    if free < wanted:
        return Finding("disk", "bad", said, f"Make room: below {wanted} MB (QUIZ_FREE_MB) nobody can begin")
    if free < PLENTY * wanted:
        return Finding("disk", "look", said, "Make room before it is needed")
    return Finding("disk", "ok", said)


def _reach(settings: Settings, *, loopback: bool) -> Finding:
    where = f"listens on {settings.host}:{settings.port}, {settings.proxies} proxies in front"
    if loopback or settings.proxies:
        return Finding("reach", "ok", where)
    return Finding("reach", "look", where, "Put a proxy with https in front and set QUIZ_PROXIES=1")


def _bank(session: Session) -> Iterator[Finding]:
    try:
        bank = Banks().newest(session)
    except EmptyBankError as error:
        yield Finding("bank", "bad", str(error), "Run: quiz bank load")
        return
    yield Finding("bank", "ok", f"version {bank.number}, {len(bank.live)} live questions")
    provable = {live.question.id: proof_hash(live.question) for live in bank.live if is_proved(live.question)}
    known = stored_proofs(session, provable.values())
    refuted = sorted(name for name, content in provable.items() if content in known and not known[content].ok)
    missing = sorted(name for name, content in provable.items() if content not in known)
    if refuted:
        named = f"{len(refuted)} live keys are refuted: {', '.join(refuted[:3])}"
        yield Finding("proofs", "bad", named, "Withdraw or mend them, then run: quiz bank prove --database")
    elif missing:
        named = f"{len(missing)} live questions have programs that were not run on this text"
        yield Finding("proofs", "look", named, "Run: quiz bank prove --database")
    else:
        yield Finding("proofs", "ok", f"{len(provable)} keys confirmed by programs, {len(bank.live)} live questions")
