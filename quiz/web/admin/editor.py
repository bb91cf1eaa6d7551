"""Writing a question: as a form or as YAML, with what keeps it from going live and a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from quiz.bank import question as q
from quiz.bank.form.reading import problems, read
from quiz.bank.form.rows import named, pressed
from quiz.bank.form.yaml import as_yaml, from_yaml
from quiz.bank.plain import as_data
from quiz.bank.scaffold import scaffold
from quiz.competency.catalogue import Catalogue
from quiz.services import editing
from quiz.services.diff import FieldDiff, field_diffs
from quiz.services.editing import ConflictError, EditError
from quiz.services.readiness import Proof, Readiness, proof_said, readiness
from quiz.store.revisions import Text, newest_text
from quiz.web.admin.access import actor, admits
from quiz.web.admin.labels import place
from quiz.web.admin.preview import framed, preview_or_reason
from quiz.web.typed import UNSHOWABLE
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_editor", __name__, url_prefix="/admin")

Answer = AnyResponse | str | tuple[str, int]
NO_REASON = "Say why no program can decide this."


@dataclass(frozen=True)
class Sheet:
    """What is being written: the stored text it began with (None: a new question), and what stands in the form now.

    `yaml`: what was typed, where it is written as YAML. `errors`: by place. `dirty`: it differs from what is stored.
    """

    base: Text | None
    data: dict[str, Any]
    yaml: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    dirty: bool = False
    origin: str = ""

    @property
    def question(self) -> q.Question | None:
        """The text, if the schema takes it."""
        if self.errors:
            return None
        return q.TYPES[str(self.data["type"])].model_validate({**self.data, "status": "draft"})


@blueprint.get("/questions/new")
@admits("editor")
def new() -> Answer:
    """Choose type, name and skill of a new question, or of a copy."""
    with wiring().database.reading() as session:
        return _new_page(session, request.args.to_dict(), {})


@blueprint.post("/questions/new")
@admits("editor")
def create() -> Answer:
    """Make the draft and open it."""
    form, app = request.form.to_dict(), wiring()
    try:
        with app.database.writing() as session:
            text = editing.create(session, actor(), _first_text(session, form), app.clock(), form.get("copy", ""))
    except EditError as error:
        with app.database.reading() as session:
            return _new_page(session, form, {error.field or "id": str(error)}), 400
    return redirect(url_for("admin_editor.edit", name=text.question.id), 303)


@blueprint.get("/questions/<name>/edit")
@admits("editor")
def edit(name: str) -> Answer:
    """The newest text in its form."""
    with wiring().database.reading() as session:
        text = _text_or_404(session, name)
        sheet = Sheet(text, without_status(as_data(text.question)))
        if request.args.get("as") == "yaml":
            sheet = replace(sheet, yaml=as_yaml(sheet.data))
        return _page(session, sheet)


@blueprint.post("/questions/<name>/edit")
@admits("editor")
def save(name: str) -> Answer:
    """Save the draft, or do what another button says, which saves nothing."""
    form, app = request.form.to_dict(flat=False), wiring()
    button = (form.get("do") or ["preview"])[0]
    with app.database.reading() as session:
        sheet = _sheet(_text_or_404(session, name), form, button)
    if button != "save" or sheet.question is None:
        with app.database.reading() as session:
            page = _page(session, sheet, notice=_notice(sheet, button))
            return (page, 400) if button == "save" else page
    try:
        with app.database.writing() as session:
            editing.save(session, actor(), sheet.question, _base(form), app.clock())
    except ConflictError as error:
        return _conflict(replace(sheet, base=error.theirs)), 409
    return redirect(url_for("admin_question.question", name=name, done="saved"), 303)


@blueprint.post("/check")
@admits("editor")
def check() -> Response:
    """What the script asks as one types: findings and preview of what stands in the form."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        sheet = _sheet(newest_text(session, (form.get("id") or [""])[0]), form, "preview")
        told = _told(session, sheet)
    ids = set(form) | {name.split(".")[0] for name in form}
    return jsonify(points=render_template("admin/_points.html", ids=ids, **told), page=framed(told["preview"] or ""))


@blueprint.post("/preview")
@admits("editor")
def whole() -> Answer:
    """The taker's page in full size, of what stands in the form."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        sheet = _sheet(newest_text(session, (form.get("id") or [""])[0]), form, "preview")
        told = _told(session, sheet)
        if told["preview"] is None:
            return _page(session, sheet, notice="There is no preview before this is mended."), 400
    response = Response(told["preview"])
    response.headers["Content-Security-Policy"] = "sandbox allow-same-origin; default-src 'none'; style-src 'self'"
    return response


def form_again(notice: str) -> tuple[str, int]:
    """The form with all that was typed, where it could not be taken."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        sheet = _sheet(_text_or_404(session, (request.view_args or {})["name"]), form, "preview")
        return _page(session, sheet, notice=notice), 400


def without_status(data: dict[str, Any]) -> dict[str, Any]:
    """The data that an editor writes: its status is its life's business."""
    return {name: value for name, value in data.items() if name != "status"}


def _text_or_404(session: Session, name: str) -> Text:
    """The newest text of the question that the address names."""
    found = newest_text(session, name)
    if found is None:
        abort(404)
    return found


def _base(form: Mapping[str, list[str]]) -> int:
    text = (form.get("base") or [""])[0]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        abort(400, "The form lost the text it began with. Go back, copy what you wrote, and open the question again.")
    return int(text)


