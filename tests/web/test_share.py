from __future__ import annotations

import base64
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quiz.plan.document import DETAILS, Document
from quiz.services import sharing
from quiz.services.upkeep import expire
from quiz.store.engine import Database
from tests.conftest import Clock, make_app
from tests.taker import answer_all, begin, finish, hidden_fields

DAY = 86_400


@pytest.fixture
def finished(app: Flask) -> tuple[FlaskClient, str]:
    """A person, and the address of their finished attempt."""
    client = app.test_client()
    address = begin(client, length="15")
    turns = iter(range(1000))
    answer_all(app, client, address, lambda _: next(turns) % 3 == 0)
    finish(client, address)
    return client, address


def form_of(client: FlaskClient, address: str, **choice: str) -> dict[str, str]:
    fields = hidden_fields(client.get(f"{address}/share").get_data(as_text=True))
    return {"csrf_token": fields["csrf_token"], "nonce": fields["nonce"], "detail": "plan", "days": "30", **choice}


def links(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'value="http://localhost(/s/[\w-]{43})"', client.get(f"{address}/share").get_data(as_text=True))


def test_a_link_opens_without_cookies_and_leads_to_nothing_else(
    app: Flask, finished: tuple[FlaskClient, str], sqlite: Database
) -> None:
    client, address = finished
    assert client.post(f"{address}/share", data=form_of(client, address)).status_code == 303
    (link,) = links(client, address)
    visitor = app.test_client()
    response = visitor.get(link)
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert address not in page
    assert "<form" not in page
    with sqlite.read.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM shares").all())
    assert link.removeprefix("/s/") not in stored, "only a hash is kept"


def test_with_too_little_room_nothing_is_copied_behind_a_link(
    finished: tuple[FlaskClient, str], sqlite: Database, clock: Clock
) -> None:
    client, address = finished
    cookie = client.get_cookie("__Host-taker")
    assert cookie is not None
    full = make_app(sqlite, clock, free_mb=10**6).test_client()
    full.set_cookie("__Host-taker", cookie.value, secure=True)
    response = full.post(f"{address}/share", data=form_of(full, address))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert links(client, address) == []


