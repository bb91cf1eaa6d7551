"""Opening the database: engines for transactions that write or read, and for single statements that do.

SQLite: a write transaction begins IMMEDIATE, so two writers wait for each other instead of losing updates (those of
one process in turn, for one connection; SQLite itself would have each ask again after a pause that grows);
WAL and synchronous=FULL, so what was committed survives a power cut (docs/reliability.md has the figures).
"""

from __future__ import annotations

import errno
import os
import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

AT_ONCE = 12
"""Requests that a process works on at the same time. Each needs one connection of each kind at most."""
CONNECTIONS = 4 * AT_ONCE
"""That a process opens at most."""
BUSY_MILLISECONDS = 10_000
ASKING_MILLISECONDS = 200
"""After so long SQLite begins anew to ask for a lock, with short pauses."""
OWNER_ONLY = 0o600
"""Rights of a new SQLite file: it holds people's answers and the server's keys."""
STATEMENT_MILLISECONDS = 60_000

IDLE_SECONDS = 30
"""After so long without use, a connection is asked whether the server still knows it."""
STATEMENT_BY_STATEMENT: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
"""For what is read or added by one statement: nothing is sent around it, which took as long as the statement."""

Connected = Session | Connection
"""What sends statements. A session costs as much as two of them; an answer, most of all that is asked, goes without."""


def locks_rows(connected: Connected) -> bool:
    """Whether rows are locked one by one. SQLite lets in one writer at a time, who then has everything."""
    bind = connected.get_bind() if isinstance(connected, Session) else connected
    return bind.dialect.name != "sqlite"


class DatabaseError(Exception):
    """The database can't be opened; the message says what to do."""


