"""What an attacker tried, and what must come of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quiz.services.taking import MOST_EXTENSIONS
from quiz.store.engine import Database
from quiz.store.shared import shared_secret
from quiz.web.guard import guard
from tests.conftest import Clock, make_app
from tests.editor import csrf, signed_in
from tests.taker import (
    answer_all,
    begin,
    current_question,
    finish,
    hidden_fields,
    opened,
    right_form,
    send_answer,
    unknown_form,
)


def test_a_body_is_held_to_its_stated_length_whatever_the_server_says() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return [b""]

    guard(app)({"wsgi.input_terminated": True, "CONTENT_LENGTH": "10"}, lambda *_: lambda _b: None)
    assert "CONTENT_LENGTH" in seen
    assert "wsgi.input_terminated" not in seen


def test_a_form_without_its_last_field_is_no_answer(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    question, arrangement, _ = current_question(app, client, address)
    fields = hidden_fields(client.get(address).text)
    assert fields.pop("whole") == "yes"
    response = client.post(address, data=fields | right_form(question, arrangement))
    assert response.status_code == 400
    assert "did not arrive whole" in response.text
    assert opened(app, client, address).progress.answers == ()


def test_a_chunked_body_is_refused(client: FlaskClient) -> None:
    response = client.post("/start", headers={"Transfer-Encoding": "chunked"}, environ_overrides={"CONTENT_LENGTH": ""})
    assert response.status_code == 411


def test_a_slow_start_holds_up_nobody(sqlite: Database, clock: Clock) -> None:
    class Slow(io.BytesIO):
        """A body during whose arrival someone else writes."""

        def read(self, size: int | None = -1, /) -> bytes:
            with sqlite.writing() as session:
                shared_secret(session, "meanwhile")
            return super().read(size)

    body = b"length=15"
    response = (
        make_app(sqlite, clock)
        .test_client()
        .post(
            "/start",
            input_stream=Slow(body),
            content_length=len(body),
            content_type="application/x-www-form-urlencoded",
        )
    )
    assert response.status_code == 303


def test_a_form_that_was_cut_off_may_be_sent_again(client: FlaskClient) -> None:
    response = client.post("/start", data={"length": "15"}, environ_overrides={"CONTENT_LENGTH": "500"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
    assert "send it again" in response.text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("host", ["..", "a" * 64, "a b", "-x", "x..y", "http://x", "[::g]"])
def test_a_host_that_is_none_is_a_plain_400(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "quiz.example.org", "a-b.example."])
def test_a_host_that_is_one_is_served(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_health_check_in_http_1_0_which_names_no_host_is_served(client: FlaskClient) -> None:
    assert client.get("/healthz", environ_overrides={"HTTP_HOST": ""}).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[", "null", "x"])
def test_an_origin_that_is_none_of_ours_is_a_400(client: FlaskClient, origin: str) -> None:
    assert client.post("/start", headers={"Origin": origin}).status_code == 400


def test_our_own_origin_may_start(client: FlaskClient) -> None:
    assert client.post("/start", headers={"Origin": "http://localhost"}).status_code == 303


def test_a_form_field_without_a_name_is_a_400(client: FlaskClient) -> None:
    address = begin(client)
    body = b"--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--\r\n"
    response = client.post(address, data=body, content_type="multipart/form-data; boundary=X")
    assert response.status_code == 400


@pytest.mark.parametrize("token", ["%00", "x%00y", "%ff", "x" * 33, "a%0a"])
def test_a_token_of_strange_characters_is_absent(any_app: Flask, token: str) -> None:
    client = any_app.test_client()
    begin(client)
    for path in (f"/a/{token}", f"/a/{token}/result"):
        assert client.get(path).status_code == 404


def test_position_nought_is_no_position(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    question, arrangement, _ = current_question(app, client, address)
    form = right_form(question, arrangement) | {"position": ["0"]}
    assert send_answer(client, address, form).status_code == 409
    send_answer(client, address, right_form(question, arrangement))
    assert send_answer(client, address, form).status_code == 409


def test_an_old_form_with_a_lost_cookie_never_fills_in_the_next_question(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    page = client.get(address).text
    question, arrangement, _ = current_question(app, client, address)
    form = right_form(question, arrangement)
    send_answer(client, address, form, page)
    response = send_answer(client, address, form | {"csrf_token": ["lost"], "text": ["old"]}, page)
    assert response.status_code == 400
    assert "This is the question now" in response.text
    assert " checked" not in response.text
    assert 'value="old"' not in response.text


def test_an_answer_beside_i_don_t_know_is_asked_about_and_not_thrown_away(app: Flask, client: FlaskClient) -> None:
    typed = {"multiple", "order", "match", "number", "fill"}
    seen: set[str] = set()
    while seen != typed:  # a taker meets no question twice, so the bank's last one ends this too
        address = begin(client, length="35")
        while 'name="question"' in client.get(address).text:
            question, arrangement, _progress = current_question(app, client, address)
            form = right_form(question, arrangement)
            if question.type in typed - seen:
                seen.add(question.type)
                response = send_answer(client, address, form | unknown_form(question))
                assert response.status_code == 400, question.type
                assert "Keep one of them" in response.text
            send_answer(client, address, form)


def test_asking_for_more_without_answering_ends(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    answer_all(app, client, address)
    finish(client, address)
    token = hidden_fields(client.get(f"{address}/result").text)["csrf_token"]
    statuses = []
    for _ in range(MOST_EXTENSIONS + 3):
        statuses.append(client.post(f"{address}/extend", data={"csrf_token": token}).status_code)
        client.post(f"{address}/finish", data={"csrf_token": token})
    assert statuses == [303] * MOST_EXTENSIONS + [409] * 3


def test_a_link_from_another_site_asks_before_it_opens(app: Flask, client: FlaskClient) -> None:
    begin(client)
    link = "/r/" + client.get("/my").text.split("/r/")[1].split('"')[0]
    victim = app.test_client()
    page = victim.get(link, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers or "taker" not in page.headers["Set-Cookie"]
    assert "only if the link is your own" in page.text
    assert victim.get(link).status_code == 303


def test_a_refused_method_says_which_are_allowed(client: FlaskClient) -> None:
    assert "GET" in client.put("/").headers["Allow"]


def test_a_name_with_characters_that_can_t_be_stored_is_absent_on_both_databases(any_app: Flask) -> None:
    editor = signed_in(any_app)
    for path in ("people/a%00b", "questions/a%00b/edit", "questions/a%00b/comment", "questions/a%00b/settle"):
        assert editor.post(f"/admin/{path}", data={"csrf_token": csrf(editor)}).status_code == 404, path
