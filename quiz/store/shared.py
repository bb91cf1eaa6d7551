"""What all nodes share beside the bank and the answers: keys and counters."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, tuple_
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
    """Add one to a day's counter and return it."""
    _insert(session, Counter, key=key, day=day, count=0)
    row = session.get(Counter, (key, day), with_for_update=True)
    if row is None:
        raise RuntimeError("the counter was neither found nor stored")
    row.count += 1
    session.flush()
    return row.count


def forget_counts(session: Session, before: int, most: int = 10_000) -> int:
    """Forget counters of days before this one, up to `most` of them; how many.

    Not done whenever something is counted: that would look at every address that was counted today.
    """
    old = select(Counter.key, Counter.day).where(Counter.day < before).limit(most)
    forgotten = delete(Counter).where(tuple_(Counter.key, Counter.day).in_(old)).returning(Counter.key)
    return len(session.execute(forgotten).all())


def forget_count(session: Session, key: str, day: int) -> None:
    """Begin a day's counter again."""
    session.execute(delete(Counter).where(Counter.key == key, Counter.day == day))


def _insert(session: Session, table: type[Secret | Counter], **values: object) -> None:
    """Insert unless the key exists already."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    make = postgresql_insert if postgresql else sqlite_insert
    session.execute(make(table).values(**values).on_conflict_do_nothing())
