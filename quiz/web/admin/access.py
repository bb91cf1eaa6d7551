"""Who may come in. Everything under /admin is closed: a view that does not say whom it admits admits nobody."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from quiz.services import accounts
from quiz.services.accounts import LOGIN_SECONDS, Actor
from quiz.web.cookies import cookie_name, is_secure
from quiz.web.request import is_admin
from quiz.web.safety import from_here
from quiz.web.typed import UNSHOWABLE
from quiz.web.wiring import wiring

EDITOR = "editor"
"""The cookie that holds the login."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
MAX_BODY = 512 * 1024
MAX_FIELDS = 2000
"""A question may be long; who is signed in may send so much, and so many fields."""
LARGEST_KEPT = MAX_BODY * 4 // 3 + 64 * 1024
"""What was sent signed out comes again with name and password, as text that is a third longer."""
ANYONE = "anyone"

View = TypeVar("View", bound=Callable[..., Any])
_admitted: dict[Callable[..., Any], str] = {}
_largest: dict[Callable[..., Any], int] = {}


def admits(role: str, *, largest: int | None = None) -> Callable[[View], View]:
    """Say who may use a view: `anyone`, or a role and those above it; and how many bytes they may send it."""

    def note(view: View) -> View:
        _admitted[view] = role
        if largest is not None:
            _largest[view] = largest
        return view

    return note


def admitted_to(view: Callable[..., Any] | None) -> str | None:
    """Whom a view admits; None: nobody."""
    return _admitted.get(view) if view else None


def install(app: Flask) -> None:
    """Close /admin. Comes before every other check, so that a stranger's form is not even read."""
    app.before_request(check_admission)


def check_admission() -> AnyResponse | tuple[str, int] | None:
    """Send strangers to the sign-in page, and refuse what a role may not do."""
    if not is_admin(request):
        return None
    view = _view()
    role = admitted_to(view)
    g.actor = found = _signed_in()
    if role == ANYONE:
        if view in _largest:
            _allow(_largest[view])
        return None
    if found is None:
        return _ask_to_sign_in()
    _allow(_largest.get(view, MAX_BODY) if view else MAX_BODY)
    if request.endpoint is not None and (role is None or not found.may(role)):
        return render_template("admin/refused.html", role=role), 403
    return None


def actor() -> Actor:
    """Who is signed in. Only for views that admit a role."""
    found: Actor | None = g.get("actor")
    if found is None:
        abort(403)
    return found


def user() -> int:
    """The account of who is signed in. Only for views that admit a role."""
    return actor().id or abort(403)


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


def way_back(asked: str | None) -> str | None:
    """Where a form is sent again after signing in: an address of ours that takes one from people with an account."""
    addresses = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, values = addresses.match(asked or "", method="POST")
    except (NotFound, MethodNotAllowed, RequestRedirect, ValueError):
        return None
    ours = endpoint.startswith("admin") and admitted_to(_view_of(endpoint)) not in {ANYONE, None}
    return url_for(endpoint, **values) if ours else None


def _allow(largest: int) -> None:
    """Let this request be so large."""
    request.max_content_length, request.max_form_memory_size = largest, largest
    request.max_form_parts = MAX_FIELDS


def _ask_to_sign_in() -> AnyResponse | tuple[str, int]:
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("admin_account.sign_in", next=request.path), 303)
    if _is_form_of_ours():
        _allow(MAX_BODY)
        told = {"on": request.path, "name": "", "errors": {}, "empty": False}
        return render_template("admin/sign_in.html", kept=packed_form(request.get_data()), **told), 401
    response = Response(render_template("admin/signed_out.html"), 401)
    response.headers["Connection"] = "close"  # what was sent is not read
    return response


def _is_form_of_ours() -> bool:
    """Whether someone who was signed in until now may have typed this into a page of ours."""
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return is_form and 0 < (request.content_length or 0) <= MAX_BODY and from_here(request)


def packed_form(body: bytes) -> str:
    """A form as it was sent, as one field of the page on which its sender signs in."""
    return base64.urlsafe_b64encode(body).decode()


def unpacked_form(kept: str) -> list[tuple[str, str]]:
    """The fields of such a form but for its token; none where it is not one."""
    try:
        body = base64.urlsafe_b64decode(kept.encode()).decode()
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except (ValueError, UnicodeError):
        return []
    return [(UNSHOWABLE.sub("", n), UNSHOWABLE.sub("", v)) for n, v in fields if n != "csrf_token"]


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
