"""Writing a question: as a form or as YAML, with what keeps it from going live and a preview."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from quiz.bank.plain import as_data
from quiz.services import editing
from quiz.services.diff import FieldDiff, field_diffs
from quiz.services.editing import ConflictError
from quiz.services.readiness import Readiness, proof_said, readiness
from quiz.store.revisions import Text, newest_text
from quiz.store.unfinished import drop_unfinished, keep_unfinished, unfinished
from quiz.web.admin.access import actor, admits, user
from quiz.web.admin.beginning import skills_of
from quiz.web.admin.labels import place
from quiz.web.admin.preview import framed, preview_or_reason
from quiz.web.admin.sheet import Form, Sheet, opened_in, stored_sheet, typed_sheet
from quiz.web.admin.wording import at_time
from quiz.web.typed import shown_again
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_editor", __name__, url_prefix="/admin")

Answer = AnyResponse | str | tuple[str, int]
BESIDE = frozenset({"proof"})
"""Places beside the form that can be linked to."""
NOT_KEPT = frozenset({"csrf_token", "do", "again"})
"""Fields of the form that say nothing about the text."""
LOST_BASE = "The form lost the text it began with. Go back, copy what you wrote, and open the question again."


@blueprint.get("/questions/<name>/edit")
@admits("editor")
def edit(name: str) -> Answer:
    """The newest text in its form, or what this person typed and could not save yet."""
    as_text = request.args.get("as") == "yaml"
    with wiring().database.reading() as session:
        text = _text_or_404(session, name)
        kept = unfinished(session, ("question", name), user())
        if kept is None:
            return _page(session, stored_sheet(text, as_text=as_text))
        sheet = typed_sheet(text, kept.form, "yaml" if as_text else "preview")
        return _page(
            session,
            replace(sheet, dirty=True),
            f"This is what you typed on {at_time(kept.at)}. It is not saved as a draft yet.",
        )


@blueprint.post("/questions/<name>/edit")
@admits("editor")
def save(name: str) -> Answer:
    """Save the draft, or do what another button says, which saves nothing."""
    form, app = request.form.to_dict(flat=False), wiring()
    button = (form.get("do") or ["preview"])[0]
    with app.database.reading() as session:
        sheet = typed_sheet(_text_or_404(session, name), form, button)
    if button == "discard":
        return _discard(name)
    if button == "save":
        return _saved(sheet, form)
    with app.database.reading() as session:
        return _page(session, sheet, "Not saved yet." if sheet.dirty else "")


def _saved(sheet: Sheet, form: Form) -> Answer:
    """Store the text; what can't be stored yet is kept for this person, and the form shown again with the reason."""
    app, by, name = wiring(), actor(), sheet.base.question.id
    if opened_in(form) is None:
        abort(400, LOST_BASE)
    if sheet.question is None:
        with app.database.writing() as session:
            keep(session, name, form, app.clock())
            told = "Not saved as a draft yet: mend what is marked. What you typed is kept for you, also if you leave."
            return _page(session, sheet, told), 400
    if sheet.stopped and not form.get("again"):
        told = f"Nothing was saved: tick “Make it a draft again”, or leave it {sheet.stopped}."
        with app.database.reading() as session:
            return _page(session, sheet, told), 400
    try:
        with app.database.writing() as session:
            editing.save(session, by, sheet.question, sheet.opened, app.clock())
            drop_unfinished(session, ("question", name), user())
    except ConflictError as error:
        return _conflict(replace(sheet, base=error.theirs, opened=error.theirs.revision)), 409
    return redirect(url_for("admin_question.question", name=name, done="saved"), 303)


def keep(session: Session, name: str, form: Form, now: int) -> None:
    """Keep what someone typed into the form of a question."""
    typed = {field: values for field, values in shown_again(form).items() if field not in NOT_KEPT}
    keep_unfinished(session, ("question", name), user(), typed, now)


def _discard(name: str) -> Answer:
    with wiring().database.writing() as session:
        drop_unfinished(session, ("question", name), user())
    return redirect(url_for("admin_editor.edit", name=name), 303)


@blueprint.post("/check")
@admits("editor")
def check() -> Response:
    """What the script asks as one types: findings and preview of what stands in the form."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        told = _told(session, typed_sheet(_text_or_404(session, (form.get("id") or [""])[0]), form))
    ids = set(form) | {name.split(".")[0] for name in form} | BESIDE
    proof = get_template_attribute("admin/_proof.html", "proof")(told["ready"].proof)
    points = render_template("admin/_points.html", ids=ids, **told)
    return jsonify(points=points, proof=proof, page=framed(told["preview"] or ""))


@blueprint.post("/preview")
@admits("editor")
def whole() -> Answer:
    """The taker's page in full size, of what stands in the form."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        sheet = typed_sheet(_text_or_404(session, (form.get("id") or [""])[0]), form)
        told = _told(session, sheet)
        if told["preview"] is None:
            return _page(session, sheet, "There is no preview before this is mended."), 400
    response = Response(told["preview"])
    response.headers["Content-Security-Policy"] = "sandbox allow-same-origin; default-src 'none'; style-src 'self'"
    return response


def form_again(notice: str) -> tuple[str, int]:
    """The form with all that was typed, where it could not be taken."""
    form = request.form.to_dict(flat=False)
    with wiring().database.reading() as session:
        sheet = typed_sheet(_text_or_404(session, (request.view_args or {})["name"]), form)
        return _page(session, sheet, notice), 400


def _text_or_404(session: Session, name: str) -> Text:
    """The newest text of the question that the address names."""
    return newest_text(session, name) or abort(404)


def _told(session: Session, sheet: Sheet) -> dict[str, Any]:
    """What is said about the text beside the form."""
    catalogue = wiring().banks.newest(session).catalogue
    question = sheet.question
    if question is None:
        ready = Readiness((), (), proof_said(session, sheet.base.question))
        return {"sheet": sheet, "ready": ready, "preview": None, "reason": "", "place": place}
    page, reason = preview_or_reason(question, catalogue)
    ready = readiness(session, question, catalogue)
    return {"sheet": sheet, "ready": ready, "preview": page, "reason": reason, "place": place}


def _page(session: Session, sheet: Sheet, notice: str = "", diffs: tuple[FieldDiff, ...] = ()) -> str:
    catalogue = wiring().banks.newest(session).catalogue
    told = _told(session, sheet)
    form = render_template("admin/_form.html", skills=skills_of(catalogue), errors=sheet.errors, **told)
    ids = set(re.findall(r'\bid="([^"]+)"', form)) | BESIDE
    kept = unfinished(session, ("question", sheet.base.question.id), user())
    told |= {"again": request.form.get("again"), "kept": kept}
    return render_template("admin/edit.html", form=form, ids=ids, notice=notice, diffs=diffs, **told)


def _conflict(sheet: Sheet) -> str:
    """Both texts: theirs, that was saved meanwhile, and what stands in the form."""
    theirs, question = sheet.base, sheet.question
    if question is None:
        abort(409)
    with wiring().database.reading() as session:
        diffs = tuple(field_diffs(as_data(theirs.question), {**as_data(question), "status": theirs.question.status}))
        who = theirs.author or "a file load"
        return _page(session, replace(sheet, dirty=True), f"{who} saved another text while you were writing.", diffs)
