"""What a person leaves behind when they delete their data: nothing."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, insert, select, text

from quiz.bank import question as q
from quiz.services.banks import Banks
from quiz.services.sharing import link_secret
from quiz.services.taking import answer, open_attempt
from quiz.services.upkeep import expire, shorten_log
from quiz.store.engine import Database, open_database
from quiz.store.shared import count_up
from quiz.store.tables import Taker
from quiz.store.upkeep import database_file
from tests.conftest import Clock, make_app
from tests.taker import begin, current_question, finish, hidden_fields, right_form, send_answer, unknown_form

TYPED, NUMBER, REPORT = "serinus typed this", "4815162342", "serinus reports this"
STEPS = {"programming": "3", "mathematics": "4"}
NOBODY_S = {"counters", "secrets"}
"""Tables of salted hashes that forget by themselves, and of the server's own keys."""


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table as text."""
    tables = MetaData()
    tables.reflect(database.read)
    with database.read.connect() as connection:
        return {
            table.name: sorted(str(dict(row)) for row in connection.execute(select(table)).mappings())
            for table in tables.sorted_tables
        }


def file_bytes(database: Database) -> bytes:
    """What SQLite's files hold, the write-ahead log among them; nothing for PostgreSQL."""
    path = database_file(database)
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*"))) if path else b""


