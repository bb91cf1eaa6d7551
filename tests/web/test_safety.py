from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from quiz.bank import question as q
from quiz.bank.arrange import arrange
from quiz.bank.items import curve
from quiz.services.banks import Banks
from quiz.store import bank as store
from quiz.store.engine import Database
from quiz.store.tables import Revision
from quiz.web.admin.account import WRONG
from tests.conftest import Clock, make_app
from tests.editor import csrf, signed_in
from tests.taker import begin, current_question, hidden_fields, right_form, send_answer, unknown_form
from tests.web.routes import filled, of_takers

CANARY = "serinus"  # the bird, by a name that no question and no resource uses
HIDDEN_TEXTS = {"why", "script", "reason", "notes", "slip", "setup"}


def with_canaries(question: q.Question) -> q.Question:
    """The question with a canary in every text, id and reference that a taker must not see before the result."""
    data = question.model_dump(exclude_defaults=True) | {"type": question.type}
    marked = _marked(data)
    if question.type == "fill":
        marked["accept"] = [*marked["accept"], f"{CANARY} form"]
    return q.TYPES[question.type].model_validate(marked)


def _marked(value: Any, name: str = "") -> Any:
    match value:
        case dict() if name in {"key", "why"} and question_ids(value):
            return {_id(k): _marked(v, name) if name == "why" else _ids(v) for k, v in value.items()}
        case dict():
            return {k: _field(k, v, name) for k, v in value.items()}
        case list():
            return [_marked(v, name) for v in value]
        case str() if name in HIDDEN_TEXTS:
            return f"{value} {CANARY}"
        case _:
            return value


def _field(field: str, value: Any, within: str) -> Any:
    if field == "id" and within in {"options", "lines", "unused", "premises", "responses", "parts"}:
        return _id(value)
    if field == "key" and isinstance(value, str | list):
        return _ids(value) if not (isinstance(value, list) and value and isinstance(value[0], int)) else value
    if field == "title" and within == "references":
        return f"{value} {CANARY}"
    return _marked(value, field)


def question_ids(value: dict[Any, Any]) -> bool:
    return not {"value", "decimals"} & set(value)


def _id(name: str) -> str:
    return f"{CANARY}-{name}"


def _ids(value: Any) -> Any:
    if isinstance(value, str):
        return _id(value)
    return [_id(v) for v in value] if isinstance(value, list) else value


@pytest.fixture
def canaries(sqlite: Database, clock: Clock) -> Flask:
    """An app whose every question carries canaries."""
    with sqlite.writing() as session:
        bank = Banks().newest(session)
        doubt = bank.catalogue.competencies.prior.levels
        questions = [with_canaries(live.question) for live in bank.live]
        new = [store.NewRevision(question, curve(question, doubt)) for question in questions]
        store.write_version(session, bank.catalogue, new, [], "canaries", 1)
    return make_app(sqlite, clock)


def states(app: Flask, client: FlaskClient, address: str) -> Iterator[tuple[str, TestResponse]]:
    """Every response that an unfinished attempt can give, over its whole length."""
    while 'name="question"' in (page := client.get(address).get_data(as_text=True)):
        question, arrangement, progress = current_question(app, client, address)
        yield "question", client.get(address)
        yield "empty answer", send_answer(client, address, {}, page)
        yield "hand-edited answer", send_answer(client, address, {"choice": ["99"], "place-1": ["x"]}, page)
        yield "stale token", client.post(address, data=hidden_fields(page) | {"csrf_token": "x"})
        form = right_form(question, arrangement) if progress.position % 2 else unknown_form(question)
        yield "answer", send_answer(client, address, form, page)
        yield "the same again", send_answer(client, address, form, page)
        other = unknown_form(question) if progress.position % 2 else right_form(question, arrangement)
        yield "another answer", send_answer(client, address, other, page)
        yield "answered", client.get(f"{address}/q/{progress.position}")
        if progress.position % 10 == 1:
            yield from everything(app, client, address)
    yield "end", client.get(address)


