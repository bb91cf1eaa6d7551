"""Bank versions: what each changed, and undoing one."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.services.publishing import standing_catalogue, undo, undoing
from quiz.store.bank import newest_version
from quiz.store.versions import changes_of, told_versions
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_versions", __name__, url_prefix="/admin/versions")
PAGE = 50


@blueprint.get("")
@admits("editor")
def versions() -> str:
    """All versions, the newest first."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    with wiring().database.reading() as session:
        found = told_versions(session, PAGE + 1, before)
        newest = newest_version(session)
    told = {"versions": found[:PAGE], "older": found[PAGE - 1].number if len(found) > PAGE else None}
    return render_template("admin/versions.html", newest=newest, done=request.args.get("done"), **told)


@blueprint.get("/<int:number>")
@admits("editor")
def version(number: int) -> str:
    """What a version changed, and what undoing it would do."""
    with wiring().database.reading() as session:
        told = [one for one in told_versions(session, 1, number + 1) if one.number == number]
        if not told:
            abort(404)
        changes, undone = changes_of(session, number), undoing(session, number)
    return render_template("admin/version.html", version=told[0], changes=changes, undo=undone)


@blueprint.post("/<int:number>/undo")
@admits("reviewer")
def undo_version(number: int) -> AnyResponse:
    """Undo it by a new version."""
    app = wiring()
    with app.database.writing() as session:
        if number < 2 or not told_versions(session, 1, number + 1):
            abort(404)
        made = undo(session, actor(), standing_catalogue(session, app.banks), number, app.clock())
        if made is None:
            abort(409, "There is nothing left of this version to undo: all of it was changed again since.")
    return redirect(url_for("admin_versions.versions", done=made), 303)