@dataclass(frozen=True)
class Database:
    """Engines over one database, for transactions (`write`, `read`) and single statements (`add`, `look`).

    `read` and `look` can't write. What `add` has done is done, as if it had been committed.
    """

    write: Engine
    read: Engine
    add: Engine
    look: Engine

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All of them."""
        return self.write, self.read, self.add, self.look

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends, and undone where it raises."""
        with Session(self.write, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that can't write."""
        with Session(self.read) as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        for engine in self.engines:
            engine.dispose()


class MissingError(DatabaseError):
    """There is no such file."""


def open_database(url: str, *, create: bool = True) -> Database:
    """Open the database at a SQLAlchemy URL; a SQLite file that is not there is made, or else a MissingError.

    Raises DatabaseError where its folder can't be used.
    """
    if make_url(url).get_backend_name() == "sqlite":
        path = Path(make_url(url).database or "")
        if create:
            _make(path)
        elif not path.exists():
            raise MissingError(f"there is no database {path}")
        return _sqlite(url, path)
    options: dict[str, Any] = {
        **{"pool_size": 4, "max_overflow": AT_ONCE - 4, "pool_timeout": BUSY_MILLISECONDS / 1000},
        **{"hide_parameters": True, "connect_args": {"connect_timeout": BUSY_MILLISECONDS // 1000}},
    }
    read_only = {"postgresql_readonly": True}
    write, read = create_engine(url, **options), create_engine(url, execution_options=read_only, **options)
    options |= {"pool_size": AT_ONCE, "max_overflow": 0}  # beyond its size, a pool connects anew for each request
    add, look = (create_engine(url, **options, **STATEMENT_BY_STATEMENT) for _ in range(2))
    database = Database(write, read, add, look)
    for engine in database.engines:
        event.listen(engine, "connect", _on_connect_postgresql)
        event.listen(engine, "checkin", lambda _, record: record.info.update(since=time.monotonic()))
        event.listen(engine, "checkout", _still_there)
    event.listen(look, "connect", _on_connect_looking_postgresql)
    return database


def _make(path: Path) -> None:
    """Make the file where there is none, and see whether it can be written.

    One that is there is never opened here: to close it again would drop the locks of every connection that this
    process has to it (POSIX), and the next process to end would take the write-ahead log away from under them.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
        if path.is_dir() or not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise DatabaseError(f"can't write the database {path}: {error.strerror}. Set QUIZ_DATABASE_URL.") from None


def _sqlite(url: str, path: Path) -> Database:
    options: dict[str, Any] = {"creator": partial(_opened, path), "hide_parameters": True}
    in_turn = {"pool_size": 1, "max_overflow": 0, "pool_timeout": BUSY_MILLISECONDS / 1000}
    write, read = create_engine(url, **options, **in_turn), create_engine(url, **options)
    sizes = in_turn, {"pool_size": AT_ONCE}
    add, look = (create_engine(url, **options, **size, **STATEMENT_BY_STATEMENT) for size in sizes)
    database = Database(write, read, add, look)
    for engine in database.engines:
        event.listen(engine, "connect", lambda _, record: record.info.update(file=_file_number(path)))
        event.listen(engine, "checkout", lambda _, record, __: _same_file(path, record))
        event.listen(engine, "connect", _on_connect_writing if engine in (write, add) else _on_connect_reading)
    for engine, begin in ((write, "BEGIN IMMEDIATE"), (read, "BEGIN")):
        engine.dialect.do_begin = partial(_begin, begin)  # type: ignore[method-assign]
    return database


def _begin(statement: str, connection: Any) -> None:
    """Begin a transaction. Told to the dialect, since one listener for "begin" makes every statement look for more."""
    connection.cursor().execute(statement)


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file that is there. SQLite would make an empty one in the place of one that was taken away."""
    address = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(address, uri=True, check_same_thread=False, factory=_Patient)


class _Patient(sqlite3.Connection):
    """A connection that waits for the lock of another process, and asks again often.

    SQLite's own patience asks after pauses that grow to a tenth of a second: where eight processes write without a
    pause, an unlucky one was refused after ten seconds of that.
    """

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that asks again."""
        return super().cursor(factory or _AskingAgain)


class _AskingAgain(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> _AskingAgain:
        """Execute a statement. One that is told that the database is busy has done nothing."""
        until = 0.0
        while True:
            try:
                return super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                until = until or time.monotonic() + BUSY_MILLISECONDS / 1000
                if not _is_busy(error) or time.monotonic() > until:
                    raise


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another has the lock. Who has read what is old by now waits in vain."""
    code = error.sqlite_errorcode
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT


def _file_number(path: Path) -> tuple[int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - Path.stat takes twice as long, and this is asked for each request
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _same_file(path: Path, record: Any) -> None:
    """Leave a connection whose file was taken away: what is written there is gone with the last one who has it open."""
    if record.info["file"] != _file_number(path):
        raise DisconnectionError(f"{path} is another file now, or gone")


def _still_there(connection: Any, record: Any, _: Any) -> None:
    """Leave a connection that the server has ended, or that nobody knows of after a while.

    A server that stops says so, and its machine closes what it did not: then there is something to read. To look for
    that costs nothing, while a question and its answer (pool_pre_ping) would come before every transaction.
    """
    try:
        waiting = select.poll()  # not select(), which takes no file number beyond 1,023
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0) or time.monotonic() - record.info.get("since", 0) > IDLE_SECONDS:
            connection.execute("SELECT 1")
            connection.rollback()
    except connection.Error as error:
        raise DisconnectionError("the server has ended this connection") from error


def _on_connect_looking_postgresql(connection: Any, _record: Any) -> None:
    connection.execute("SET default_transaction_read_only = on")
    connection.commit()


def _on_connect_postgresql(connection: Any, _record: Any) -> None:
    """Give up where a lock, a statement or a forgotten transaction would hold others up."""
    connection.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
    connection.execute(f"SET statement_timeout = {STATEMENT_MILLISECONDS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {STATEMENT_MILLISECONDS}")
    connection.commit()


def _on_connect_writing(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would otherwise begin transactions of its own, too late
    connection.execute(f"PRAGMA busy_timeout={ASKING_MILLISECONDS}")
    _enter_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):  # what is deleted is overwritten
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: Any) -> None:
    """Switch to WAL. SQLite does not wait for others here, whatever the timeout says, so we do."""
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _on_connect_reading(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={ASKING_MILLISECONDS}", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")
