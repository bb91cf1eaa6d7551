"""A walk through a whole attempt inside this process, counting what each answer sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from quiz.app import create_app
from quiz.bench.taker import UNKNOWN, attempt_of, hidden
from quiz.config import Settings
from quiz.store.engine import Database, open_database


@dataclass
class Statements:
    """How many statements were sent; BEGIN and COMMIT are not counted."""

    count: int = 0


@contextmanager
def counting(database: Database) -> Iterator[Statements]:
    """Count the statements sent to this database while the block runs."""
    statements = Statements()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.count += not statement.startswith("BEGIN")

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", count)
    yield statements
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", count)


def statements_per_answer(url: str) -> int:
    """The most statements that one answer of an attempt cost: POST, redirect and GET together."""
    database = open_database(url)
    client = create_app(Settings(url, starts_per_day=0), database).test_client()
    address = attempt_of(client.post("/start").headers["Location"])
    page, most = client.get(address).get_data(as_text=True), 0
    while 'name="question"' in page:
        with counting(database) as sent:
            client.post(address, data=unknown_form(page))
            page = client.get(address).get_data(as_text=True)
        most = max(most, sent.count)
    database.close()
    return most


def unknown_form(page: str) -> dict[str, str]:
    """The form of a question page, answered "I don't know" throughout."""
    return hidden(page) | dict.fromkeys(UNKNOWN.findall(page), "unknown")
