"""Accounts, for admins."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from sqlalchemy.orm import Session

from quiz.services import accounts
from quiz.services.accounts import INVITATION_SECONDS, ROLES, AccountError
from quiz.store import accounts as store
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")

ROLE_RIGHTS = {
    "editor": "writes questions, sends them to review, comments",
    "reviewer": "also approves, publishes, retires and withdraws",
    "admin": "also adds people and changes their roles",
}

DONE = {
    "role": "{name} is {role} now.",
    "disable": "{name} can't sign in any more.",
    "enable": "{name} can sign in again.",
}


@blueprint.get("")
@admits("admin")
def people() -> str:
    """Everyone who works here."""
    return _people({}, {}, None)


@blueprint.post("")
@admits("admin")
def add() -> str | tuple[str, int]:
    """Add someone; the page shows the link to hand over."""
    form, app = request.form.to_dict(), wiring()
    try:
        with app.database.writing() as session:
            token = accounts.add_user(session, actor(), form.get("name", ""), form.get("role", ""), app.clock())
    except AccountError as error:
        return _people({error.field: str(error)}, form, None), 400
    return _people({}, {}, (form["name"].strip().lower(), token))


@blueprint.post("/<name>")
@admits("admin")
def change(name: str) -> str | tuple[str, int]:
    """Another role, a new link, disable or enable."""
    form, app = request.form.to_dict(), wiring()
    try:
        with app.database.writing() as session:
            if store.account_named(session, name) is None:
                abort(404)
            token = _changed(session, name, form, app.clock())
    except AccountError as error:
        return _people({f"of-{name}": str(error)}, {}, None), 400
    done = DONE.get(form.get("do", ""), "").format(name=name, role=form.get("role", ""))
    return _people({}, {}, (name, token) if token else None, done)


def _changed(session: Session, name: str, form: dict[str, str], now: int) -> str | None:
    """Do what the button says; the token of the link, where one was made."""
    match form.get("do"):
        case "role":
            accounts.change_role(session, actor(), name, form.get("role", ""), now)
        case "link":
            return accounts.invite(session, actor(), name, now)
        case "disable":
            accounts.disable(session, actor(), name, now)
        case "enable":
            accounts.enable(session, actor(), name, now)
        case _:
            raise AccountError("Use one of the buttons.")
    return None


def _people(errors: dict[str, str], typed: dict[str, str], made: tuple[str, str] | None, done: str = "") -> str:
    with wiring().database.reading() as session:
        found = store.accounts(session)
    link = url_for("admin_account.welcome", token=made[1], _external=True) if made else None
    return render_template(
        "admin/people.html",
        accounts=found,
        roles=ROLES,
        rights=[(role, f"{role}: {ROLE_RIGHTS[role]}") for role in ROLES],
        errors=errors,
        typed=typed,
        invited=made[0] if made else None,
        link=link,
        done=done,
        days=INVITATION_SECONDS // 86_400,
    )
