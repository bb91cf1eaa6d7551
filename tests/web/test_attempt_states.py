"""Every route of an attempt, in every state of it, for everyone but its owner; generated from the URL map."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quiz.store.engine import Database
from quiz.store.tables import Attempt, Base
from quiz.web.safety import WITHOUT_TOKEN
from tests.taker import answer_all, begin, current_question, finish, hidden_fields, right_form, send_answer
from tests.web.routes import filled, of_takers

ABSENT = "y" * 22


def states(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """One attempt of this person in each state it can be in: its name and the attempt's token."""
    address = begin(client, length="15")
    yield "begun", address[3:]
    question, arrangement, _ = current_question(app, client, address)
    send_answer(client, address, right_form(question, arrangement))
    yield "midway", address[3:]
    answer_all(app, client, address)
    yield "stopped", address[3:]
    finish(client, address)
    yield "finished", address[3:]
    token = hidden_fields(client.get(f"{address}/result").text)["csrf_token"]
    client.post(f"{address}/extend", data={"csrf_token": token})
    yield "extended", address[3:]
    client.post("/my/delete", data={"csrf_token": token, "sure": "yes"})
    yield "deleted", address[3:]


def test_in_no_state_does_an_attempt_answer_anyone_but_its_owner(app: Flask) -> None:
    owner, stranger, nobody = app.test_client(), app.test_client(), app.test_client()
    begin(stranger)
    own = {"csrf_token": hidden_fields(stranger.get("/my/data").text)["csrf_token"]}
    routes = [(method, rule) for _, method, rule in of_takers(app) if "<token>" in rule]
    seen = 0
    for state, token in states(app, owner):
        for method, rule in routes:
            data = own if method != "GET" else None
            for person in (stranger, nobody):
                found = person.open(filled(rule, token), method=method, data=data)
                missing = person.open(filled(rule, ABSENT), method=method, data=data)
                assert found.status_code in {400, 404}, f"{state}: {method} {rule}"
                assert (found.status_code, found.text) == (missing.status_code, missing.text), f"{state}: {rule}"
                seen += 1
        shown = [owner.get(filled(rule, token)).status_code for method, rule in routes if method == "GET"]
        assert (200 in shown) == (state != "deleted"), "the owner is the control"
    assert seen > 200


def test_every_changing_route_refuses_other_sites_and_forms_without_a_token(app: Flask) -> None:
    client = app.test_client()
    token = begin(client)[3:]
    good = hidden_fields(client.get("/my/data").text)["csrf_token"]
    for endpoint, method, rule in of_takers(app):
        if method == "GET":
            continue
        path = filled(rule, token)
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            sent = client.open(path, method=method, data={"csrf_token": good}, headers=headers)
            assert sent.status_code == 400, f"{rule}: {headers}"
        if endpoint not in WITHOUT_TOKEN:
            for data in ({}, {"csrf_token": "x"}, {"csrf_token": good[:-2]}):
                assert client.open(path, method=method, data=data).status_code == 400, rule


ELSEWHERE = [
    *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example"),
    *("//evil.example/%2e%2e", "/%09/evil.example", "%2f%2fevil.example", "javascript:alert(1)", "///evil.example"),
    *(
        "//127.0.0.1@evil.example",
        "http://localhost.evil.example",
        "data:text/html,x",
        "/..//evil.example",
        "//evil。example",
    ),
]
NAMES = ("next", "url", "return", "to")


def test_nothing_that_is_sent_decides_where_a_redirect_leads(app: Flask) -> None:
    client = app.test_client()
    address = begin(client)
    page = client.get(address).text
    question, arrangement, _ = current_question(app, client, address)
    led = 0
    for name in NAMES:
        for target in ELSEWHERE:
            answers = [
                client.post("/start", data={name: target}, query_string={name: target}),
                client.post(address, data=hidden_fields(page) | right_form(question, arrangement) | {name: target}),
                client.get("/", environ_overrides={"PATH_INFO": f"/{target}".encode().decode("latin1")}),
                client.get(address, query_string={name: target}, headers={"Referer": target}),
            ]
            for answer in answers:
                where = urlsplit(answer.headers.get("Location", "/"))
                assert where.netloc in {"", "localhost"}, target
                assert where.scheme in {"", "http"}, target
                led += "Location" in answer.headers
    assert led >= 2 * len(NAMES) * len(ELSEWHERE)


def test_a_field_named_like_a_column_changes_nothing(app: Flask, client: FlaskClient, sqlite: Database) -> None:
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    legitimate = {"role", "seniority", "length"}
    foreign = dict.fromkeys(columns - legitimate, "7")
    client.post("/start", data=foreign, query_string=foreign)
    plain = begin(app.test_client())[3:]
    with sqlite.reading() as session:
        made = session.scalars(select(Attempt).order_by(Attempt.id)).all()
        assert len(made) == 2
        assert made[1].token == plain
        for name in ("role", "seniority", "length", "version", "excluded", "started_at"):
            assert getattr(made[0], name) == getattr(made[1], name), name
        assert (made[0].id, made[0].seed, made[1].seed) == (1, 100, 101)


@pytest.mark.parametrize("token", ["7", "1 OR 1=1", "../" * 5, "%00"])
def test_a_guessed_name_is_a_404(client: FlaskClient, token: str) -> None:
    begin(client)
    assert client.get(f"/a/{token}/result").status_code == 404
