"""What operators see: readiness, counts, the log; and what happens when too many come."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from quiz.web import take
from quiz.web.gate import Limits, gate
from quiz.web.log import JsonFormatter
from tests.conftest import Clock, make_app
from tests.taker import begin, current_question, right_form, send_answer


def test_ready_says_the_bank_s_version(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"ready": True, "bank_version": 1, "free_mb": pytest.approx(1e6, rel=1)}


def test_not_ready_says_every_reason(tmp_path: Any, clock: Clock) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    upgrade(database)
    response = make_app(database, clock, free_mb=10**6).test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json is not None
    assert ["no questions" in response.json["reasons"][0], "MB are free" in response.json["reasons"][1]] == [True, True]


def test_a_database_that_is_away_is_not_ready(clock: Clock) -> None:
    away = open_database("postgresql+psycopg://nobody@127.0.0.1:1/quiz")
    response = make_app(away, clock, secret_key="x" * 40).test_client().get("/readyz")
    assert response.status_code == 503
    assert "does not answer" in response.text


def test_with_too_little_room_nobody_begins_and_who_has_begun_goes_on(sqlite: Database, clock: Clock) -> None:
    app = make_app(sqlite, clock)
    client = app.test_client()
    address = begin(client)
    full = make_app(sqlite, clock, free_mb=10**6)
    refused = full.test_client().post("/start")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    question, arrangement, _ = current_question(app, client, address)
    assert send_answer(client, address, right_form(question, arrangement)).status_code == 303


@pytest.mark.parametrize("error", [NoConnectionError("pool"), OperationalError("x", {}, Exception("locked"))])
def test_a_database_without_a_connection_to_spare_is_a_503(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    address = begin(client)
    monkeypatch.setattr(take, "attempt_to_read", fail)
    response = client.get(address)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_counts_name_routes_and_never_addresses(sqlite: Database, clock: Clock) -> None:
    app = make_app(sqlite, clock, metrics=1)
    client = app.test_client()
    address = begin(client)
    question, arrangement, _ = current_question(app, client, address)
    send_answer(client, address, right_form(question, arrangement))
    client.get("/nothing")
    page = client.get("/metrics").text
    assert 'quiz_requests_total{method="POST",route="/a/<token>",status="303"} 1.0' in page
    assert "quiz_answers_confirmed_total 1.0" in page
    assert "quiz_attempts_started_total 1.0" in page
    assert 'quiz_refused_total{status="404"} 1.0' in page
    assert address.rsplit("/", 1)[-1] not in page


def test_methods_that_clients_make_up_are_counted_as_one(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock, metrics=1).test_client()
    for number in range(20):
        assert client.open("/", method=f"BREW{number}").status_code == 405
    page = client.get("/metrics").text
    assert 'method="other",route="none",status="405"} 20.0' in page
    assert "BREW" not in page


def test_without_the_setting_there_are_no_counts_to_see(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log says."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("quiz")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_the_log_holds_neither_secrets_nor_answers(
    sqlite: Database, clock: Clock, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_app(sqlite, clock, log="requests").test_client()
    address = begin(client)
    link = client.get("/my").text.split("/r/")[1].split('"')[0]
    client.get(f"/r/{link}")
    client.get("/setup?role=canary")

    def fail(text: str) -> str:
        raise ValueError(f"can't read {text}")

    monkeypatch.setattr(take, "_number", lambda form, _name: fail(form["text"][0]))
    assert client.post(address, data={"text": "canary", "whole": "yes"}).status_code == 400
    page = client.get(address).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    broken = client.post(address, data={"text": "canary", "whole": "yes", "csrf_token": token})
    assert broken.status_code == 500
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    fault = next(line for line in written if "fault" in line)
    assert fault["fault"] in broken.text
    assert fault["error"] == "ValueError"
    assert any("take.py" in place for place in fault["places"])
    assert {line["route"] for line in written} >= {"/a/<token>", "/r/<secret>", "/setup"}
    for secret in (link, address.rsplit("/", 1)[-1], "canary", token):
        assert secret not in lines.getvalue()


def _ask(app: Any, body: bytes = b"", **environ: Any) -> str:
    said: list[str] = []
    stream = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    list(app({"PATH_INFO": "/", **stream, **environ}, lambda status, _headers: said.append(status)))
    return said[0]


def test_beyond_the_gate_s_places_requests_are_told_to_come_back_and_it_recovers() -> None:
    inside, release, refused = threading.Barrier(3), threading.Event(), [0]

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow":
            inside.wait(10)
            release.wait(10)
        start_response("200 OK", [])
        return []

    def count() -> None:
        refused[0] += 1

    app = gate(slow, Limits(working=2, waiting=0, sending=1, seconds=0.01), count)
    threads = [threading.Thread(target=_ask, args=(app,), kwargs={"PATH_INFO": "/slow"}) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    assert _ask(app).startswith("503")
    assert _ask(app, PATH_INFO="/readyz").startswith("200"), "probes pass"
    release.set()
    for thread in threads:
        thread.join(10)
    assert _ask(app).startswith("200")
    assert refused == [1]


def test_who_sends_slowly_holds_no_place_that_others_need() -> None:
    started, release = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            started.set()
            release.wait(10)
            return super().read(size)

    def app(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    gated = gate(app, Limits(working=1, waiting=0, sending=1, seconds=0.01), lambda: None)
    sender = threading.Thread(target=_ask, args=(gated, b"x"), kwargs={"wsgi.input": Slow(b"x")})
    sender.start()
    assert started.wait(10)
    assert _ask(gated).startswith("200"), "pages are served meanwhile"
    assert _ask(gated, b"x").startswith("503"), "the places for senders are taken"
    release.set()
    sender.join(10)
    assert _ask(gated, b"x").startswith("200")
