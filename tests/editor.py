"""People of the editors' room in tests: signed in without the cost of hashing a password."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.services import accounts
from quiz.services.accounts import Actor
from quiz.store import accounts as store
from quiz.store.engine import Database
from quiz.web.wiring import Wiring

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
COOKIE = "__Host-editor"


def login(database: Database, name: str, role: str, now: int) -> tuple[Actor, str]:
    """An account (made where there is none) and the token of a new login."""
    with database.writing() as session:
        found = store.account_named(session, name)
        user = found.id if found else store.add_account(session, name, role, now)
        return Actor(user, name, role), accounts._sign_in(session, user, now)


def signed_in(app: Flask, name: str = "ada", role: str = "admin") -> FlaskClient:
    """A browser in which someone of this role is signed in."""
    wiring: Wiring = app.extensions["quiz"]
    client = app.test_client()
    _, token = login(wiring.database, name, role, wiring.clock())
    client.set_cookie(COOKIE, token, secure=True)
    return client


def csrf(client: FlaskClient) -> str:
    """A token for this browser's forms."""
    found = TOKEN.search(client.get("/admin/account").text) or TOKEN.search(client.get("/admin/sign-in").text)
    assert found is not None
    return unescape(found[1])


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Post a form with its token."""
    return client.post(address, data={"csrf_token": csrf(client), **fields})
