from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quiz.services.results import replay
from quiz.store.engine import Database
from quiz.web.wiring import Wiring
from tests.taker import answer_all, begin, finish, hidden_fields, opened


@pytest.fixture
def finished(app: Flask, client: FlaskClient) -> str:
    """The address of a finished attempt of someone who knows programming and mathematics well."""
    address = begin(client)
    known = {"programming", "mathematics"}
    areas = opened(app, client, address).bank.catalogue.area_of
    answer_all(app, client, address, lambda q: areas[q.skill].id in known)
    finish(client, address)
    return address


def test_the_same_answers_can_be_read_against_any_job(client: FlaskClient, finished: str) -> None:
    for role in ("data-scientist", "mlops-engineer", "applied-scientist"):
        for seniority in ("junior", "staff", "unsure"):
            page = client.get(f"{finished}/result?role={role}&seniority={seniority}").get_data(as_text=True)
            assert "You are looking at another job" in page


def test_an_unknown_job_in_the_address_offers_the_choices(client: FlaskClient, finished: str) -> None:
    page = client.get(f"{finished}/result?role=astronaut").get_data(as_text=True)
    assert "There is no such job here" in page
    assert "Data Scientist" in page


def test_someone_not_sure_of_the_seniority_is_told_one(app: Flask, client: FlaskClient) -> None:
    address = begin(client, seniority="unsure")
    answer_all(app, client, address)
    finish(client, address)
    page = client.get(f"{address}/result").get_data(as_text=True)
    assert "You were not sure which seniority" in page


def test_every_option_has_its_reason_in_the_review(app: Flask, client: FlaskClient, finished: str) -> None:
    page = client.get(f"{finished}/review").get_data(as_text=True)
    attempt = opened(app, client, finished)
    for answer in attempt.progress.answers:
        question = attempt.bank.at(answer.revision).question
        assert question.references[0].title.split(",")[0] in page.replace("&#39;", "'").replace("&amp;", "&")
    assert page.count('class="reasons"') >= len(attempt.progress.answers) - 2


def test_the_wrong_answers_under_a_typed_one_are_called_so(app: Flask, client: FlaskClient, finished: str) -> None:
    articles = client.get(f"{finished}/review").text.split("<article")[1:]
    attempt = opened(app, client, finished)
    asked = [attempt.bank.at(answer.revision).question for answer in attempt.progress.answers]
    simple = [(q, article) for q, article in zip(asked, articles, strict=True) if q.type != "case"]
    assert {q.type in {"number", "fill"} for q, _ in simple} == {True, False}
    for question, article in simple:
        wrong = question.type in {"number", "fill"} and 'class="reasons"' in article
        assert ("What a wrong answer would suggest:" in article) == wrong, question.id


def test_the_review_can_be_narrowed(client: FlaskClient, finished: str) -> None:
    everything = client.get(f"{finished}/review").get_data(as_text=True).count("<article")
    missed = client.get(f"{finished}/review?show=missed").get_data(as_text=True).count("<article")
    one_area = client.get(f"{finished}/review?area=programming").get_data(as_text=True).count("<article")
    nothing = client.get(f"{finished}/review?show=missed&area=programming").get_data(as_text=True)
    assert 0 < missed < everything
    assert 3 <= one_area < everything
    assert "Nothing here" in nothing


def test_replay_finds_every_stored_result_unchanged(any_app: Flask, database: Database) -> None:
    client = any_app.test_client()
    for knows in (True, False):
        address = begin(client, seniority="unsure" if knows else "senior")
        answer_all(any_app, client, address, lambda _, knows=knows: knows)  # type: ignore[misc]
        finish(client, address)
    wiring: Wiring = any_app.extensions["quiz"]
    with database.reading() as session:
        found = replay(session, wiring.banks)
    assert (found.attempts, found.different) == (2, ())


def test_replay_notices_a_result_that_was_tampered_with(app: Flask, client: FlaskClient, sqlite: Database) -> None:
    address = begin(client)
    answer_all(app, client, address)
    finish(client, address)
    with sqlite.write.begin() as connection:
        row = connection.exec_driver_sql("SELECT data FROM log WHERE kind = 'finished'").scalar_one()
        data = json.loads(row)
        data["printed"]["coverage"]["about"] -= 5
        connection.exec_driver_sql("UPDATE log SET data = ? WHERE kind = 'finished'", (json.dumps(data),))
    wiring: Wiring = app.extensions["quiz"]
    with sqlite.reading() as session:
        assert len(replay(session, wiring.banks).different) == 1


