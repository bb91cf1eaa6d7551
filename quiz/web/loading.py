"""Loading what a request names, for whoever may have it: the one place that decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quiz.services.taking import OpenAttempt, open_attempt
from quiz.store.engine import Connected
from quiz.web.cookies import taker_secret
from quiz.web.request import the_request
from quiz.web.wiring import wiring

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")


@contextmanager
def attempt_to_read(token: str) -> Iterator[OpenAttempt]:
    """The attempt of this name, for its taker alone; 404 for anyone else, as if it did not exist."""
    with wiring().database.look.connect() as connection:
        yield _attempt_or_404(connection, token, lock=False)


@contextmanager
def attempt_to_answer(token: str) -> Iterator[tuple[Connection, OpenAttempt]]:
    """The same, locked, with the connection that will commit when the block ends."""
    with wiring().database.write.begin() as connection:
        yield connection, _attempt_or_404(connection, token, lock=True)


@contextmanager
def attempt_to_change(token: str) -> Iterator[tuple[Session, OpenAttempt]]:
    """The same with a session, for whatever else is written."""
    with wiring().database.writing() as session:
        yield session, _attempt_or_404(session, token, lock=True)


def _attempt_or_404(connected: Connected, token: str, *, lock: bool) -> OpenAttempt:
    secret = taker_secret(the_request())
    asked = secret is not None and TOKEN.match(token)
    found = open_attempt(connected, wiring().banks, token, secret, lock=lock) if secret and asked else None
    if found is None:
        abort(404)
    return found
