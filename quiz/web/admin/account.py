"""Signing in and out, the one-time link, and one's own password."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.services import accounts
from quiz.services.accounts import AccountError, TooManyTriesError
from quiz.store import accounts as store
from quiz.web.address import counted_address
from quiz.web.admin.access import (
    ANYONE,
    LARGEST_KEPT,
    TOKEN,
    actor,
    admits,
    forget_login,
    keep_login,
    login_token,
    unpacked_form,
    way_back,
    way_on,
)
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_account", __name__, url_prefix="/admin")

Answer = AnyResponse | str | tuple[str, int]
WRONG = "Name and password do not fit, or the account is disabled. Both are typed in lower and upper case as chosen."


@blueprint.get("/sign-in")
@admits(ANYONE)
def sign_in() -> Answer:
    """Ask for name and password."""
    with wiring().database.reading() as session:
        empty = not store.has_accounts(session)
    return render_template("admin/sign_in.html", on=request.args.get("next", ""), name="", errors={}, empty=empty)


@blueprint.post("/sign-in")
@admits(ANYONE, largest=LARGEST_KEPT)
def check_sign_in() -> Answer:
    """Sign this browser in."""
    form, app = request.form.to_dict(), wiring()
    name, password = form.get("name", ""), form.get("password", "")
    try:
        token = accounts.sign_in(app.database, name, password, counted_address(request), app.clock())
    except TooManyTriesError as error:
        return _too_many(error)
    if token is None:
        told = {"on": form.get("next", ""), "name": name, "errors": {"name": WRONG}, "empty": False}
        return render_template("admin/sign_in.html", kept=form.get("kept", ""), **told), 400
    fields, back = unpacked_form(form.get("kept", "")), way_back(form.get("next"))
    if not fields or back is None:
        return keep_login(redirect(way_on(form.get("next")), 303), token)
    response = keep_login(Response(), token)
    response.set_data(render_template("admin/go_on.html", back=back, fields=fields))
    return response


@blueprint.post("/sign-out")
@admits("editor")
def sign_out() -> Answer:
    """Sign this browser out, or every browser."""
    app, token = wiring(), login_token()
    with app.database.writing() as session:
        if request.form.get("everywhere"):
            accounts.sign_out_everywhere(session, actor(), app.clock())
        elif token:
            accounts.sign_out(session, token)
    return forget_login(redirect(url_for("admin_account.sign_in"), 303))


@blueprint.get("/welcome/<token>")
@admits(ANYONE)
def welcome(token: str) -> Answer:
    """The one-time link: choose a password."""
    return _welcome(token, {}, {})


@blueprint.post("/welcome/<token>")
@admits(ANYONE)
def accept(token: str) -> Answer:
    """Keep the password and sign in."""
    form, app = request.form.to_dict(), wiring()
    with app.database.reading() as session:
        found = accounts.invited(session, token, app.clock()) if TOKEN.match(token) else None
    if found is None:
        return _welcome(token, {}, {})
    name = found[0].name if found[0] else form.get("name", "")
    try:
        hashed = accounts.hash_password(form.get("password", ""), form.get("again", ""), name)
        with app.database.writing() as session:
            login = accounts.accept(session, token, name, hashed, app.clock())
    except AccountError as error:
        return _welcome(token, {error.field: str(error)}, form)
    if login is None:
        return _welcome(token, {}, {})
    return keep_login(redirect(url_for("admin.front"), 303), login)


@blueprint.get("/account")
@admits("editor")
def account() -> Answer:
    """One's own account."""
    return _account({})


@blueprint.post("/account/password")
@admits("editor")
def change_password() -> Answer:
    """Another password; every other browser is signed out."""
    form, app, by = request.form.to_dict(), wiring(), actor()
    try:
        old = accounts.own_password(app.database, by, form.get("old", ""), counted_address(request), app.clock())
    except TooManyTriesError as error:
        return _too_many(error)
    if old is None:
        return _account({"old": "That is not your password now."}), 400
    try:
        new = accounts.hash_password(form.get("password", ""), form.get("again", ""), by.name)
    except AccountError as error:
        return _account({error.field: str(error)}), 400
    with app.database.writing() as session:
        token = accounts.change_password(session, by, old, new, app.clock())
    if token is None:
        abort(409, "The password was changed at the same moment in another place. Sign in again.")
    return keep_login(redirect(url_for("admin_account.account", done="password"), 303), token)


def _too_many(error: TooManyTriesError) -> Answer:
    minutes = max((error.until - wiring().clock() + 59) // 60, 1)
    return Response(render_template("admin/too_many.html", minutes=minutes), 429, {"Retry-After": str(minutes * 60)})


def _welcome(token: str, errors: dict[str, str], typed: dict[str, str]) -> Answer:
    app = wiring()
    with app.database.reading() as session:
        found = accounts.invited(session, token, app.clock()) if TOKEN.match(token) else None
    if found is None:
        return render_template("admin/no_invitation.html"), 410
    shown = render_template("admin/welcome.html", token=token, account=found[0], errors=errors, typed=typed)
    return (shown, 400) if errors else shown


def _account(errors: dict[str, str]) -> str:
    app, by = wiring(), actor()
    with app.database.reading() as session:
        logins = store.count_logins(session, by.id, app.clock()) if by.id is not None else 0
    return render_template("admin/account.html", errors=errors, logins=logins, done=request.args.get("done"))