class Person:
    """Someone who leaves something of their own wherever they can."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app, self.client, self.clock = app, app.test_client(), clock
        self.rating = begin(self.client, length="35", rate="yes")
        self.address = self.rating.removesuffix("/rate")
        self._send(self.rating, self.rating, **STEPS)
        self.typed = self._answer()
        self._send(f"{self.address}/problem/1", f"{self.address}/problem/1", kind="wrong", text=REPORT)
        finish(self.client, self.address)
        self.nonce = self._hidden(f"{self.address}/share")["nonce"]
        share = f"{self.address}/share"
        for nonce in (self.nonce, self.nonce[::-1]):
            self._send(share, share, nonce=nonce, detail="plan", days="365")
        self._send(share, f"{share}/1/revoke")
        plan = f"{self.address}/plan"
        self._send(f"{self.address}/result", f"{plan}/hours", hours="37")
        self._send(f"{self.address}/result", f"{plan}/mark", done="serinus/done")
        self._send(f"{self.address}/result", f"{plan}/mark", order="serinus/first,serinus/second")
        self.open = begin(self.client)

    def traces(self) -> dict[str, str]:
        """What must be found before, and not afterwards."""
        cookie = self.client.get_cookie("__Host-taker")
        assert cookie is not None
        link = link_secret(cookie.value, self.nonce)
        return {
            "the secret, as a hash": hashlib.sha256(cookie.value.encode()).hexdigest(),
            "the name of the attempt": self.address.rsplit("/", 1)[-1],
            "the name of one that is not finished": self.open.rsplit("/", 1)[-1],
            "a typed answer": TYPED,
            "a typed number": NUMBER,
            "the words of a report": REPORT,
            "what they said of themselves": "{'steps': {'programming': 3, 'mathematics': 4}}",
            "the form of a link": self.nonce,
            "a link, as a hash": hashlib.sha256(link.encode()).hexdigest(),
            "the hours of the plan": "'hours': 37",
            "what is done of the plan": "serinus/done",
            "the order of the plan": "serinus/second",
        }

    def _answer(self) -> set[str]:
        typed: set[str] = set()
        while 'name="question"' in (page := self.client.get(self.address).text):
            question, arrangement, _ = current_question(self.app, self.client, self.address)
            own = {"fill": TYPED, "number": NUMBER}.get(question.type)
            form = right_form(question, arrangement) if own is None else {"text": [own]}
            if isinstance(question, q.NumberBody) and question.key.scale == "percent":
                form = {"text": [f"{NUMBER} %"]}
            response = send_answer(self.client, self.address, form, page)
            assert response.status_code == 303, (question.id, response.text)
            typed.add(question.type)
        return typed

    def _hidden(self, path: str) -> dict[str, str]:
        return hidden_fields(self.client.get(path).text)

    def _send(self, page: str, path: str, **fields: str) -> None:
        response = self.client.post(path, data={"csrf_token": self._hidden(page)["csrf_token"]} | fields)
        assert response.status_code == 303, f"{path}: {response.text}"


def delete(client: FlaskClient) -> None:
    token = hidden_fields(client.get("/my/data").text)["csrf_token"]
    assert "Your data is deleted" in client.post("/my/delete", data={"csrf_token": token, "sure": "yes"}).text


@pytest.fixture
def before(database: Database) -> dict[str, list[str]]:
    return dump(database)


@pytest.mark.parametrize("way", ["by their own hand", "by the time that passed"])
def test_nothing_of_a_person_is_left_after_deletion(
    database: Database, clock: Clock, before: dict[str, list[str]], way: str
) -> None:
    app = make_app(database, clock)
    person = Person(app, clock)
    assert person.typed >= {"fill", "number"}
    traces, found = person.traces(), dump(database)
    assert len(traces) == 12
    everything = str(found)
    for what, trace in traces.items():
        assert trace in everything, f"the control: {what} is there"
    if way == "by their own hand":
        delete(person.client)
    else:
        clock.forward(86_400 * 800)
        assert expire(database, 24, clock.now) == 1
    after = dump(database)
    for what, trace in traces.items():
        assert trace not in str(after), what
    assert {table for table in after if after[table] != before[table]} <= NOBODY_S


def test_nothing_of_a_person_is_left_in_the_file_once_the_log_was_cut(sqlite: Database, clock: Clock) -> None:
    person = Person(make_app(sqlite, clock), clock)
    texts = [trace.encode() for what, trace in person.traces().items() if "'" not in trace]
    shorten_log(sqlite)
    for trace in texts:
        assert trace in file_bytes(sqlite), "the control"
    delete(person.client)
    shorten_log(sqlite)
    for trace in texts:
        assert trace not in file_bytes(sqlite)


def test_an_answer_under_way_is_waited_for_and_deleted_with_the_rest(postgres_url: str, clock: Clock) -> None:
    with closing(open_database(postgres_url)) as database, ThreadPoolExecutor(1) as elsewhere:
        app = make_app(database, clock)
        client = app.test_client()
        address = begin(client)
        question, _, _ = current_question(app, client, address)
        token = hidden_fields(client.get("/my/data").text)["csrf_token"]
        with database.writing() as session:
            attempt = open_attempt(session, Banks(), address.rsplit("/", 1)[-1], secret_of(client))
            assert attempt is not None
            assert attempt.progress.current is not None
            form = unknown_form(question)
            answer(lambda: nullcontext(session), attempt, 1, attempt.progress.current, form, clock.now)
            sent = elsewhere.submit(client.post, "/my/delete", data={"csrf_token": token, "sure": "yes"})
            while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not sent.done(), "deleting waits for the answer"
        assert sent.result().status_code == 200
        with database.reading() as session:
            assert [session.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("log", "attempts", "takers")] == [0] * 3


def secret_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("__Host-taker")
    assert cookie is not None
    return cookie.value


def test_what_was_counted_on_days_gone_by_is_forgotten(database: Database) -> None:
    with database.writing() as session:
        for day in (9, 10):
            count_up(session, "an address", day)
    expire(database, 24, 10 * 86_400 + 5)
    with database.reading() as session:
        assert session.scalars(text("SELECT day FROM counters")).all() == [10]


@pytest.mark.sweep
def test_more_takers_expire_at_once_than_a_statement_takes_values(database: Database) -> None:
    many = 70_000
    rows = [{"secret_hash": f"{n:064}", "created_at": 1, "used_at": 1} for n in range(many)]
    with database.writing() as session:
        session.execute(insert(Taker), rows)
    assert expire(database, 24, 10**9) == many
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM takers")) == 0