def everything(app: Flask, client: FlaskClient, address: str) -> Iterator[tuple[str, TestResponse]]:
    """Every page and file that the URL map knows, as the owner of this attempt gets it."""
    for _, method, rule in of_takers(app):
        if method == "GET":
            yield rule, client.get(filled(rule, address[3:]))


def test_nothing_of_a_key_is_sent_before_the_result(canaries: Flask) -> None:
    client = canaries.test_client()
    address = begin(client, length="35")
    seen = 0
    for state, response in states(canaries, client, address):
        seen += 1
        assert CANARY not in response.get_data(as_text=True), state
        assert CANARY not in str(response.headers), state
    assert seen > 180
    page = client.get(address).get_data(as_text=True)
    client.post(f"{address}/finish", data={"csrf_token": hidden_fields(page)["csrf_token"]})
    assert CANARY not in client.get(f"{address}/result").get_data(as_text=True)
    control = client.get(f"{address}/review").get_data(as_text=True)
    assert control.count(CANARY) > 50, "the canaries must sing once the result is there"


def test_the_editors_room_tells_a_taker_nothing_of_a_key(canaries: Flask) -> None:
    client = canaries.test_client()
    question, _, _ = current_question(canaries, client, begin(client))
    there = {"<name>": question.id, "<kind>": "profile", "<int:number>": "2", "<token>": "x" * 43}
    asked = set()
    for rule in canaries.url_map.iter_rules():
        if not str(rule).startswith("/admin"):
            continue
        path = re.sub("<[^>]+>", lambda found: there[found[0]], str(rule))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            response = client.open(path, method=method)
            asked.add(response.status_code)
            assert CANARY not in response.get_data(as_text=True), f"{method} {path}"
            assert CANARY not in str(response.headers), f"{method} {path}"
    assert asked == {200, 303, 400, 401, 410}, "200 for the page to sign in alone, 410 for a link that is none"
    editor = signed_in(canaries, "bob", "editor")
    for path in (f"/admin/questions/{question.id}", "/admin/exchange/questions.csv"):
        assert CANARY in editor.get(path).text, f"the control: an editor finds it in {path}"


def test_a_key_does_not_show_in_the_order_of_options(sqlite: Database) -> None:
    """Over many attempts the right option of a single stands in every place."""
    with sqlite.reading() as session:
        bank = Banks().newest(session)
    single = next(live.question for live in bank.live if live.question.id == "password-in-notebook")
    places = {right_form(single, arrange(single, seed))["choice"][0] for seed in range(200)}
    assert places == {"1", "2", "3", "4"}


ANYONE = {
    *{"/", "/setup", "/help", "/my", "/my/data", "/my/data.json", "/healthz", "/readyz", "/favicon.ico"},
    *{"/my/history", "/job", "/example", "/schema/result-2.json", "/method"},
}
OWNER_ONLY = {
    f"/a/<token>{rest}"
    for rest in (
        *(
            "",
            "/q/<int:position>",
            "/rate",
            "/problem/<int:position>",
            "/pause",
            "/finish",
            "/extend",
            "/result",
            "/result.json",
            "/result.html",
            "/review",
            "/compare",
            "/delete",
        ),
        *(
            "/share",
            "/share/<int:share_id>/revoke",
            "/plan/hours",
            "/plan/having",
            "/plan/mark",
            "/plan/checklist.md",
            "/plan/path",
        ),
    )
}
OTHER = {
    "/metrics",
    "/static/<name>",
    "/start",
    "/my/delete",
    "/r/<secret>",
    "/s/<secret>",
    "/job/<role>",
    "/example/<who>",
}


def test_every_route_is_in_the_matrix(app: Flask) -> None:
    """Those of the editors' room have a matrix of their own: tests/web/admin/test_matrix.py."""
    found = {str(rule) for rule in app.url_map.iter_rules()}
    assert {rule for rule in found if not rule.startswith("/admin")} == ANYONE | OWNER_ONLY | OTHER


