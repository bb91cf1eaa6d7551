"""Everybody's answers in long format, one line each, for analysis elsewhere: nothing that names a person."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from quiz.bank.cells import written
from quiz.store.answers import ExportedAnswer, answers_after
from quiz.store.engine import Database

ATTEMPTS = 200
"""Attempts that are read at once; between two reads nothing is held open, however slowly someone fetches."""
LENGTH = 16
COLUMNS = ("person", "attempt", "bank_version", "question", "revision", "score", "unknown", "seconds", "date")


def answers_csv(database: Database, key: str) -> Iterator[str]:
    """All answers as CSV, a piece at a time. `key` makes the pseudonyms: the same key, the same pseudonyms."""
    yield from written([COLUMNS])
    for chunk in _chunks(database):
        yield "".join(written(list(_plain(one, key).values()) for one in chunk))


def answers_json_lines(database: Database, key: str) -> Iterator[str]:
    """The same, each answer a JSON object on a line of its own."""
    for chunk in _chunks(database):
        yield "".join(f"{json.dumps(_plain(one, key))}\n" for one in chunk)


FORMATS: dict[str, tuple[str, Callable[[Database, str], Iterator[str]]]] = {
    "csv": ("text/csv", answers_csv),
    "jsonl": ("application/jsonl", answers_json_lines),
}


def _chunks(database: Database) -> Iterator[list[ExportedAnswer]]:
    last: int | None = 0
    while last is not None:
        with database.reading() as session:
            found, last = answers_after(session, last, ATTEMPTS)
        if found:
            yield found


def _plain(one: ExportedAnswer, key: str) -> dict[str, Any]:
    values = (
        *(_pseudonym(key, "person", one.taker), _pseudonym(key, "attempt", one.attempt), one.version),
        *(one.question, one.number, one.score, int(one.unknown), one.seconds),
        datetime.fromtimestamp(one.at, UTC).date().isoformat(),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _pseudonym(key: str, kind: str, number: int) -> str:
    """A name that is the same each time and that nobody without the key can lead back (HMAC, RFC 2104)."""
    return hmac.new(key.encode(), f"{kind} {number}".encode(), hashlib.sha256).hexdigest()[:LENGTH]
