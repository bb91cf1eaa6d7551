from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from quiz.services import accounts
from quiz.services.accounts import CONSOLE, add_user, first_link, hash_password
from quiz.store.engine import Database
from tests.conftest import Clock, make_app
from tests.editor import COOKIE, csrf, send, signed_in

GOOD = "four-unrelated-words"


def invited(app: Flask, role: str = "editor") -> str:
    """The link of a new account of bob."""
    wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        return f"/admin/welcome/{add_user(session, CONSOLE, 'bob', role, wiring.clock())}"


def test_the_first_admin_comes_in_by_the_one_time_link_and_invites_a_colleague(app: Flask) -> None:
    wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        link = f"/admin/welcome/{first_link(session, wiring.clock())}"
    client = app.test_client()
    assert "Make the first account" in client.get(link).text
    wrong = send(client, link, name="A b!", password="short", again="short")
    assert wrong.status_code == 400
    assert 'value="A b!"' in wrong.text
    done = send(client, link, name="Ada", password=GOOD, again=GOOD)
    assert done.headers["Location"] == "/admin"
    assert "You are ada, admin" in client.get("/admin").text
    assert client.get(link).status_code == 410
    with wiring.database.writing() as session:
        assert first_link(session, wiring.clock()) is None

    page = send(client, "/admin/people", name="bob", role="reviewer").text
    found = re.search(r">http://localhost(/admin/welcome/[^<]+)<", page)
    assert found is not None
    other = app.test_client()
    assert "You are invited as reviewer" in other.get(found[1]).text
    assert send(other, found[1], password=GOOD, again=GOOD).status_code == 303
    assert "You are bob, reviewer" in other.get("/admin").text
    assert send(app.test_client(), found[1], password=GOOD, again=GOOD).status_code == 410


def test_who_has_typed_nothing_is_asked_to_sign_in_and_not_told_that_something_was_lost(app: Flask) -> None:
    client = app.test_client()
    for page in (client.get("/admin/sign-in").text, send(client, "/admin/sign-in", name="bob", password="x").text):
        assert "<h1>Sign in to the editors&#39; room</h1>" in page
        assert 'name="kept"' not in page


def test_signing_in_takes_a_new_session_and_goes_where_one_wanted_to_go(app: Flask) -> None:
    client = app.test_client()
    send(client, invited(app), password=GOOD, again=GOOD)
    first = client.get_cookie(COOKIE)
    send(client, "/admin/sign-out")
    client.set_cookie(COOKIE, "x" * 43, secure=True)
    assert client.get("/admin/questions").headers["Location"] == "/admin/sign-in?next=/admin/questions"
    assert send(client, "/admin/sign-in", name="bob", password="wrong").status_code == 400
    assert send(client, "/admin/sign-in", name="nobody", password="wrong").status_code == 400
    done = send(client, "/admin/sign-in", name=" Bob ", password=GOOD, next="/admin/questions")
    assert done.headers["Location"] == "/admin/questions"
    second = client.get_cookie(COOKIE)
    assert first is not None
    assert second is not None
    assert second.value not in {first.value, "x" * 43}
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in str(done.headers)


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/admin", "//evil.example", "/admin/../..//evil.example", "javascript:alert(1)", "/help"),
        *(
            "/admin/sign-out",
            "\\\\evil.example",
            "/admin/welcome/x",
            "http:/admin",
            "",
            "/admin\r\nX: y",
            "/%2f/evil.example",
        ),
    ],
)
def test_signing_in_never_leads_elsewhere(app: Flask, target: str) -> None:
    client = app.test_client()
    with app.extensions["quiz"].database.writing() as session:
        add_user(session, CONSOLE, "bob", "editor", 1)
        session.connection().exec_driver_sql("UPDATE users SET password_hash = ?", (hash_password(GOOD, GOOD, "bob"),))
    done = send(client, "/admin/sign-in", name="bob", password=GOOD, next=target)
    assert done.headers["Location"] == "/admin"


