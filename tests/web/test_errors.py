from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quiz.store.attempts import delete_idle
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from tests.conftest import Clock, make_app
from tests.taker import begin, current_question, right_form, send_answer


def test_a_fault_of_ours_has_an_id_and_says_that_answers_are_safe(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "pages.help_", broken)
    response = client.get("/help")
    assert response.status_code == 500
    name = re.search(r"written down as ([0-9a-f]{8})", response.text)
    assert name is not None
    assert name[1] in caplog.text
    assert "ZeroDivisionError" not in response.text


def test_a_database_that_is_away_is_a_503_with_a_time_to_retry(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock).test_client()
    address = begin(client)
    with sqlite.write.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE log RENAME TO gone")
        connection.commit()
    response = client.get(address)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Nothing that we confirmed is lost" in response.text


def test_a_database_without_questions_says_what_the_operator_does(tmp_path: Path, clock: Clock) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    upgrade(database)
    client = make_app(database, clock).test_client()
    for path in ("/", "/readyz"):
        response = client.get(path)
        assert response.status_code == 503
        assert "quiz bank load" in response.text
    assert client.post("/start").status_code == 503
    database.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_words(client: FlaskClient, method: str) -> None:
    response = client.open("/", method=method)
    assert response.status_code == 405
    assert "Go back and use the buttons" in response.text


def test_unused_data_expires_and_used_data_stays(sqlite: Database, clock: Clock) -> None:
    app = make_app(sqlite, clock)
    idle, busy = app.test_client(), app.test_client()
    begin(idle)
    address = begin(busy)
    clock.forward(1000)
    question, arrangement, _ = current_question(app, busy, address)
    send_answer(busy, address, right_form(question, arrangement))
    with sqlite.writing() as session:
        assert delete_idle(session, clock.now - 500) == 1
    assert busy.get(address).status_code == 200
    assert "no results in this browser" in idle.get("/my").text


def test_a_secret_of_a_deleted_taker_begins_a_new_one(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock).test_client()
    begin(client)
    with sqlite.writing() as session:
        delete_idle(session, clock.now + 1)
    response = client.post("/start")
    assert "__Host-taker" in response.headers["Set-Cookie"]
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("typed", ["\x00", "a\x07b", "\u202e12", "x" * 3000, "NaN", "1e999"])
def test_strange_characters_in_a_number_are_refused_at_the_field(app: Flask, client: FlaskClient, typed: str) -> None:
    address = begin(client)
    while True:
        question, arrangement, _ = current_question(app, client, address)
        if question.type == "number":
            break
        send_answer(client, address, right_form(question, arrangement))
    response = send_answer(client, address, {"text": [typed]})
    assert response.status_code == 400
    assert 'id="text-error"' in response.text
