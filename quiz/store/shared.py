"""What all nodes share beside the bank and the answers: keys and counters."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from quiz.store.tables import Counter, Secret


def shared_secret(session: Session, name: str) -> str:
    """The key of this name, made on first use; every node reads the same one."""
    found = session.scalar(select(Secret.value).where(Secret.name == name))
    if found is None:
        _insert(session, Secret, name=name, value=secrets.token_urlsafe(48))
        found = session.scalar(select(Secret.value).where(Secret.name == name))
    if found is None:
        raise RuntimeError(f"the secret {name} was neither found nor stored")
    return found


def count_up(session: Session, key: str, day: int) -> int:
    """Add one to a day's counter and return it; older days are forgotten."""
    session.execute(delete(Counter).where(Counter.day < day))
    _insert(session, Counter, key=key, day=day, count=0)
    row = session.get(Counter, (key, day), with_for_update=True)
    if row is None:
        raise RuntimeError("the counter was neither found nor stored")
    row.count += 1
    session.flush()
    return row.count


def forget_count(session: Session, key: str, day: int) -> None:
    """Begin a day's counter again."""
    session.execute(delete(Counter).where(Counter.key == key, Counter.day == day))


def _insert(session: Session, table: type[Secret | Counter], **values: object) -> None:
    """Insert unless the key exists already."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    make = postgresql_insert if postgresql else sqlite_insert
    session.execute(make(table).values(**values).on_conflict_do_nothing())