def test_the_eleventh_try_waits_even_with_the_right_password(database: Database, clock: Clock) -> None:
    app = make_app(database, clock)
    client = app.test_client()
    send(client, invited(app), password=GOOD, again=GOOD)
    send(client, "/admin/sign-out")
    token = csrf(client)
    for tries in range(11):
        told = client.post("/admin/sign-in", data={"csrf_token": token, "name": "bob", "password": "x"})
        assert told.status_code == (400 if tries < 10 else 429)
    assert 0 < int(told.headers["Retry-After"]) <= 900
    assert send(client, "/admin/sign-in", name="bob", password=GOOD).status_code == 429
    clock.forward(900)
    assert send(client, "/admin/sign-in", name="bob", password=GOOD).status_code == 303


def test_who_holds_a_stolen_login_can_t_guess_the_password_on(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    send(client, invited(app), password=GOOD, again=GOOD)
    new = "another four words"
    token = csrf(client)
    for tries in range(11):
        form = {"csrf_token": token, "old": f"guess {tries}", "password": new, "again": new}
        assert client.post("/admin/account/password", data=form).status_code == (400 if tries < 10 else 429)
    assert send(client, "/admin/account/password", old=GOOD, password=new, again=new).status_code == 429
    clock.forward(900)
    assert send(client, "/admin/account/password", old=GOOD, password=new, again=new).status_code == 303


def test_one_address_has_its_own_limit_whatever_the_names_and_shuts_out_nobody_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accounts.LIMITS == {"account": 10, "address": 60, "everyone": 600}
    for kind, most in (("address", 3), ("everyone", 6)):
        monkeypatch.setitem(accounts.LIMITS, kind, most)
    client = app.test_client()
    send(client, invited(app), password=GOOD, again=GOOD)
    send(client, "/admin/sign-out")
    token = csrf(client)

    def attempt(number: int, address: str, **form: str) -> int:
        told = {"csrf_token": token, "name": f"nobody-{number}", "password": "x", **form}
        claimed = {"X-Forwarded-For": f"192.0.2.{number}"}
        return client.post(
            "/admin/sign-in", data=told, environ_overrides={"REMOTE_ADDR": address}, headers=claimed
        ).status_code

    tries = [attempt(n, f"2001:db8:1:2::{n + 1:x}") for n in range(20)]
    assert tries == [400] * 3 + [429] * 17
    assert attempt(1, "2001:db8:1:3::1", name="bob", password=GOOD) == 303, "another household, the right password"


def test_a_new_password_signs_out_every_other_browser(app: Flask) -> None:
    one = app.test_client()
    send(one, invited(app), password=GOOD, again=GOOD)
    two = signed_in(app, "bob", "editor")
    assert "2 browsers are signed in" in one.get("/admin/account").text
    page = send(one, "/admin/account/password", old="wrong", password=GOOD, again=GOOD)
    assert "That is not your password now." in page.text
    page = send(one, "/admin/account/password", old=GOOD, password="another four words", again="another 4 words")
    assert "The two passwords differ" in page.text
    new = "another four words"
    assert send(one, "/admin/account/password", old=GOOD, password=new, again=new).status_code == 303
    assert one.get("/admin").status_code == 200
    assert two.get("/admin").status_code == 303
    third = signed_in(app, "bob", "editor")
    send(third, "/admin/sign-out", everywhere="yes")
    assert one.get("/admin").status_code == third.get("/admin").status_code == 303


def test_the_last_admin_stays(app: Flask) -> None:
    admin = signed_in(app)
    for fields in ({"do": "disable"}, {"do": "role", "role": "editor"}):
        page = send(admin, "/admin/people/ada", **fields)
        assert page.status_code == 400
        assert "This is the only admin" in page.text
    signed_in(app, "bob", "admin")
    assert send(admin, "/admin/people/ada", do="role", role="editor").status_code == 200
    assert admin.get("/admin/people").status_code == 403


def test_only_two_passwords_are_hashed_at_once_since_each_takes_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    two, lock, now, peak = threading.Barrier(2), threading.Lock(), 0, 0

    class Watched:
        def verify(self, _hash: str, _password: str) -> bool:
            nonlocal now, peak
            with lock:
                now, peak = now + 1, max(peak, now + 1)
            two.wait(10)
            with lock:
                now -= 1
            two.wait(10)
            return True

    monkeypatch.setattr(accounts, "HASHER", Watched())
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(accounts.password_fits, ["x"] * 8, ["y"] * 8))
    assert peak == 2
