"""Headers, CSRF and the origin check, for every request alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hmac import compare_digest, digest
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, abort, current_app, request, session
from flask_wtf.csrf import CSRFProtect, generate_csrf

from quiz.bank.response import is_storable
from quiz.web.cookies import taker_secret
from quiz.web.request import is_admin, the_request

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What every response says that does not say otherwise. No cache keeps a page, since it may hold someone's answers."""
HTTPS_STAYS = ("Strict-Transport-Security", "max-age=31536000")
WITHOUT_TOKEN = frozenset({"start.begin"})
FIELD = "csrf_token"
"""The token's name, in forms and in the session, as Flask-WTF has it."""
TOO_LARGE = 10**9
"""Nothing is numbered so high, and PostgreSQL's integers end at twice that."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


def protect(app: Flask) -> None:
    """Check every request that changes something."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_SSL_STRICT=False)
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = form_token
    app.before_request(check_address)
    app.before_request(check_request)


def form_token() -> str:
    """What this browser's forms carry.

    For a taker it is made of the secret in their cookie: there is nothing to keep, and no second cookie to read, which
    took a twentieth of an answer's time. Anyone else, and an editor, who gets a new one with each sign-in, carries the
    token that Flask-WTF keeps in the session, as it stands there.
    """
    own = _own_token(the_request())
    if own is not None:
        return own
    if FIELD not in session:
        generate_csrf()
    token: str = session[FIELD]
    return token


def _own_token(asked: Request) -> str | None:
    """The token of a taker's secret. Only who has the app's key can make it, and it tells nothing of the secret.

    None without a secret, and for editors: whoever plants a secret in their browser knows its token.
    """
    secret = None if is_admin(asked) else taker_secret(asked)
    if secret is None:
        return None
    return digest(str(current_app.secret_key).encode(), f"form {secret}".encode(), "sha256").hex()


def check_address() -> None:
    """Nothing has a name or a number that can't be stored; PostgreSQL would refuse even to look for one."""
    if not all(map(_can_be_stored, (request.view_args or {}).values())):
        abort(404)


def _can_be_stored(part: Any) -> bool:
    return part < TOO_LARGE if isinstance(part, int) else not isinstance(part, str) or is_storable(part)


def check_request() -> None:
    """Refuse a changing request from elsewhere: by its token, and at Start, which has none, by its Origin."""
    asked = the_request()
    if asked.method in SAFE_METHODS or asked.endpoint is None:
        return
    if not from_here(asked):
        abort(400, "This form was sent from another site. Open the page here and try again.")
    if None in asked.form:
        abort(400, "The form holds a field without a name. Open the page again and send it once more.")
    if asked.endpoint not in WITHOUT_TOKEN and not _has_token(asked):
        csrf.protect()


def _has_token(asked: Request) -> bool:
    """Whether a form carries a token of this browser. One that does not may still carry its session's, signed."""
    sent = asked.form.get(FIELD, "").encode()
    return any(compare_digest(token.encode(), sent) for token in _good(asked))


def _good(asked: Request) -> Iterator[str]:
    """The tokens that a form of this browser may carry: a page may be older than the browser's secret."""
    own = _own_token(asked)
    if own is not None:
        yield own
    if FIELD in session:
        yield session[FIELD]


def from_here(asked: Request) -> bool:
    """Whether the browser says that the request comes from our own pages, or says nothing at all."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = asked.headers.get("Origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == asked.host
    except ValueError:
        return False


def with_headers(app: WSGIApplication) -> WSGIApplication:
    """Wrap an app so that every response carries `HEADERS`, but for those that it sets itself.

    Done here and not in Flask, whose headers take a dozen calls for each name that is not there.
    """

    def headed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            there = {name for name, _ in headers}
            headers = headers + [one for one in HEADERS.items() if one[0] not in there]
            if environ["wsgi.url_scheme"] == "https":
                headers.append(HTTPS_STAYS)
            return start_response(status, headers, *more)

        return app(environ, start)

    return headed
