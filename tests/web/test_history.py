from __future__ import annotations

from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.taker import answer_all, begin, finish, opened


def taken(app: Flask, client: FlaskClient, *, knows: bool, length: str = "35") -> str:
    address = begin(client, length=length)
    turns = iter(range(1000))
    answer_all(app, client, address, lambda _: (next(turns) % 5 > 0) is knows)
    finish(client, address)
    return address


def history(client: FlaskClient) -> str:
    return unescape(client.get("/my/history").get_data(as_text=True))


def test_nobody_one_and_two_attempts(app: Flask, client: FlaskClient, clock: Clock) -> None:
    assert "no finished attempt" in history(client)
    taken(app, client, knows=False, length="15")
    assert "One result so far" in history(client)
    assert "likely −" in history(client)
    assert "Well below 1, numbers with a minus included" in history(client)
    clock.forward(120 * 86_400)
    taken(app, client, knows=True, length="15")
    page = history(client)
    assert "No clear change since" in page
    assert "Take 35 questions next time" in page
    assert page.count('class="band"') == 10, "two attempts, five areas, one axis"
    assert "Very likely up" not in page


def test_a_second_attempt_asks_nothing_seen_before_and_leaves_the_first_result_alone(
    app: Flask, client: FlaskClient
) -> None:
    first = taken(app, client, knows=True, length="20")
    before = client.get(f"{first}/result.json").get_json()
    seen = set(questions(app, client, first))
    second = taken(app, client, knows=False, length="20")
    assert not seen & set(questions(app, client, second))
    assert client.get(f"{first}/result.json").get_json() == before


def test_every_list_of_results_says_what_the_report_says(app: Flask, client: FlaskClient) -> None:
    for knows, seniority in ((True, "junior"), (False, "unsure")):
        address = begin(client, length="15", seniority=seniority)
        answer_all(app, client, address, lambda _, knows=knows: knows)  # type: ignore[misc]
        finish(client, address)
        doc = client.get(f"{address}/result.json").get_json()
        said = f"{doc['headline']} {doc['coverage']['words']}"
        mine = unescape(client.get("/my").get_data(as_text=True))
        assert (said if seniority == "junior" else f"Read against junior: y{said[1:]}") in mine
        assert said in history(client)


def questions(app: Flask, client: FlaskClient, address: str) -> list[str]:
    attempt = opened(app, client, address)
    return [attempt.bank.at(a.revision).question.id for a in attempt.progress.answers]
