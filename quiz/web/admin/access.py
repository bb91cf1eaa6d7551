"""Who may come in. Everything under /admin is closed: a view that does not say whom it admits admits nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from quiz.services import accounts
from quiz.services.accounts import LOGIN_SECONDS, Actor
from quiz.web.cookies import cookie_name, is_secure
from quiz.web.wiring import wiring

EDITOR = "editor"
"""The cookie that holds the login."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
MAX_BODY = 512 * 1024
MAX_FIELDS = 2000
"""A question may be long; who is signed in may send so much, and so many fields."""
ANYONE = "anyone"

View = TypeVar("View", bound=Callable[..., Any])
_admitted: dict[Callable[..., Any], str] = {}
_largest: dict[Callable[..., Any], int] = {}


def admits(role: str, *, largest: int = MAX_BODY) -> Callable[[View], View]:
    """Say who may use a view: `anyone`, or a role and those above it; and how many bytes they may send it."""

    def note(view: View) -> View:
        _admitted[view], _largest[view] = role, largest
        return view

    return note


def admitted_to(view: Callable[..., Any] | None) -> str | None:
    """Whom a view admits; None: nobody."""
    return _admitted.get(view) if view else None


def install(app: Flask) -> None:
    """Close /admin. Comes before every other check, so that a stranger's form is not even read."""
    app.before_request(check_admission)


def is_admin(asked: Request) -> bool:
    """Whether a request is for the editors' room."""
    return asked.path == "/admin" or asked.path.startswith("/admin/")


def check_admission() -> AnyResponse | tuple[str, int] | None:
    """Send strangers to the sign-in page, and refuse what a role may not do."""
    if not is_admin(request):
        return None
    role = admitted_to(_view())
    g.actor = found = _signed_in()
    if role == ANYONE:
        return None
    if found is None:
        return _ask_to_sign_in()
    view = _view()
    largest = _largest.get(view, MAX_BODY) if view else MAX_BODY
    request.max_content_length, request.max_form_memory_size = largest, largest
    request.max_form_parts = MAX_FIELDS
    if request.endpoint is not None and (role is None or not found.may(role)):
        return render_template("admin/refused.html", role=role), 403
    return None


def actor() -> Actor:
    """Who is signed in. Only for views that admit a role."""
    found: Actor | None = g.get("actor")
    if found is None:
        abort(403)
    return found


def keep_login(response: AnyResponse, token: str) -> AnyResponse:
    """Let the browser hold a new login; what the session held before is forgotten."""
    session.clear()
    response.set_cookie(
        cookie_name(EDITOR, request),
        token,
        max_age=LOGIN_SECONDS,
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget_login(response: AnyResponse) -> AnyResponse:
    """Take the login back from the browser."""
    session.clear()
    response.delete_cookie(
        cookie_name(EDITOR, request), secure=is_secure(request), httponly=True, samesite="Lax", path="/"
    )
    return response


def login_token() -> str | None:
    """The login that the browser sent, if it has the right shape."""
    token = request.cookies.get(cookie_name(EDITOR, request), "")
    return token if TOKEN.match(token) else None


def way_on(asked: str | None) -> str:
    """Where to go after signing in: an address of ours that answers GET, else the front page."""
    addresses = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, values = addresses.match((asked or "").split("?", 1)[0], method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect, ValueError):
        return url_for("admin.front")
    if not endpoint.startswith("admin") or admitted_to(_view_of(endpoint)) in {ANYONE, None}:
        return url_for("admin.front")
    return url_for(endpoint, **values)


def _ask_to_sign_in() -> AnyResponse | tuple[str, int]:
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("admin_account.sign_in", next=request.path), 303)
    response = Response(render_template("admin/signed_out.html"), 401)
    response.headers["Connection"] = "close"  # what was sent is not read
    return response


def _signed_in() -> Actor | None:
    token = login_token()
    if token is None:
        return None
    app = wiring()
    with app.database.reading() as db:
        return accounts.actor(db, token, app.clock())


def _view() -> Callable[..., Any] | None:
    return _view_of(request.endpoint) if request.endpoint else None


def _view_of(endpoint: str) -> Callable[..., Any] | None:
    return current_app.view_functions.get(endpoint)
