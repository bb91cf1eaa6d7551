from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.attempt.log import Rated
from quiz.report.words import level_words
from tests.taker import begin, current_question, hidden_fields, opened, right_form, send_answer

STEPS = {"programming": "2", "mathematics": "0"}


def rating_page(client: FlaskClient) -> tuple[str, str]:
    """The address of an attempt that begins with the self-rating, and that page."""
    rating = begin(client, rate="yes")
    assert rating.endswith("/rate")
    return rating.removesuffix("/rate"), client.get(rating).text


def send(client: FlaskClient, address: str, page: str, **fields: str) -> TestResponse:
    return client.post(f"{address}/rate", data=hidden_fields(page) | fields)


def test_a_self_rating_is_kept_before_the_first_question(any_app: Flask) -> None:
    client = any_app.test_client()
    address, page = rating_page(client)
    assert page.count('type="radio"') == 25
    response = send(client, address, page, **STEPS)
    assert response.headers["Location"] == f"{address}/q/1"
    attempt = opened(any_app, client, address)
    assert attempt.stored.entries == [Rated({"programming": 2, "mathematics": 0})]
    assert attempt.progress.rated == {"programming": 2, "mathematics": 0}
    assert "question 1 of about 20" in client.get(address).text
    assert client.get(f"{address}/rate").headers["Location"] == f"{address}/q/1", "it is asked once"


def test_the_form_and_the_report_call_the_lowest_choice_the_same(client: FlaskClient) -> None:
    _, page = rating_page(client)
    assert page.count("Before the first step") == 6, "explained once, offered for five areas"
    assert level_words(0) == "before the first step"


def test_it_belongs_to_what_the_person_can_take_along(client: FlaskClient) -> None:
    address, page = rating_page(client)
    send(client, address, page, **STEPS)
    exported = client.get("/my/data.json").get_json()
    assert exported["attempts"][0]["log"][0]["rated_myself"] == {"programming": 2, "mathematics": 0}


def test_it_can_be_skipped_whole_or_in_part(app: Flask, client: FlaskClient) -> None:
    address, page = rating_page(client)
    assert f'href="{address}/q/1">Skip' in page
    assert send(client, address, page).status_code == 303
    assert opened(app, client, address).stored.entries == []


@pytest.mark.parametrize("bad", ["5", "-1", "x", "1\x00", "\N{ARABIC-INDIC DIGIT ONE}", "1" * 5000])
def test_a_step_that_does_not_exist_is_said_at_its_row_and_the_others_are_kept(
    app: Flask, client: FlaskClient, bad: str
) -> None:
    address, page = rating_page(client)
    response = send(client, address, page, programming="3", mathematics=bad)
    assert response.status_code == 400
    assert response.text.count("Choose one of the steps on this page") == 2
    assert 'id="programming-3" value="3" checked' in response.text
    assert opened(app, client, address).stored.entries == []


def test_the_same_again_is_harmless_another_rating_or_one_after_an_answer_is_refused(
    app: Flask, client: FlaskClient
) -> None:
    address, page = rating_page(client)
    send(client, address, page, **STEPS)
    assert send(client, address, page, **STEPS).status_code == 303
    other = send(client, address, page, programming="4")
    assert other.status_code == 409
    assert "That rating stands" in other.text

    later = begin(client)
    question, arrangement, _ = current_question(app, client, later)
    send_answer(client, later, right_form(question, arrangement))
    assert send(client, later, page, **STEPS).status_code == 409
    assert opened(app, client, later).progress.rated is None
