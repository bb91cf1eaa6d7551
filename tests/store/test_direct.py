from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, bindparam, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from quiz.store.direct import Direct
from quiz.store.engine import Database, open_database
from tests.databases import Server

THINGS = Table(
    "things",
    MetaData(),
    *(Column("id", Integer, primary_key=True, autoincrement=False), Column("name", String(8))),
    Column("data", JSON, nullable=False),
)
ADD = Direct(insert(THINGS))
FIND = Direct(select(THINGS).where(THINGS.c.id == bindparam("wanted")))
ORDINARY = select(THINGS)
DATA: dict[str, Any] = {"a": [1, None, "é\u2028"], "b": {"c": 0.5}}


@pytest.fixture
def things(database: Database) -> Database:
    """A database with a table of things."""
    with database.writing() as session:
        THINGS.create(session.connection())
    return database


def add(database: Database, number: int = 1, name: str | None = "one") -> None:
    with database.add.connect() as connection:
        ADD.send(connection, {"id": number, "name": name, "data": DATA})


def test_what_is_sent_directly_is_what_sqlalchemy_would_have_sent(things: Database) -> None:
    add(things)
    add(things, 2, None)
    with things.reading() as session:
        assert [tuple(row) for row in session.execute(ORDINARY)] == [(1, "one", DATA), (2, None, DATA)]
        assert FIND.first(session, {"wanted": 2}) == (2, None, DATA)
    with things.look.connect() as connection:
        found = FIND.first(connection, {"wanted": 1})
        assert found is not None
        assert (found.id, found.name, found.data) == (1, "one", DATA)
        assert FIND.first(connection, {"wanted": 3}) is None


def test_in_a_session_it_belongs_to_the_transaction(things: Database) -> None:
    def fail() -> None:
        with things.writing() as session:
            ADD.send(session, {"id": 1, "name": "one", "data": DATA})
            assert FIND.first(session, {"wanted": 1}) is not None
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    with things.look.connect() as connection:
        assert FIND.first(connection, {"wanted": 1}) is None


def test_an_error_is_sqlalchemy_s_and_names_no_value(things: Database) -> None:
    add(things)
    with pytest.raises(IntegrityError) as caught:
        add(things)
    assert not caught.value.connection_invalidated
    assert "one" not in str(caught.value)
    add(things, 2)  # the connection is as good as before
    with things.look.connect() as connection, pytest.raises(DBAPIError, match=r"no such table|does not exist"):
        Direct(select(Table("nowhere", MetaData(), Column("id", Integer)))).first(connection, {})


def test_whoever_counts_statements_counts_these(things: Database) -> None:
    said: list[str] = []
    event.listen(things.add, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    add(things)
    assert [one.split(" (")[0] for one in said] == ["INSERT INTO things"]


@pytest.mark.postgres
def test_a_connection_that_ends_meanwhile_is_left(postgres: Server, postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as database:
        with database.writing() as session:
            THINGS.create(session.connection())
        name = make_url(postgres_url).database
        with database.add.connect() as connection:
            connection.execute(text("SELECT 1"))
            postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            with pytest.raises(OperationalError) as caught:
                ADD.send(connection, {"id": 1, "name": "one", "data": DATA})
            assert caught.value.connection_invalidated
            assert connection.invalidated
        add(database)
        with database.reading() as session:
            assert len(session.execute(ORDINARY).all()) == 1


@pytest.mark.postgres
def test_a_value_that_can_t_be_stored_is_refused(postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as database:
        with database.writing() as session:
            THINGS.create(session.connection())
        with pytest.raises(DataError):
            add(database, 1, "a\0b")
