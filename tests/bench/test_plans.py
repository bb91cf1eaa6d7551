"""What people and editors ask for reads no table from end to end, so that none of it grows with what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.bench.plans import GROWING, OF_PEOPLE, Sent, noted, read_whole, ways
from quiz.bench.walk import unknown_form
from quiz.store.engine import Database
from tests.conftest import Clock, make_app
from tests.editor import signed_in
from tests.taker import begin, finish, hidden_fields

LIMIT = 5
SHARED = re.compile(r'value="http://localhost(/s/[\w-]{43})"')
OWN_PAGES = ("", "/q/1", "/pause", "/result", "/result.json", "/result.html", "/review", "/compare", "/share")
PAGES = ("/", "/setup", "/my", "/my/data", "/my/data.json", "/my/history", "/example", "/job")
WHOLE = {
    "SELECT count(*) FROM log": "log",
    "SELECT count(*) FROM log WHERE score = 1": "log",
    "SELECT * FROM log AS entries WHERE score = 1": "log",
    "SELECT * FROM log ORDER BY attempt_id, seq": "log",
    "SELECT count(*) FROM log WHERE seq = 3": "log",
    "SELECT count(*) FROM log WHERE kind = 'finished'": "log",
    "SELECT attempt_id, count(*) FROM log GROUP BY attempt_id": "log",
    "SELECT * FROM log WHERE attempt_id IS NOT NULL": "log",
    "SELECT * FROM attempts WHERE id IN (SELECT attempt_id FROM plan_marks WHERE at = 7)": "plan_marks",
    "SELECT taker_id, count(*) FROM attempts GROUP BY taker_id": "attempts",
    "SELECT l.seq FROM attempts a JOIN log l ON l.attempt_id = a.id WHERE a.length = 3": "attempts",
    "UPDATE attempts SET length = 3": "attempts",
    "DELETE FROM counters WHERE day < 5": "counters",
}
"""Statements, and the table that each reads whole, some of them through an index."""
LED = {
    "SELECT * FROM log WHERE attempt_id = 4 AND score = 1": ["log by attempt_id"],
    "SELECT * FROM attempts WHERE token = 'a' OR taker_id = 4": ["attempts by taker_id", "attempts by token"],
    "SELECT l.seq FROM attempts a JOIN log l ON l.attempt_id = a.id WHERE a.token = 'a'": [
        "attempts by token",
        "log by attempt_id",
    ],
    "SELECT max(attempt_id) FROM log": ["log by its end"],
    "DELETE FROM counters WHERE key = 'a' AND day < 5": ["counters by key, day"],
    "UPDATE attempts SET length = 3 WHERE taker_id = 4": ["attempts by taker_id"],
}
"""Statements that an index leads to their rows, and how."""


@contextmanager
def nothing_is_read_whole(database: Database, tables: tuple[str, ...] = GROWING) -> Iterator[list[Sent]]:
    with noted(database) as sent:
        yield sent
    assert sent, "no statement was noted"
    found = {one.statement: read_whole(ways(database, one), tables) for one in sent}
    assert {statement: whole for statement, whole in found.items() if whole} == {}


def ended(app: Flask) -> tuple[FlaskClient, str]:
    """Somebody with a result, and the attempt's address."""
    client = app.test_client()
    address = begin(client)
    while 'name="question"' in (page := client.get(address).text):
        client.post(address, data=unknown_form(page))
    assert finish(client, address).status_code == 303
    return client, address


def shared(client: FlaskClient, address: str) -> TestResponse:
    fields = hidden_fields(client.get(f"{address}/share").text)
    return client.post(f"{address}/share", data=fields | {"detail": "plan", "days": "30"})


@pytest.mark.parametrize(("statement", "table"), WHOLE.items())
def test_a_statement_that_reads_a_table_whole_is_noticed_also_where_it_goes_through_an_index(
    database: Database, statement: str, table: str
) -> None:
    assert table in read_whole(ways(database, Sent(statement, ())))


@pytest.mark.parametrize(("statement", "led"), LED.items())
def test_a_statement_that_an_index_leads_to_its_rows_is_told_from_one_that_reads_all(
    database: Database, statement: str, led: list[str]
) -> None:
    assert [*map(str, ways(database, Sent(statement, ())))] == led


