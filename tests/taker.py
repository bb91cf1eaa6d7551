"""People who take the quiz in tests: they know every answer, none, or something in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.attempt.fold import Progress
from quiz.bank import question as q
from quiz.bank.arrange import Arrangement
from quiz.bank.order import respects
from quiz.services.taking import OpenAttempt, asked_question, open_attempt
from quiz.web.wiring import Wiring

Form = dict[str, list[str]]
Knows = Callable[[q.Question], bool]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def right_form(question: q.Question, arrangement: Arrangement) -> Form:
    """The form of someone who knows the answer."""
    if isinstance(question, q.Case):
        form: Form = {}
        for place, part in enumerate(question.parts, start=1):
            form |= _right(part, arrangement.parts[part.id], f"part{place}-")
        return form
    return _right(question, arrangement, "")


def unknown_form(question: q.Question) -> Form:
    """The form of someone who says "I don't know"."""
    bodies = question.parts if isinstance(question, q.Case) else [question]
    prefixes = [f"part{n}-" for n in range(1, len(bodies) + 1)] if isinstance(question, q.Case) else [""]
    radio = {"single", "judgement", "line"}
    return {
        prefix + ("choice" if body.type in radio else "unknown"): ["unknown"]
        for prefix, body in zip(prefixes, bodies, strict=True)
    }


def _right(body: q.Question | q.Part, arrangement: Arrangement, prefix: str) -> Form:
    match body:
        case q.SingleBody():
            return {f"{prefix}choice": [_place(arrangement.options, body.key)]}
        case q.MultipleBody():
            return {f"{prefix}choices": [_place(arrangement.options, key) for key in body.key]}
        case q.JudgementBody():
            best = next(reply for reply, credit in body.key.items() if credit == 3)
            return {f"{prefix}choice": [_place(arrangement.options, best)]}
        case q.NumberBody():
            sign = " %" if body.key.scale == "percent" else ""
            return {f"{prefix}text": [f"{body.key.value:.{body.key.decimals}f}{sign}"]}
        case q.FillBody():
            return {f"{prefix}text": [body.accept[0]]}
        case q.LineBody():
            return {f"{prefix}choice": [str(body.key[0])]}
        case q.OrderBody():
            order = one_right_order(body)
            places = {line: str(n) for n, line in enumerate(order, start=1)}
            return {f"{prefix}place-{n}": [places.get(line, "none")] for n, line in enumerate(arrangement.lines, 1)}
        case q.MatchBody():
            return {
                f"{prefix}match-{n}": [_place(arrangement.responses, body.key[premise])]
                for n, premise in enumerate(arrangement.premises, start=1)
            }
    raise TypeError(body.type)


def one_right_order(body: q.OrderBody) -> list[str]:
    """Some order that the key accepts."""
    ids = [line.id for line in body.lines]
    order: list[str] = []
    while len(order) < len(ids):
        order.append(next(i for i in ids if i not in order and set(body.key.get(i, ())) <= set(order)))
    assert respects(order, ids, body.key)
    return order


def _place(ids: tuple[str, ...], wanted: str) -> str:
    return str(ids.index(wanted) + 1)


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def begin(client: FlaskClient, **choice: str) -> str:
    """Start an attempt; returns its address (or that of its self-rating, where this was chosen)."""
    response = client.post("/start", data=choice)
    assert response.status_code == 303, response.get_data(as_text=True)
    return response.headers["Location"].removesuffix("/q/1")


def opened(app: Flask, client: FlaskClient, address: str) -> OpenAttempt:
    """The attempt behind an address, as the app sees it."""
    wiring: Wiring = app.extensions["quiz"]
    cookie = client.get_cookie("__Host-taker")
    assert cookie is not None
    with wiring.database.reading() as session:
        found = open_attempt(session, wiring.banks, address.rsplit("/", 1)[-1], cookie.value)
    assert found is not None
    return found


def current_question(app: Flask, client: FlaskClient, address: str) -> tuple[q.Question, Arrangement, Progress]:
    """The question that stands to be answered."""
    attempt = opened(app, client, address)
    assert attempt.progress.current is not None
    question, arrangement = asked_question(attempt, attempt.progress.current)
    return question, arrangement, attempt.progress


def send_answer(client: FlaskClient, address: str, form: Form, page: str | None = None) -> TestResponse:
    """Send a form with the hidden fields of the page (fetched where not given)."""
    text = page if page is not None else client.get(address).get_data(as_text=True)
    return client.post(address, data=hidden_fields(text) | form)


def answer_all(app: Flask, client: FlaskClient, address: str, knows: Knows = lambda _: True) -> int:
    """Answer until nothing is asked any more; how many answers that took."""
    count = 0
    while 'name="question"' in (page := client.get(address).get_data(as_text=True)):
        question, arrangement, _ = current_question(app, client, address)
        form = right_form(question, arrangement) if knows(question) else unknown_form(question)
        response = send_answer(client, address, form, page)
        assert response.status_code == 303, response.get_data(as_text=True)
        count += 1
    return count


def finish(client: FlaskClient, address: str) -> TestResponse:
    """Ask for the result."""
    page = client.get(address).get_data(as_text=True)
    return client.post(f"{address}/finish", data={"csrf_token": hidden_fields(page)["csrf_token"]})
