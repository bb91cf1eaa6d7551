"""Cookies: the taker's secret, and Flask's session, which holds nothing but the form token of who has no such secret.

Over https, and on this machine, both carry the `__Host-` prefix and `Secure`. Over plain http to another
machine browsers would drop such cookies, so there they have plain names, and `quiz serve` warns at start.
"""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from quiz.web.request import QuizRequest, the_request

SECRET = re.compile(r"[A-Za-z0-9_-]{43}\Z")
MAX_AGE = 400 * 86_400
TAKER = "taker"
SESSION = "session"


def is_secure(asked: Request) -> bool:
    """Whether the browser will keep a Secure cookie from this answer."""
    return cast("QuizRequest", asked).keeps_secure_cookies


def cookie_name(kind: str, asked: Request) -> str:
    """The cookie's name for this request."""
    return f"__Host-{kind}" if is_secure(asked) else kind


def taker_secret(asked: Request) -> str | None:
    """The taker's secret, if the browser sent one of the right shape."""
    secret = asked.cookies.get(cookie_name(TAKER, asked), "")
    return secret if SECRET.match(secret) else None


def set_taker_secret(response: Response, asked: Request, secret: str) -> None:
    """Let the browser keep the secret for 400 days, the longest that browsers allow."""
    response.set_cookie(
        cookie_name(TAKER, asked),
        secret,
        max_age=MAX_AGE,
        secure=is_secure(asked),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_taker(response: Response, asked: Request) -> None:
    """Take the secret back from the browser."""
    response.delete_cookie(cookie_name(TAKER, asked), secure=is_secure(asked), httponly=True, samesite="Lax", path="/")


class SessionCookie(SecureCookieSessionInterface):
    """Flask's session under the same rules."""

    digest_method = "sha1"  # type: ignore[assignment]  # Flask's own, by name: so OpenSSL signs, and not Python

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and reads the cookie, made once: each app has an interface of its own, and its key never changes.

        Kept here: a cache of functools would hold every app, with its bank, for as long as the process lives.
        """
        if self._serializer is None:
            found = super().get_signing_serializer(app)
            if found is not None:
                signer = found.make_signer(found.salt)
                signer.derive_key = cache(signer.derive_key)  # type: ignore[method-assign]
                found.make_signer = lambda *_: signer  # type: ignore[method-assign]
            self._serializer = found
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where the session changed. It outlives the window, so that a form left open still works."""
        if session.modified:
            session.permanent = True
            super().save_session(app, session, response)

    def get_cookie_name(self, app: Flask) -> str:
        """The name for this request."""
        return cookie_name(SESSION, the_request())

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether it is marked Secure."""
        return is_secure(the_request())