def test_a_link_shows_no_more_than_was_chosen(app: Flask, finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    shown: dict[str, str] = {}
    for detail in DETAILS:
        client.post(f"{address}/share", data=form_of(client, address, detail=detail))
        shown[detail] = unescape(app.test_client().get(links(client, address)[0]).get_data(as_text=True))
    assert len({len(page) for page in shown.values()}) == 3
    for word, details in (("<svg", {"levels", "plan"}), ("asked", {"levels", "plan"}), ('class="plan"', {"plan"})):
        assert {detail for detail, page in shown.items() if word in page.split('id="sure"')[0]} == details, word


def test_the_same_form_sent_twice_makes_one_link_and_a_copy_that_stays_as_it_was(
    app: Flask, finished: tuple[FlaskClient, str]
) -> None:
    client, address = finished
    form = form_of(client, address)
    for _ in range(2):
        assert client.post(f"{address}/share", data=form).status_code == 303
    (link,) = links(client, address)
    before = app.test_client().get(link).get_data(as_text=True)
    client.post(f"{address}/plan/hours", data={"csrf_token": form["csrf_token"], "hours": "1"})
    client.post(f"{address}/extend", data={"csrf_token": form["csrf_token"]})
    answer_all(app, client, address)
    finish(client, address)
    assert app.test_client().get(link).get_data(as_text=True) == before


def one_of_two_expired(client: FlaskClient, address: str, clock: Clock) -> list[str]:
    """A link that still works and one whose time is over."""
    for days in ("7", "30"):
        client.post(f"{address}/share", data=form_of(client, address, days=days))
    long, short = links(client, address)
    clock.forward(8 * DAY)
    return [long, short]


def test_expired_and_closed_links_say_what_to_do(
    app: Flask, finished: tuple[FlaskClient, str], clock: Clock, sqlite: Database
) -> None:
    client, address = finished
    long, short = one_of_two_expired(client, address, clock)
    assert app.test_client().get(long).status_code == 200
    gone = app.test_client().get(short)
    assert gone.status_code == 410
    assert "Ask whoever sent it to you for a new link" in gone.get_data(as_text=True)
    page = client.get(f"{address}/share").get_data(as_text=True)
    (revoke,) = re.findall(r'action="([^"]*/revoke)"', page)
    for _ in range(2):
        assert client.post(revoke, data={"csrf_token": form_of(client, address)["csrf_token"]}).status_code == 303
    assert app.test_client().get(long).status_code == 410
    assert "closed by you" in client.get(f"{address}/share").get_data(as_text=True)
    with sqlite.read.connect() as connection:
        closed = connection.exec_driver_sql("SELECT snapshot FROM shares WHERE revoked_at IS NOT NULL").scalar_one()
    assert closed in ({}, "{}"), "the copy is gone"


def test_what_an_expired_link_showed_is_forgotten_and_what_others_show_stays(
    app: Flask, finished: tuple[FlaskClient, str], clock: Clock, sqlite: Database
) -> None:
    client, address = finished
    long, short = one_of_two_expired(client, address, clock)
    for _ in range(2):
        assert expire(sqlite, 24, clock.now) == 0
    assert app.test_client().get(long).status_code == 200
    assert app.test_client().get(short).status_code == 410
    assert "expired on" in client.get(f"{address}/share").text
    with sqlite.read.connect() as connection:
        kept = connection.exec_driver_sql("SELECT length(snapshot) FROM shares ORDER BY expires_at").scalars().all()
    assert kept[0] == 2
    assert kept[1] > 1000


def test_links_that_never_were_and_strangers_get_nothing(app: Flask, finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    client.post(f"{address}/share", data=form_of(client, address))
    for secret in ("x", "a" * 43, "a" * 5000, "%00" * 10):
        assert client.get(f"/s/{secret}").status_code == 404
    assert "Ask whoever sent it to you" in client.get(f"/s/{'a' * 43}").text
    stranger = app.test_client()
    token = hidden_fields(stranger.get(begin(stranger)).get_data(as_text=True))["csrf_token"]
    (revoke,) = re.findall(r'action="([^"]*/revoke)"', client.get(f"{address}/share").get_data(as_text=True))
    assert stranger.post(revoke, data={"csrf_token": token}).status_code == 404


def test_a_choice_that_is_none_is_refused_at_its_field(finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    form = form_of(client, address, detail="everything", days="9999")
    page = client.post(f"{address}/share", data=form)
    assert page.status_code == 400
    assert "Choose how much the link shows." in page.get_data(as_text=True)
    assert "Choose how long the link works." in page.get_data(as_text=True)
    assert client.post(f"{address}/share", data=form | {"nonce": "short"}).status_code == 400
    assert not links(client, address)


def test_deleting_everything_closes_the_links(app: Flask, finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    client.post(f"{address}/share", data=form_of(client, address))
    (link,) = links(client, address)
    token = hidden_fields(client.get("/my/data").get_data(as_text=True))["csrf_token"]
    client.post("/my/delete", data={"csrf_token": token, "sure": "yes"})
    assert app.test_client().get(link).status_code == 404


def test_the_file_needs_nothing_else(finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    response = client.get(f"{address}/result.html")
    page = response.get_data(as_text=True)
    assert "attachment" in response.headers["Content-Disposition"]
    fetched = re.findall(r'<link[^>]*href="([^"]+)"|src="([^"]+)"', page)
    (style,) = (one for pair in fetched for one in pair if one)
    assert "--accent" in base64.b64decode(style.removeprefix("data:text/css;base64,")).decode()
    assert not re.findall(r'href="/', page)


def test_the_json_fits_the_published_schema(finished: tuple[FlaskClient, str]) -> None:
    client, address = finished
    found = client.get(f"{address}/result.json").get_json()
    schema = client.get("/schema/result-2.json").get_json()
    fits(found, schema, schema)
    assert Document.model_validate(found).model_dump(mode="json") == found
    with pytest.raises(AssertionError):
        fits(found | {"headline": 5}, schema, schema)
    with pytest.raises(AssertionError):
        fits(found | {"surprise": 5}, schema, schema)


TYPES = {"string": str, "integer": int, "boolean": bool, "number": int | float, "null": type(None), "array": list}


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> None:
    """What our schema uses of JSON Schema, checked without the code that wrote it."""
    if "$ref" in schema:
        fits(value, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    elif "anyOf" in schema:
        assert any(fit(value, one, root) for one in schema["anyOf"]), (value, schema)
    elif schema.get("type") == "object":
        assert isinstance(value, dict)
        assert set(schema.get("required", ())) <= set(value) <= set(schema["properties"]), set(value)
        for name, one in value.items():
            fits(one, schema["properties"][name], root)
    else:
        assert "const" not in schema or value == schema["const"], value
        assert "enum" not in schema or value in schema["enum"], value
        assert "type" not in schema or isinstance(value, TYPES[schema["type"]]), (value, schema)
        for one in value if isinstance(value, list) and "items" in schema else []:
            fits(one, schema["items"], root)


def fit(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    try:
        fits(value, schema, root)
    except AssertionError:
        return False
    return True


def test_a_result_has_a_limit_of_links_and_the_same_form_still_leads_to_its_own(
    finished: tuple[FlaskClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MOST_SHARES", 1)
    client, address = finished
    first = form_of(client, address)
    assert [client.post(f"{address}/share", data=form).status_code for form in (first, first)] == [303, 303]
    assert client.post(f"{address}/share", data=form_of(client, address)).status_code == 409
    assert len(links(client, address)) == 1
