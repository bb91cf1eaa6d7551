from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.store.problems import Problem, problems, settle_problem
from quiz.web.wiring import Wiring
from tests.conftest import Clock
from tests.taker import answer_all, begin, finish, hidden_fields


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Send the form of a question's page; question 1 where only the attempt's address is given."""
    path = address if "/problem/" in address else f"{address}/problem/1"
    return client.post(path, data=hidden_fields(client.get(path).text) | fields)


def stored(app: Flask, *, settled: bool = False) -> list[Problem]:
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        return problems(session, settled=settled)


def test_a_report_is_stored_shown_again_and_open_to_editors(any_app: Flask, clock: Clock) -> None:
    client = any_app.test_client()
    address = begin(client)
    assert f"{address}/problem/1" in client.get(address).text
    assert send(client, address, kind="unclear", text="Which queue is meant?").status_code == 303
    assert "Your report on question 1 is stored" in client.get(f"{address}/problem/1").text
    (found,) = stored(any_app)
    assert (found.kind, found.text, found.at) == ("unclear", "Which queue is meant?", clock.now)


def test_there_is_one_report_per_question_and_it_can_be_rewritten(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    for text in ("a", "a", "b"):
        send(client, address, kind="wrong", text=text)
    assert [problem.text for problem in stored(any_app)] == ["b"]


def test_a_settled_report_is_open_again_once_it_is_rewritten_but_not_when_sent_twice(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    send(client, address, kind="wrong", text="a")
    wiring: Wiring = any_app.extensions["quiz"]
    with wiring.database.writing() as session:
        assert settle_problem(session, stored(any_app)[0].id, 5)
        assert not settle_problem(session, 99, 5)
    send(client, address, kind="wrong", text="a")
    assert [problem.settled_at for problem in stored(any_app, settled=True)] == [5]
    send(client, address, kind="wrong", text="b")
    assert [problem.text for problem in stored(any_app)] == ["b"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose what kind of problem it is"),
        ({"kind": "rude"}, "Choose what kind of problem it is"),
        ({"kind": "other"}, "Say in a few words"),
        ({"kind": "wrong", "text": "x" * 1001}, "longer than 1000 characters"),
        ({"kind": "wrong", "text": "a\x00b"}, "can&#39;t be stored"),
    ],
)
def test_what_is_missing_or_too_much_is_said_at_the_field_and_what_was_typed_is_kept(
    app: Flask, client: FlaskClient, fields: dict[str, str], said: str
) -> None:
    address = begin(client)
    response = send(client, address, **fields)
    assert response.status_code == 400
    assert response.text.count(said) == 2
    assert fields.get("kind") != "wrong" or 'value="wrong" checked' in response.text
    assert stored(app) == []


@pytest.mark.parametrize("position", ["0", "2", "999999999999999999999", "x", "-1"])
def test_only_what_was_asked_can_be_reported(client: FlaskClient, position: str) -> None:
    address = begin(client)
    assert client.get(f"{address}/problem/{position}").status_code == 404


def test_a_question_can_be_reported_after_the_result(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    answer_all(app, client, address)
    finish(client, address)
    send(client, f"{address}/problem/3", kind="wrong", text="The third option is right, too.")
    assert "Back to the review" in client.get(f"{address}/problem/3").text


def test_reports_belong_to_the_person_who_can_take_them_along_and_delete_them(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    send(client, address, kind="display", text="The table is cut off.")
    (attempt,) = client.get("/my/data.json").get_json()["attempts"]
    assert [(p["kind"], p["text"]) for p in attempt["problems_reported"]] == [("display", "The table is cut off.")]
    page = client.get("/my/data").text
    client.post("/my/delete", data={"csrf_token": hidden_fields(page)["csrf_token"], "sure": "yes"})
    assert stored(any_app) == []
