"""Loading what a request names, for whoever may have it: the one place that decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort
from sqlalchemy.orm import Session

from quiz.services.taking import OpenAttempt, open_attempt
from quiz.store.attempts import MeanwhileError
from quiz.store.engine import Connected
from quiz.web.cookies import taker_secret
from quiz.web.request import the_request
from quiz.web.wiring import wiring

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
TRIES = 5
"""How often a view is begun. What is sent from several tabs at once begins twice."""

View = TypeVar("View", bound=Callable[..., Any])


@contextmanager
def attempt_to_read(token: str) -> Iterator[OpenAttempt]:
    """The attempt of this name, for its taker alone; 404 for anyone else, as if it did not exist."""
    with wiring().database.look.connect() as connection:
        yield _attempt_or_404(connection, token, lock=False)


def looking_again(view: View) -> View:
    """A view that is begun anew where something else was written to its attempt since it looked.

    Entries of a log are added without a lock: the next question is chosen first, and the place that an entry takes can
    be taken once. Whoever comes second looks at what the first has done.
    """

    @wraps(view)
    def viewed(*args: Any, **kwargs: Any) -> Any:
        for _ in range(TRIES):
            with suppress(MeanwhileError):
                return view(*args, **kwargs)
        return abort(503)

    return cast("View", viewed)


@contextmanager
def attempt_to_change(token: str) -> Iterator[tuple[Session, OpenAttempt]]:
    """The same, locked, with the session that will commit when the block ends: for what is no entry of its log."""
    with wiring().database.writing() as session:
        yield session, _attempt_or_404(session, token, lock=True)


def _attempt_or_404(connected: Connected, token: str, *, lock: bool) -> OpenAttempt:
    secret = taker_secret(the_request())
    asked = secret is not None and TOKEN.match(token)
    found = open_attempt(connected, wiring().banks, token, secret, lock=lock) if secret and asked else None
    if found is None:
        abort(404)
    return found