def _sheet(base: Text | None, form: dict[str, list[str]], button: str) -> Sheet:
    """What stands in the form, after what the button does to it."""
    if base is None:
        abort(404)
    clean = {name: [UNSHOWABLE.sub("", value) for value in values] for name, values in form.items()}
    stored = without_status(as_data(base.question))
    if "yaml" in clean:
        text = clean["yaml"][0].replace("\r\n", "\n")
        data, errors = from_yaml(text, as_data(base.question))
        sheet = Sheet(base, data or stored, text, errors, text != as_yaml(stored))
        return replace(sheet, yaml=None) if button == "form" and data is not None else sheet
    data = with_proof({**read(base.question.type, clean), "id": base.question.id}, stored, clean)
    if button.split(" ", maxsplit=1)[0] in {"add", "remove", "up", "down"}:
        data = pressed(data, button)
    data = named({name: data[name] for name in q.FIELD_ORDER if name in data})
    found = problems({**data, "status": "draft"})
    errors = {".".join(map(str, path)): message for path, message in found.items()}
    sheet = Sheet(base, data, None, errors, data != stored)
    return replace(sheet, yaml=as_yaml(data)) if button == "yaml" else sheet


def with_proof(data: dict[str, Any], stored: Mapping[str, Any], form: Mapping[str, list[str]]) -> dict[str, Any]:
    """The data with the stored proofs, which are edited in files; only the reason for having none is typed."""
    data = dict(data)
    if data["type"] != "case":
        data["proof"] = _proof(stored.get("proof"), form, "proof.reason")
        return data
    kept = {part["id"]: part["proof"] for part in stored.get("parts", [])}
    data["parts"] = [
        {**part, "proof": _proof(kept.get(part["id"]), form, f"parts.{i}.proof.reason")}
        for i, part in enumerate(data.get("parts", []))
    ]
    return data


def _proof(stored: Mapping[str, Any] | None, form: Mapping[str, list[str]], name: str) -> dict[str, Any]:
    if stored is not None and stored["kind"] != "none":
        return dict(stored)
    reason = (form.get(name) or [""])[0].replace("\r\n", "\n")
    return {"kind": "none", "reason": reason or (stored or {}).get("reason") or NO_REASON}


def _notice(sheet: Sheet, button: str) -> str:
    if button == "save" and sheet.errors:
        return "Nothing was saved yet: mend what is marked. What you typed is all here."
    return "Not saved yet." if sheet.dirty else ""


def _told(session: Session, sheet: Sheet) -> dict[str, Any]:
    """What is said about the text beside the form."""
    catalogue = wiring().banks.newest(session).catalogue
    question = sheet.question
    if question is None:
        ready = Readiness((), (), _stored_proof(session, sheet))
        return {"sheet": sheet, "ready": ready, "preview": None, "reason": "", "place": place}
    page, reason = preview_or_reason(question, catalogue)
    ready = readiness(session, question, catalogue)
    return {"sheet": sheet, "ready": ready, "preview": page, "reason": reason, "place": place}


def _stored_proof(session: Session, sheet: Sheet) -> Proof:
    return proof_said(session, sheet.base.question) if sheet.base else Proof("needed")


def _page(session: Session, sheet: Sheet, notice: str = "", diffs: tuple[FieldDiff, ...] = ()) -> str:
    catalogue = wiring().banks.newest(session).catalogue
    told = _told(session, sheet)
    form = render_template("admin/_form.html", skills=skills_of(catalogue), **told)
    ids = set(re.findall(r'\bid="([^"]+)"', form))
    return render_template("admin/edit.html", form=form, ids=ids, notice=notice, diffs=diffs, **told)


def _conflict(sheet: Sheet) -> str:
    """Both texts: theirs, that was saved meanwhile, and what stands in the form."""
    theirs, question = sheet.base, sheet.question
    if theirs is None or question is None:
        abort(409)
    with wiring().database.reading() as session:
        diffs = tuple(field_diffs(as_data(theirs.question), {**as_data(question), "status": theirs.question.status}))
        who = theirs.author or "a file load"
        return _page(session, replace(sheet, dirty=True), f"{who} saved another text while you were writing.", diffs)


def skills_of(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Every skill, with its area, for a choice."""
    return [(skill.id, f"{area.name}: {skill.name}") for area in catalogue.areas for skill in area.skills]


def _first_text(session: Session, form: Mapping[str, str]) -> q.Question:
    """The first text of a new question: a copy, or the scaffold of its type."""
    name, origin = form.get("id", "").strip(), form.get("copy", "")
    if not editing.ID.match(name) or len(name) > 64:
        raise EditError("Use small letters, digits and hyphens, as in: queue-that-grows", "id")
    if origin:
        return _text_or_404(session, origin).question.model_copy(update={"id": name})
    catalogue = wiring().banks.newest(session).catalogue
    if form.get("type") not in q.TYPES:
        raise EditError("Choose a type.", "type")
    if form.get("skill") not in catalogue.skills:
        raise EditError("Choose a skill.", "skill")
    data = as_data(scaffold(form["type"], form["skill"], name))
    return q.TYPES[form["type"]].model_validate(unproved(data))


def unproved(data: dict[str, Any]) -> dict[str, Any]:
    """A text that begins without a program: proofs are written in files."""
    none = {"kind": "none", "reason": NO_REASON}
    if data["type"] == "case":
        return {**data, "parts": [{**part, "proof": none} for part in data["parts"]]}
    return {**data, "proof": none}


def _new_page(session: Session, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
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
