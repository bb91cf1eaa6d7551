"""No statement of an answer reads a table from end to end, so that none grows with the attempts that are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from quiz.bench.walk import unknown_form
from quiz.store.engine import Database
from tests.conftest import Clock, make_app
from tests.editor import signed_in
from tests.taker import begin

GROWING = ("log", "attempts", "takers", "revisions", "live", "versions", "counters", "problem_reports")
Sent = tuple[str, Any]


@pytest.fixture
def started(database: Database, clock: Clock) -> tuple[FlaskClient, str]:
    client = make_app(database, clock, starts_per_day=5).test_client()
    address = begin(client)
    client.get(address)  # the bank is read once for each version, whatever the number of attempts
    return client, address


@contextmanager
def noted(database: Database) -> Iterator[list[Sent]]:
    """The statements that are sent while the block runs."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", note)


def plan(database: Database, statement: str, parameters: Any) -> str:
    with database.write.connect() as connection:
        if database.write.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(str(row[-1]) for row in rows)
        connection.execute(text("SET enable_seqscan = off"))  # small tables are read whole, large ones are not
        return "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def read_whole(found: str, tables: Sequence[str] = GROWING) -> list[str]:
    """Which of these tables a plan reads from end to end."""
    return [name for name in tables for way in ("SCAN", "Seq Scan on") if f"{way} {name}" in found]


def test_no_statement_of_an_answer_reads_a_growing_table_whole(
    database: Database, started: tuple[FlaskClient, str]
) -> None:
    client, address = started
    page = client.get(address).get_data(as_text=True)
    with noted(database) as sent:
        client.post(address, data=unknown_form(page))
        client.get(address)

    assert len(sent) == 3
    assert {statement: read_whole(plan(database, statement, parameters)) for statement, parameters in sent} == {
        statement: [] for statement, _ in sent
    }


@pytest.mark.parametrize("page", ["", "/history", "/statistics", "/edit"])
def test_no_page_of_a_question_reads_everybodys_answers(database: Database, clock: Clock, page: str) -> None:
    app = make_app(database, clock)
    client = signed_in(app)
    with noted(database) as sent:
        answer = client.get(f"/admin/questions/password-in-notebook{page}")
    assert answer.status_code == 200
    assert sent
    of_people = ("log", "attempts", "takers")
    assert {s: read_whole(plan(database, s, parameters), of_people) for s, parameters in sent} == {
        s: [] for s, _ in sent
    }


def test_a_statement_that_reads_a_table_whole_would_be_noticed(database: Database) -> None:
    assert read_whole(plan(database, "SELECT count(*) FROM log WHERE score = 1", ())) == ["log"]