def test_the_secret_link_opens_everything_in_a_fresh_browser(app: Flask, client: FlaskClient, finished: str) -> None:
    link = re.search(r'value="http://localhost(/r/[^"]+)"', client.get("/my").get_data(as_text=True))
    assert link is not None
    fresh = app.test_client()
    assert fresh.get(link[1]).status_code == 303
    assert "See the result" in fresh.get("/my").get_data(as_text=True)
    assert fresh.get(f"{finished}/result").status_code == 200


def test_a_link_never_replaces_other_results_without_asking(app: Flask, client: FlaskClient, finished: str) -> None:
    assert finished
    link = re.search(r'value="http://localhost(/r/[^"]+)"', client.get("/my").get_data(as_text=True))
    assert link is not None
    other = app.test_client()
    mine = begin(other)
    page = other.get(link[1]).get_data(as_text=True)
    assert "This browser holds results already" in page
    assert other.get(mine).status_code == 200
    assert other.post(link[1], data={"csrf_token": hidden_fields(page)["csrf_token"]}).status_code == 303
    assert other.get(mine).status_code == 404


def test_a_wrong_link_is_a_404(client: FlaskClient) -> None:
    for secret in ("x", "a" * 43, "a" * 5000, "%00" * 10):
        assert client.get(f"/r/{secret}").status_code == 404


def test_everything_personal_can_be_taken_away_and_deleted(
    client: FlaskClient, finished: str, sqlite: Database
) -> None:
    exported = client.get("/my/data.json").get_json()
    assert exported["attempts"][0]["log"][-1]["result"]["questions"] >= 15
    page = client.get("/my/data").get_data(as_text=True)
    token = hidden_fields(page)["csrf_token"]
    unsure = client.post("/my/delete", data={"csrf_token": token})
    assert unsure.status_code == 400
    assert client.get(f"{finished}/result").status_code == 200
    done = client.post("/my/delete", data={"csrf_token": token, "sure": "yes"})
    assert "Your data is deleted" in done.get_data(as_text=True)
    assert client.get(f"{finished}/result").status_code == 404
    with sqlite.read.connect() as connection:
        for table in ("takers", "attempts", "log"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_one_attempt_can_be_deleted_alone_after_asking_and_by_its_owner_only(
    app: Flask, client: FlaskClient, finished: str, sqlite: Database
) -> None:
    kept = begin(client)
    assert f'href="{finished}/delete"' in client.get("/my").get_data(as_text=True)
    stranger = app.test_client()
    begin(stranger)
    token = hidden_fields(stranger.get("/my/data").get_data(as_text=True))["csrf_token"]
    assert stranger.get(f"{finished}/delete").status_code == 404
    assert stranger.post(f"{finished}/delete", data={"csrf_token": token}).status_code == 404
    page = client.get(f"{finished}/delete").get_data(as_text=True)
    assert "Your other attempts stay. This can't be undone." in page
    assert client.get(f"{finished}/result").status_code == 200, "asking deletes nothing"
    done = client.post(f"{finished}/delete", data={"csrf_token": hidden_fields(page)["csrf_token"]})
    assert "The attempt is deleted" in done.get_data(as_text=True)
    assert client.get(f"{finished}/result").status_code == 404
    assert client.get(kept).status_code == 200
    with sqlite.read.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM log WHERE kind = 'answered'").scalar_one()
    assert left == 0, "its answers are gone"


def test_my_results_show_open_ready_and_finished_attempts(app: Flask, client: FlaskClient, finished: str) -> None:
    assert finished
    begin(client)
    ready = begin(client)
    answer_all(app, client, ready)
    page = client.get("/my").get_data(as_text=True)
    assert "0 of about 20 questions answered" in page
    assert "The result is ready" in page
    assert "Your answers cover about" in page


def test_an_empty_browser_is_told_what_to_do(client: FlaskClient) -> None:
    assert "There are no results in this browser yet" in client.get("/my").get_data(as_text=True)
    assert "We keep nothing about you" in client.get("/my/data").get_data(as_text=True)
