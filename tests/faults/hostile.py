"""Hostile requests at every operation, on both databases: never a 5xx, and the same status on both."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import re
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from argon2 import PasswordHasher
from flask import Flask

from quiz.app import create_app
from quiz.config import Settings
from quiz.services import accounts
from quiz.store.engine import open_database
from quiz.web import take
from quiz.web.wiring import Wiring
from tests.editor import signed_in
from tests.faults.bar import Bar
from tests.faults.client import reply
from tests.faults.postgres import postgresql
from tests.faults.server import sqlite
from tests.taker import hidden_fields

VALUES: tuple[str, ...] = (
    *("", " ", "\x00", "a\x00b", "\ud800", "x\udfff", "\u202egnp.exe", "\ufeff", "\ufffe", "e\u0301" * 50),
    *("0", "-1", "1.5", "1e999", "NaN", "Infinity", "0x10", "\uff11", "\u0661", "00000001", "+1", " 1 "),
    *(str(2**31), str(2**63), str(-(2**63) - 1), "9" * 400, "99999999999999999"),
    *("'", '"', "';DROP TABLE takers;--", "1 OR 1=1", "%", "%s%n", "{{7*7}}", "${7*7}", "<script>alert(1)</script>"),
    *("../../etc/passwd", "..%2f", "\r\nSet-Cookie: a=b", "http://127.0.0.1:1/", "javascript:alert(1)", "x" * 5000),
    *("on", "yes", "unknown", "none", "null", "[]", "{}", "true", "1;2", "1,2", "1/0", "1/6", "50 %", "x" * 70_000),
)
PARAMETER = re.compile(r"(<[^>]+>)")
HEADERS = ("Origin", "Referer", "Accept-Encoding", "Accept-Language", "X-Forwarded-For", "Range", "If-None-Match")


def hostile_requests(folder: Path, *, long: bool) -> Bar:
    """The control is an app that reads numbers as one would at first."""
    each = 1000 if long else 50
    with postgresql(folder / "control.sqlite3") as server:
        server.run("CREATE DATABASE hostile TEMPLATE quiz_template")
        jobs = [(sqlite(folder), each), (server.url("hostile"), each), (sqlite(folder, "control"), 0)]
        with multiprocessing.get_context("fork").Pool(2) as pool:
            (names, *said), (_, other), (_, control) = pool.starmap(_tried, jobs, chunksize=1)
    fives = [pair for said_here in (*said, other) for pair in zip(names, said_here, strict=True) if pair[1] >= 500]
    unlike = [name for name, a, b in zip(names, *said, other, strict=True) if a != b]
    note = f"5xx: {sorted(set(fives))[:5]}; unlike: {sorted(set(unlike))[:5]}" if fives or unlike else ""
    fine = sum(status < 500 for status in said[0])
    failed = sum(status >= 500 for status in control)
    return Bar(len(names) * 2, fine, 0, len(fives) + len(unlike), failed, "5xx by a careless reader", note)


def _tried(url: str, each: int) -> tuple[list[str], list[int]]:
    """Attack an app over this database, in a process of its own; `each` 0: the control, only where it reads numbers.

    Hashing a password is slow on purpose, and nothing here depends on that.
    """
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    if not each:
        take._number = _careless
    with ExitStack() as stack:
        return _attack(_app(url, stack), each or 50, "" if each else "/a/<token>")


def _careless(form: Any, name: str) -> int:
    return int(form[name][0])


def _app(url: str, stack: ExitStack) -> Flask:
    database = stack.enter_context(closing(open_database(url)))
    seeds, now = itertools.count(1), 1_800_000_000
    app = create_app(Settings(url, starts_per_day=0, free_mb=0), database, lambda: now, lambda: next(seeds))
    app.logger.disabled = True
    return app


def _attack(app: Flask, each: int, only: str = "") -> tuple[list[str], list[int]]:
    """So many requests for each route (or one) and method: their names, and the statuses that came back."""
    draw, names, statuses = random.Random(7), [], []
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        question = wiring.banks.newest(session).live[0].question.id
    operations = sorted(
        (str(rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if only in {"", str(rule)}
    )
    for rule, method in operations:
        for number in range(each):
            if number % 10 == 0:
                client = signed_in(app)  # an admin, so that refusals do not stand before what is to be tried
                token = client.post("/start", data={"length": "15"}).headers["Location"].split("/a/")[1].split("/")[0]
                page = client.get(f"/a/{token}").text
            there = {"<token>": token, "<name>": _there(rule, question), "<kind>": "profile", "<int:number>": "1"}
            path = "".join(_piece(piece, there, draw) for piece in PARAMETER.split(rule))
            headers = {draw.choice(HEADERS): _printable(draw.choice(VALUES))} if draw.random() < 0.2 else {}
            body = _body(page, draw) if method in {"POST", "PUT", "PATCH", "DELETE"} else None
            query = "?" + _encoded({"role": draw.choice(VALUES), "show": draw.choice(VALUES)}) if number % 3 else ""
            response = client.open(
                path + query[:4000],
                method=method,
                data=body,
                headers=headers,
                content_type="application/x-www-form-urlencoded" if body is not None else None,
            )
            names.append(f"{method} {rule}")
            statuses.append(response.status_code)
    return names, statuses


def _there(rule: str, question: str) -> str:
    """The name of something that exists: what does not is refused before anything happens."""
    return "ada" if "/people/" in rule else "data-scientist" if "/framework/" in rule else question


def _piece(piece: str, there: Mapping[str, str], draw: random.Random) -> str:
    """A piece of a route: as it is, or in the place of a parameter something that exists, or anything."""
    if not piece.startswith("<"):
        return piece
    if piece in there and draw.random() < 0.7:
        return there[piece]
    return quote(draw.choice(VALUES)[:300] or "x", safe="", errors="surrogatepass")


def _body(page: str, draw: random.Random) -> bytes:
    """A good form with some fields made hostile, some dropped, some doubled, some new."""
    form: dict[str, list[str]] = reply(page, draw) if draw.random() < 0.8 else {}
    form["csrf_token"] = [hidden_fields(page)["csrf_token"]]
    for name in list(form):
        if name == "csrf_token" and draw.random() < 0.9:
            continue
        chance = draw.random()
        if chance < 0.3:
            form[name] = [draw.choice(VALUES)]
        elif chance < 0.4:
            del form[name]
        elif chance < 0.5:
            form[name] = [*form[name], draw.choice(VALUES)]
    for name in ("area", "kind", "text", "sure", "role", "seniority", "length", draw.choice(VALUES)[:200]):
        if draw.random() < 0.2:
            form[name] = [draw.choice(VALUES)]
    if draw.random() < 0.01:
        form["text"] = ["x" * 1_000_000]
    return _encoded(form).encode()


def _encoded(form: Any) -> str:
    return urlencode(form, doseq=True, errors="surrogatepass")


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and ord(c) < 256)[:300]