@pytest.mark.parametrize("path", sorted(ANYONE))
def test_open_pages_answer_everyone(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def _path(rule: str, address: str) -> str:
    return rule.replace("/a/<token>", address).replace("<int:position>", "1").replace("<int:share_id>", "1")


def test_a_number_too_large_for_the_database_is_no_address(database: Database, clock: Clock) -> None:
    app = make_app(database, clock)
    client = signed_in(app, "ada", "admin")
    address = begin(client)
    tried = 0
    for rule in app.url_map.iter_rules():
        path = re.sub("<int:[a-z_]+>", "{}", str(rule).replace("/a/<token>", address))
        for method in ({"GET", "POST"} & (rule.methods or set())) if "{}" in path else ():
            token = csrf(client) if path.startswith("/admin") else hidden_fields(client.get(address).text)["csrf_token"]
            form = {"csrf_token": token} if method == "POST" else None
            for number in (10**9, 2**31, 2**63, 10**400):
                assert client.open(path.format(number), method=method, data=form).status_code == 404, (rule, number)
                tried += 1
    assert tried >= 4 * 6


@pytest.mark.parametrize("rule", sorted(OWNER_ONLY))
def test_an_attempt_answers_its_owner_alone(app: Flask, rule: str) -> None:
    owner, stranger, nobody = app.test_client(), app.test_client(), app.test_client()
    address = begin(owner)
    begin(stranger)
    mine, absent = _path(rule, address), _path(rule, f"/a/{'y' * 22}")
    methods = {m for r in app.url_map.iter_rules() if str(r) == rule for m in r.methods or ()} & {"GET", "POST"}
    for method in methods:
        for person in (stranger, nobody):
            token = {"csrf_token": hidden_fields(stranger.get("/my/data").get_data(as_text=True)).get("csrf_token", "")}
            found = person.open(mine, method=method, data=token if method == "POST" else None)
            missing = person.open(absent, method=method, data=token if method == "POST" else None)
            assert found.status_code == missing.status_code
            assert found.status_code in {400, 404}
            assert found.status_code == 404 or method == "POST"


def test_a_taker_s_form_is_good_with_the_token_of_their_secret_and_with_no_other(app: Flask) -> None:
    client, stranger = app.test_client(), app.test_client()
    address = begin(client)
    begin(stranger)
    mine, theirs = (hidden_fields(one.get("/my/data").text)["csrf_token"] for one in (client, stranger))
    assert hidden_fields(client.get(address).text)["csrf_token"] == mine
    assert client.get_cookie("__Host-session") is None, "one cookie is enough"
    assert is_refused(client, address, mine) is None
    secret = client.get_cookie("__Host-taker")
    assert secret is not None
    for token in (theirs, secret.value, mine.upper(), mine[:-1], "é", ""):
        assert is_refused(client, address, token), token


def is_refused(client: FlaskClient, address: str, token: str) -> str | None:
    """What is said to a form with this token; None where its token is good (and there are too few answers)."""
    sent = client.post(f"{address}/finish", data={"csrf_token": token})
    assert sent.status_code in {400, 409}
    return sent.text if sent.status_code == 400 else None


def test_a_form_from_before_its_browser_had_a_secret_is_good_with_its_session_s_token(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["csrf_token"] = mine = "0f" * 20
    address = begin(client)
    signing = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token")
    for token in (mine, signing.dumps(mine)):
        assert is_refused(client, address, token) is None
    forged = URLSafeTimedSerializer("another key", salt="wtf-csrf-token").dumps(mine)
    for token in (signing.dumps("f0" * 20), forged, mine.upper(), mine[:-1]):
        assert is_refused(client, address, token), token


def test_an_editor_s_form_is_not_good_with_the_token_of_a_taker_s_secret(app: Flask) -> None:
    """Whoever plants their own secret in an editor's browser knows that token."""
    client = app.test_client()
    begin(client)
    taker = hidden_fields(client.get("/my/data").text)["csrf_token"]
    editor = hidden_fields(client.get("/admin/sign-in").text)["csrf_token"]
    assert editor != taker
    form = {"name": "rita", "password": "wrong"}
    tried = [client.post("/admin/sign-in", data=form | {"csrf_token": token}).text for token in (taker, editor)]
    assert [WRONG in page for page in tried] == [False, True], "only one of them was looked at"


def test_every_changing_route_needs_a_token_except_start(app: Flask) -> None:
    client = app.test_client()
    address = begin(client)
    page = client.get("/my").get_data(as_text=True)
    link = page.split("/r/")[1].split('"')[0]
    own = (
        *("", "/q/1", "/rate", "/problem/1", "/finish", "/extend", "/delete", "/share", "/share/1/revoke"),
        *("/plan/hours", "/plan/having", "/plan/mark"),
    )
    for path in (*(address + rest for rest in own), "/my/delete", f"/r/{link}"):
        assert client.post(path, data={"sure": "yes", "position": "1", "question": "1"}).status_code == 400, path
    assert client.get(address).status_code == 200


def test_every_response_carries_the_safety_headers(client: FlaskClient) -> None:
    address = begin(client)
    for path in ("/", address, f"{address}/pause", "/my/data.json", "/nothing", "/healthz", "/favicon.ico"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == ("public, max-age=86400" if path == "/favicon.ico" else "no-store")


def test_the_secret_is_kept_as_a_hash_alone(client: FlaskClient, sqlite: Database) -> None:
    begin(client)
    cookie = client.get_cookie("__Host-taker")
    assert cookie is not None
    with sqlite.read.connect() as connection:
        dump = str([connection.exec_driver_sql(f"SELECT * FROM {t}").all() for t in ("takers", "attempts", "log")])
    assert cookie.value not in dump


def test_the_cookie_that_protects_an_editor_s_forms_outlives_the_browser_window_and_is_sent_once(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/admin/sign-in").headers["Set-Cookie"]
    assert first.startswith("__Host-session=")
    assert "Expires=" in first
    assert "Set-Cookie" not in client.get("/admin/sign-in").headers


def test_cookies_are_locked_to_this_host(client: FlaskClient) -> None:
    cookie = client.post("/start").headers["Set-Cookie"]
    for part in ("__Host-taker=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_over_plain_http_to_another_machine_the_cookie_has_a_plain_name(app: Flask) -> None:
    client = app.test_client()
    cookie = client.post("/start", base_url="http://quiz.example").headers["Set-Cookie"]
    assert cookie.startswith("taker=")
    assert "Secure" not in cookie


def test_the_stylesheet_is_kept_for_a_year_under_a_name_of_its_content(client: FlaskClient) -> None:
    name = client.get("/").get_data(as_text=True).split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.get(name, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) <= 6 * 1024
    assert client.get("/static/style.000000000000.css").status_code == 404


def test_the_icon_is_kept_for_a_day_at_its_fixed_address_and_comes_compressed(client: FlaskClient) -> None:
    plain = client.get("/favicon.ico")
    small = client.get("/favicon.ico", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data)
    for response in (plain, small):
        assert response.mimetype == "image/svg+xml"
        assert response.headers["Cache-Control"] == "public, max-age=86400"
        assert response.headers["Vary"] == "Accept-Encoding"


def test_questions_with_script_in_every_text_stay_text(sqlite: Database, clock: Clock) -> None:
    payload = "<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))"
    with sqlite.writing() as session:
        bank = Banks().newest(session)
        doubt = bank.catalogue.competencies.prior.levels
        hostile = []
        for live in bank.live:
            text = json.loads(json.dumps(live.question.model_dump(exclude_defaults=True, mode="json")))
            text |= {"type": live.question.type, "stem": payload + "\n\n" + text["stem"], "title": "<b>bold</b> title"}
            hostile.append(q.TYPES[live.question.type].model_validate_json(json.dumps(text)))
        new = [store.NewRevision(question, curve(question, doubt)) for question in hostile]
        store.write_version(session, bank.catalogue, new, [], "hostile", 1)
        assert session.scalars(select(Revision.id)).all()
    client = make_app(sqlite, clock).test_client()
    page = client.get(begin(client)).get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert re.findall("<script[^>]*>", page) == re.findall('<script type="module" src="/static/[a-z0-9.]+">', page)
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "<b>" not in page


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_says_that_it_depends_on_what_the_browser_unpacks(app: Flask, method: str) -> None:
    told = Client(app).open("/help", method=method)
    assert "Accept-Encoding" in told.headers["Vary"]
    assert bool(told.data) == (method == "GET")