def test_sqlite_trying_every_value_of_a_first_column_reads_the_whole_index(sqlite: Database) -> None:
    with sqlite.writing() as session:
        connection = session.connection()
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        connection.exec_driver_sql(f"INSERT INTO counters {numbers} SELECT 'key ' || (i % 2), i, 1 FROM n")
        connection.exec_driver_sql("ANALYZE")
    assert read_whole(ways(sqlite, Sent("SELECT * FROM counters WHERE day = 7", ()))) == ["counters"]


def test_a_start_reads_no_growing_table_whole_with_a_daily_limit_neither_the_first_nor_the_next(
    database: Database, clock: Clock
) -> None:
    app = make_app(database, clock, starts_per_day=LIMIT)
    begin(app.test_client())  # the bank is read once for each version, whatever the number of attempts
    client = app.test_client()
    for _ in range(2):
        with nothing_is_read_whole(database) as sent:
            begin(client)
        assert any("counters" in one.statement for one in sent), "the limit was not looked at"


def test_no_statement_of_an_answer_reads_a_growing_table_whole(database: Database, clock: Clock) -> None:
    client = make_app(database, clock, starts_per_day=LIMIT).test_client()
    address = begin(client)
    page = client.get(address).text  # the bank is read once for each version, whatever the number of attempts
    with nothing_is_read_whole(database) as sent:
        client.post(address, data=unknown_form(page))
        client.get(address)
    assert len(sent) == 3


def test_no_page_of_a_person_reads_a_growing_table_whole(database: Database, clock: Clock) -> None:
    client, address = ended(make_app(database, clock, starts_per_day=LIMIT))
    for path in (*PAGES, *(address + rest for rest in OWN_PAGES)):
        client.get(path)  # what is computed once for a bank version is computed now
        with nothing_is_read_whole(database):
            assert client.get(path, follow_redirects=True).status_code == 200, path


def test_neither_a_result_nor_a_shared_one_reads_a_growing_table_whole(database: Database, clock: Clock) -> None:
    app = make_app(database, clock, starts_per_day=LIMIT)
    client = app.test_client()
    address = begin(client)
    while 'name="question"' in (page := client.get(address).text):
        client.post(address, data=unknown_form(page))
    with nothing_is_read_whole(database):
        assert finish(client, address).status_code == 303
    with nothing_is_read_whole(database):
        assert shared(client, address).status_code == 303
    (link,) = SHARED.findall(client.get(f"{address}/share").text)
    with nothing_is_read_whole(database):
        assert app.test_client().get(link).status_code == 200


@pytest.mark.parametrize("of", ["/my", "{address}"])
def test_to_delete_an_attempt_or_a_person_reads_no_growing_table_whole(
    database: Database, clock: Clock, of: str
) -> None:
    client, address = ended(make_app(database, clock, starts_per_day=LIMIT))
    way = f"{of.format(address=address)}/delete"
    fields = hidden_fields(client.get("/my/data" if of == "/my" else way).text)
    with nothing_is_read_whole(database):
        assert client.post(way, data=fields | {"sure": "yes"}).status_code == 200


@pytest.mark.parametrize("page", ["", "/history", "/statistics", "/edit"])
def test_no_page_of_a_question_reads_everybodys_answers(database: Database, clock: Clock, page: str) -> None:
    client = signed_in(make_app(database, clock))
    with nothing_is_read_whole(database, OF_PEOPLE):
        assert client.get(f"/admin/questions/password-in-notebook{page}").status_code == 200


@pytest.mark.parametrize("page", ["/questions", "/questions?q=gradient", "/audit"])
def test_no_list_of_the_editors_reads_everybodys_answers(database: Database, clock: Clock, page: str) -> None:
    client = signed_in(make_app(database, clock))
    with nothing_is_read_whole(database, OF_PEOPLE):
        assert client.get(f"/admin{page}").status_code == 200


def test_the_editors_front_page_reads_the_newest_attempts_alone(database: Database, clock: Clock) -> None:
    client = signed_in(make_app(database, clock))
    a_limit_is_told = database.write.dialect.name == "postgresql"  # SQLite's plan has no word for it
    with nothing_is_read_whole(database, OF_PEOPLE if a_limit_is_told else ("log", "takers")):
        assert client.get("/admin").status_code == 200
