"""No statement of an answer reads a table from end to end, so that none grows with the attempts that are stored."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from quiz.bench.walk import unknown_form
from quiz.store.engine import Database
from tests.conftest import Clock, make_app
from tests.taker import begin

GROWING = ("log", "attempts", "takers", "revisions", "live", "versions", "counters", "problem_reports")
Sent = tuple[str, Any]


@pytest.fixture
def started(database: Database, clock: Clock) -> tuple[FlaskClient, str]:
    client = make_app(database, clock, starts_per_day=5).test_client()
    address = begin(client)
    client.get(address)  # the bank is read once for each version, whatever the number of attempts
    return client, address


def statements_of_an_answer(database: Database, client: FlaskClient, address: str) -> list[Sent]:
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    page = client.get(address).get_data(as_text=True)
    for engine in (database.write, database.read):
        event.listen(engine, "before_cursor_execute", note)
    client.post(address, data=unknown_form(page))
    client.get(address)
    for engine in (database.write, database.read):
        event.remove(engine, "before_cursor_execute", note)
    return sent


def plan(database: Database, statement: str, parameters: Any) -> str:
    with database.write.connect() as connection:
        if database.write.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(str(row[-1]) for row in rows)
        connection.execute(text("SET enable_seqscan = off"))  # small tables are read whole, large ones are not
        return "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def read_whole(found: str) -> list[str]:
    """The growing tables that a plan reads from end to end."""
    return [name for name in GROWING for way in ("SCAN", "Seq Scan on") if f"{way} {name}" in found]


def test_no_statement_of_an_answer_reads_a_growing_table_whole(
    database: Database, started: tuple[FlaskClient, str]
) -> None:
    sent = statements_of_an_answer(database, *started)

    assert len(sent) == 5
    assert {statement: read_whole(plan(database, statement, parameters)) for statement, parameters in sent} == {
        statement: [] for statement, _ in sent
    }


def test_a_statement_that_reads_a_table_whole_would_be_noticed(database: Database) -> None:
    assert read_whole(plan(database, "SELECT count(*) FROM log WHERE score = 1", ())) == ["log"]
