from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from quiz.attempt.following import following
from quiz.services import taking
from quiz.store.engine import Database
from quiz.web import loading
from tests.conftest import Clock, make_app
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


def test_one_press_on_the_landing_page_opens_question_1(client: FlaskClient) -> None:
    landing = client.get("/").get_data(as_text=True)
    assert landing.count("<button") == 1
    address = begin(client)
    assert "question 1 of about 20" in client.get(address).get_data(as_text=True)


def test_no_cookie_is_set_before_start(client: FlaskClient) -> None:
    for path in ("/", "/setup", "/help", "/my", "/my/data"):
        assert "Set-Cookie" not in client.get(path).headers, path
    assert "__Host-taker" in client.post("/start").headers["Set-Cookie"]


def test_a_whole_attempt_leads_from_landing_to_report(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    count = answer_all(any_app, client, address)
    assert 15 <= count <= 20
    assert "That was the last question" in client.get(address).get_data(as_text=True)
    assert finish(client, address).status_code == 303
    report = client.get(f"{address}/result").get_data(as_text=True)
    assert "Your answers cover" in report
    assert f"{count} questions" in report
    review = client.get(f"{address}/review").get_data(as_text=True)
    assert review.count("<article") == count


@pytest.mark.parametrize("length", ["15", "35"])
def test_the_chosen_length_is_kept(app: Flask, client: FlaskClient, length: str) -> None:
    address = begin(client, length=length, seniority="senior", role="data-scientist")
    assert f"of about {length}" in client.get(address).get_data(as_text=True)
    toggle = iter(range(100))
    assert answer_all(app, client, address, lambda _: next(toggle) % 2 == 0) <= int(length)


def test_the_first_two_questions_are_guided_ones(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    for _ in range(2):
        question, arrangement, _progress = current_question(app, client, address)
        assert question.level == "guided"
        send_answer(client, address, right_form(question, arrangement))


def test_the_same_answer_twice_is_one_answer(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    page = client.get(address).get_data(as_text=True)
    question, arrangement, _ = current_question(any_app, client, address)
    form = right_form(question, arrangement)
    assert send_answer(client, address, form, page).status_code == 303
    assert send_answer(client, address, form, page).status_code == 303
    assert len(opened(any_app, client, address).progress.answers) == 1


def test_another_answer_to_an_answered_question_is_refused_and_the_first_stands(any_app: Flask) -> None:
    client = any_app.test_client()
    address = begin(client)
    page = client.get(address).get_data(as_text=True)
    question, arrangement, _ = current_question(any_app, client, address)
    send_answer(client, address, right_form(question, arrangement), page)
    second = send_answer(client, address, unknown_form(question), page)
    assert second.status_code == 409
    assert "The first answer stands" in second.get_data(as_text=True)
    answers = opened(any_app, client, address).progress.answers
    assert [answer.unknown for answer in answers] == [False]


def test_an_empty_form_to_an_answered_question_changes_nothing(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    page = client.get(address).get_data(as_text=True)
    question, _, _ = current_question(app, client, address)
    send_answer(client, address, unknown_form(question), page)
    assert send_answer(client, address, {}, page).status_code == 409
    assert len(opened(app, client, address).progress.answers) == 1


def test_a_question_that_was_not_asked_is_refused(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    question, _, progress = current_question(app, client, address)
    bank = opened(app, client, address).bank
    other = next(live.revision for live in bank.live if live.revision != progress.current)
    page = client.get(address).get_data(as_text=True)
    for changes in ({"question": [str(other)]}, {"position": ["2"]}, {"position": ["7"]}):
        assert send_answer(client, address, unknown_form(question) | changes, page).status_code == 409, changes
    assert opened(app, client, address).progress.answers == ()


def test_each_question_keeps_its_address_and_shows_the_answer_given_to_it(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    asked = []
    for position in (1, 2, 3):
        question, arrangement, _ = current_question(app, client, address)
        asked.append(question.title.replace("`", ""))
        form = right_form(question, arrangement) if position != 2 else unknown_form(question)
        sent = send_answer(client, f"{address}/q/{position}", form)
        assert sent.headers["Location"] == f"{address}/q/{position + 1}"
    for position, title in enumerate(asked, start=1):
        page = client.get(f"{address}/q/{position}").text
        assert f"question {position} · answered" in page
        assert unescape(page.split("answered: ")[1].split(" · MLE check")[0]) == title
        assert "Go to question 4" in page
        assert 'name="question"' not in page
    assert "<strong>I don't know</strong>" in client.get(f"{address}/q/2").text
    for absent in ("0", "5", "99999"):
        assert client.get(f"{address}/q/{absent}").headers["Location"] == address
    assert client.get(f"{address}/q/-1").status_code == 404


def test_the_landing_page_offers_to_go_on_where_an_attempt_is_open(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    question, arrangement, _ = current_question(app, client, address)
    send_answer(client, address, right_form(question, arrangement))
    landing = client.get("/").text
    assert "1 question answered of about 20" in landing
    assert f'class="button" href="{address}/q/2">Continue' in landing
    answer_all(app, client, address)
    assert "Your result is ready" in client.get("/").text
    finish(client, address)
    assert "Continue" not in client.get("/").text


@pytest.mark.parametrize("bad", ["", "x", "-1", "1e3", "99999999999999999999", "1\x00", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_hand_edited_position_is_a_clear_400(client: FlaskClient, bad: str) -> None:
    address = begin(client)
    page = client.get(address).get_data(as_text=True)
    response = send_answer(client, address, {"position": [bad]}, page)
    assert response.status_code == 400
    assert "Open the question again" in response.get_data(as_text=True)


def test_what_was_typed_is_kept_when_it_can_t_be_read(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    while True:
        question, arrangement, _ = current_question(app, client, address)
        if question.type == "number":
            break
        send_answer(client, address, right_form(question, arrangement))
    response = send_answer(client, address, {"text": ['1,000 "or so"'], "guessing": ["yes"]})
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert 'value="1,000 &#34;or so&#34;"' in page
    assert 'value="yes" checked' in page
    assert page.count("We can&#39;t read") == 2
    assert "<title>Error:" in page


def test_what_we_read_as_a_number_is_shown_on_the_next_page(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    while True:
        question, arrangement, _ = current_question(app, client, address)
        if question.type == "number":
            break
        send_answer(client, address, right_form(question, arrangement))
    send_answer(client, address, {"text": ["1 / 4"]})
    assert "We read your last answer as <strong>0.25" in client.get(address).get_data(as_text=True) or "25 %" in (
        client.get(address).get_data(as_text=True)
    )


def test_a_lost_csrf_token_shows_the_form_again_with_the_answer_kept(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    question, arrangement, _ = current_question(app, client, address)
    page = client.get(address).get_data(as_text=True)
    form = right_form(question, arrangement)
    response = send_answer(client, address, form | {"csrf_token": ["stale"]}, page)
    text = response.get_data(as_text=True)
    assert response.status_code == 400
    assert "Your answer is still here" in text
    assert (
        " checked" in text or " selected" in text or all(value in text for values in form.values() for value in values)
    )
    assert opened(app, client, address).progress.answers == ()
    assert send_answer(client, address, form, text).status_code == 303


def test_a_form_from_another_site_is_refused(client: FlaskClient) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        response = client.post("/start", headers=headers)
        assert response.status_code == 400, headers
        assert "another site" in response.get_data(as_text=True)


def test_someone_else_s_attempt_looks_like_one_that_does_not_exist(app: Flask) -> None:
    owner, stranger = app.test_client(), app.test_client()
    address = begin(owner)
    begin(stranger)
    absent = "/a/" + "x" * 22
    for path in ("", "/pause", "/result", "/result.json", "/review"):
        foreign, missing = stranger.get(address + path), stranger.get(absent + path)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.data == missing.data
    page = owner.get(address).get_data(as_text=True)
    mine = hidden_fields(stranger.get(begin(stranger)).get_data(as_text=True))["csrf_token"]
    for path in ("", "/finish", "/extend"):
        form = hidden_fields(page) | {"csrf_token": mine}
        assert stranger.post(address + path, data=form).status_code == 404
    assert opened(app, owner, address).progress.answers == ()


def test_who_leaves_is_told_when_there_is_a_result(app: Flask) -> None:
    client = app.test_client()
    address = begin(client, length="15")
    assert "three questions in each area" in client.get(f"{address}/pause").text
    answer_all(app, client, address)
    page = client.get(f"{address}/pause").text
    assert "three questions in each area" not in page
    assert f'href="{address}/result"' in page


def test_an_answer_costs_three_statements(any_app: Flask, database: Database) -> None:
    client = any_app.test_client()
    address = begin(client)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    worst: list[str] = []
    while 'name="question"' in (page := client.get(address).get_data(as_text=True)):
        question, arrangement, _ = current_question(any_app, client, address)
        form = hidden_fields(page) | right_form(question, arrangement)
        statements.clear()
        client.get(client.post(address, data=form).headers["Location"])
        worst = max(worst, list(statements), key=len)
    assert len(worst) == 3, "\n".join(worst)


@pytest.mark.parametrize(("other", "tries", "status"), [(False, 5, 303), (True, 5, 409), (False, 1, 503)])
def test_an_answer_that_meets_another_on_its_way_is_looked_at_again(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, *, other: bool, tries: int, status: int
) -> None:
    """With one try, the control, nobody looks again."""
    client = any_app.test_client()
    address = begin(client)
    question, arrangement, _ = current_question(any_app, client, address)
    hidden = hidden_fields(client.get(address).get_data(as_text=True))
    form = hidden | unknown_form(question)
    first = hidden | (right_form(question, arrangement) if other else unknown_form(question))
    waiting = [True]

    def meanwhile(*args: Any) -> int | None:
        if waiting:
            waiting.clear()
            assert client.post(address, data=first).status_code == 303
        return following(*args)

    monkeypatch.setattr(taking, "following", meanwhile)
    monkeypatch.setattr(loading, "TRIES", tries)
    assert client.post(address, data=form).status_code == status
    answers = opened(any_app, client, address).progress.answers
    assert [a.unknown for a in answers] == [not other]


def test_five_more_questions_in_one_area_reopen_a_finished_attempt(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    first = answer_all(app, client, address, lambda q: q.level == "guided")
    finish(client, address)
    page = client.get(f"{address}/result").get_data(as_text=True)
    form = {"csrf_token": hidden_fields(page)["csrf_token"], "area": "soft-skills"}
    assert client.post(f"{address}/extend", data=form).status_code == 303
    assert f"question {first + 1} of {first + 5}" in client.get(address).get_data(as_text=True)
    assert answer_all(app, client, address) == 5
    attempt = opened(app, client, address)
    skills = [attempt.bank.at(a.revision).question.skill for a in attempt.progress.answers[-5:]]
    assert {attempt.bank.catalogue.area_of[skill].id for skill in skills} == {"soft-skills"}
    finish(client, address)
    assert f"{first + 5} questions" in client.get(f"{address}/result").get_data(as_text=True)


def test_during_an_extension_only_answers_before_the_last_result_are_reviewed(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    count = answer_all(app, client, address)
    finish(client, address)
    page = client.get(f"{address}/result").get_data(as_text=True)
    client.post(f"{address}/extend", data={"csrf_token": hidden_fields(page)["csrf_token"], "area": "soft-skills"})
    question, arrangement, _ = current_question(app, client, address)
    send_answer(client, address, right_form(question, arrangement))
    assert client.get(f"{address}/review").get_data(as_text=True).count("<article") == count


def test_an_extension_of_an_unknown_area_is_refused_in_words(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    answer_all(app, client, address)
    finish(client, address)
    page = client.get(f"{address}/result").get_data(as_text=True)
    form = {"csrf_token": hidden_fields(page)["csrf_token"], "area": "cooking"}
    response = client.post(f"{address}/extend", data=form)
    assert response.status_code == 409
    assert "no such area" in response.get_data(as_text=True)


def test_the_result_so_far_needs_three_answers_in_every_area(app: Flask, client: FlaskClient) -> None:
    address = begin(client, length="35")
    assert client.get(f"{address}/result").status_code == 303
    page = client.get(address).get_data(as_text=True)
    early = client.post(f"{address}/finish", data={"csrf_token": hidden_fields(page)["csrf_token"]})
    assert early.status_code == 409
    toggle = iter(range(100))
    for _ in range(15):
        question, arrangement, _progress = current_question(app, client, address)
        known = next(toggle) % 2 == 0
        send_answer(client, address, right_form(question, arrangement) if known else unknown_form(question))
    so_far = client.get(f"{address}/result").get_data(as_text=True)
    assert "Result so far" in so_far
    assert "Go on with question 16" in so_far
    assert client.get(f"{address}/review").status_code == 303


def test_a_second_attempt_asks_nothing_that_was_seen_before(app: Flask, client: FlaskClient) -> None:
    first, second = begin(client), ""
    answer_all(app, client, first)
    second = begin(client)
    answer_all(app, client, second)
    seen = [
        {opened(app, client, a).bank.at(x.revision).question.id for x in opened(app, client, a).progress.answers}
        for a in (first, second)
    ]
    assert not seen[0] & seen[1]


def test_time_between_answers_is_kept_but_never_negative(sqlite: Database, clock: Clock) -> None:
    app = make_app(sqlite, clock)
    client = app.test_client()
    address = begin(client)
    for step in (40, -1000):
        clock.forward(step)
        question, arrangement, _ = current_question(app, client, address)
        send_answer(client, address, right_form(question, arrangement))
    assert [a.seconds for a in opened(app, client, address).progress.answers] == [40, 0]


def test_starts_from_one_address_are_limited_and_tomorrow_is_another_day(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock, starts_per_day=2).test_client()
    assert [client.post("/start").status_code for _ in range(3)] == [303, 303, 429]
    clock.forward(86_400)
    assert client.post("/start").status_code == 303


def starts(client: FlaskClient, *addresses: str, **headers: str) -> list[int]:
    return [
        client.post("/start", environ_overrides={"REMOTE_ADDR": address}, headers=headers).status_code
        for address in addresses
    ]


def test_neither_a_header_nor_another_address_of_one_s_network_evades_the_limit(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock, starts_per_day=1).test_client()
    assert starts(client, "192.0.2.1") == [303]
    for claimed in ("198.51.100.7", "127.0.0.1", "unknown"):
        assert starts(client, "192.0.2.1", **{"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}"}) == [429]
    assert starts(client, "::ffff:192.0.2.1") == [429]
    assert starts(client, "2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::1", "2001:db8:0:1::1") == [
        303,
        429,
        429,
        303,
    ]


def test_behind_one_proxy_the_address_that_the_proxy_saw_counts(sqlite: Database, clock: Clock) -> None:
    client = make_app(sqlite, clock, starts_per_day=1, proxies=1).test_client()
    said = [
        client.post("/start", headers={"X-Forwarded-For": f"{claimed}, 192.0.2.1"}).status_code
        for claimed in ("198.51.100.7", "198.51.100.8")
    ]
    assert said == [303, 429]


def test_one_person_keeps_a_hundred_attempts(sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MOST_ATTEMPTS", 2)
    app = make_app(sqlite, clock)
    client = app.test_client()
    assert [client.post("/start").status_code for _ in range(3)] == [303, 303, 409]
    assert "delete one that you no longer need" in client.post("/start").text
    assert app.test_client().post("/start").status_code == 303


def test_a_body_over_64_kilobytes_is_refused(client: FlaskClient) -> None:
    address = begin(client)
    response = send_answer(client, address, {"text": ["x" * 70_000]})
    assert response.status_code == 413
    assert "64 KB" in response.get_data(as_text=True)


def test_unknown_choices_at_the_start_come_back_with_every_error(client: FlaskClient) -> None:
    response = client.post("/start", data={"role": "king", "seniority": "lord", "length": "7"})
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    for sentence in ("Choose one of the jobs", "Choose one of the seniorities", "Choose 15, 20 or 35"):
        assert page.count(sentence) == 2
