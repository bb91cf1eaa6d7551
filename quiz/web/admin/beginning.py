"""A new question: from the scaffold of its type, or as a copy of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from quiz.bank import question as q
from quiz.bank.plain import as_data
from quiz.bank.scaffold import NO_REASON, scaffold
from quiz.competency.catalogue import Catalogue
from quiz.services import editing
from quiz.services.editing import EditError
from quiz.store.revisions import newest_text
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_beginning", __name__, url_prefix="/admin/questions/new")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@admits("editor")
def new() -> Answer:
    """Choose type, name and skill of a new question, or of a copy."""
    with wiring().database.reading() as session:
        return _page(session, request.args.to_dict(), {})


@blueprint.post("")
@admits("editor")
def create() -> Answer:
    """Make the draft and open it."""
    form, app = request.form.to_dict(), wiring()
    try:
        with app.database.writing() as session:
            text = editing.create(session, actor(), _first_text(session, form), app.clock(), form.get("copy", ""))
    except EditError as error:
        with app.database.reading() as session:
            return _page(session, form, {error.field or "id": str(error)}), 400
    return redirect(url_for("admin_editor.edit", name=text.question.id), 303)


def skills_of(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Every skill, with its area, for a choice."""
    return [(skill.id, f"{area.name}: {skill.name}") for area in catalogue.areas for skill in area.skills]


def _first_text(session: Session, form: Mapping[str, str]) -> q.Question:
    """The first text of a new question: a copy, or the scaffold of its type."""
    name, origin = form.get("id", "").strip(), form.get("copy", "")
    if not editing.ID.match(name) or len(name) > 64:
        raise EditError("Use small letters, digits and hyphens, as in: queue-that-grows", "id")
    if origin:
        copied = newest_text(session, origin) or abort(404)
        return copied.question.model_copy(update={"id": name})
    catalogue = wiring().banks.newest(session).catalogue
    if form.get("type") not in q.TYPES:
        raise EditError("Choose a type.", "type")
    if form.get("skill") not in catalogue.skills:
        raise EditError("Choose a skill.", "skill")
    data = as_data(scaffold(form["type"], form["skill"], name))
    return q.TYPES[form["type"]].model_validate(_unproved(data))


def _unproved(data: dict[str, Any]) -> dict[str, Any]:
    """A text that begins without a program: proofs are written in files."""
    none = {"kind": "none", "reason": NO_REASON}
    if data["type"] == "case":
        return {**data, "parts": [{**part, "proof": none} for part in data["parts"]]}
    return {**data, "proof": none}


def _page(session: Session, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    catalogue = wiring().banks.newest(session).catalogue
    origin = newest_text(session, typed["copy"]) if typed.get("copy") else None
    return render_template(
        "admin/new.html",
        typed=typed,
        errors=errors,
        origin=origin,
        types=[(kind, kind) for kind in q.TYPES],
        skills=skills_of(catalogue),
    )
