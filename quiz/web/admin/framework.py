"""Profiles, resources and hours: changed as text, with what the change would do to results."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.competency.catalogue import Catalogue
from quiz.competency.change import KINDS, changed, written
from quiz.services.framework import OtherChangeError, difference, preview, publish, resources_of
from quiz.store.bank import catalogue_hash
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring
from quiz.yamlfile import FileProblems, Problem

blueprint = Blueprint("admin_framework", __name__, url_prefix="/admin/framework")

Answer = Response | str | tuple[str, int]
STATUSES = {"never": "never checked", "stale": "checked over a year ago", "checked": "checked"}


@blueprint.get("")
@admits("editor")
def framework() -> str:
    """What there is to change."""
    catalogue = _catalogue()
    stale = {
        area.id: sum(one.status != "checked" for one in resources_of(catalogue, area.id, _today()))
        for area in catalogue.areas
    }
    counts = {a.id: sum(len(catalogue.resources.get(s.id, [])) for s in a.skills) for a in catalogue.areas}
    done = request.args.get("done", "")
    return render_template(
        "admin/framework.html",
        catalogue=catalogue,
        stale=stale,
        counts=counts,
        done=done if done.isascii() and done.isdigit() else "",
    )


@blueprint.get("/<kind>/<name>")
@admits("editor")
def part(kind: str, name: str) -> str:
    """One part as a text to be changed."""
    catalogue = _catalogue()
    return _page(catalogue, kind, name, _written(catalogue, kind, name))


@blueprint.post("/<kind>/<name>")
@admits("editor")
def show(kind: str, name: str) -> Answer:
    """Say what a change would do."""
    catalogue, text = _catalogue(), _text()
    before = _written(catalogue, kind, name)
    try:
        after = changed(catalogue, kind, name, text)
    except FileProblems as found:
        return _page(catalogue, kind, name, text, found.problems), 400
    lines = difference(before, _written(after, kind, name))
    app = wiring()
    with app.database.reading() as session:
        told = preview(session, app.banks, after) if lines else None
    return _page(catalogue, kind, name, text, shown={"lines": lines, "preview": told})


@blueprint.post("/<kind>/<name>/publish")
@admits("reviewer")
def publish_part(kind: str, name: str) -> Answer:
    """Make a change a new bank version."""
    app, text = wiring(), _text()
    catalogue = _catalogue()
    theirs = _written(catalogue, kind, name)
    try:
        with app.database.writing() as session:
            base = request.form.get("base", "")
            number = publish(session, actor(), (kind, name), text, base, app.banks, app.clock())
    except FileProblems as found:
        return _page(catalogue, kind, name, text, found.problems), 400
    except OtherChangeError:
        return _page(catalogue, kind, name, text, theirs=theirs), 409
    return redirect(url_for("admin_framework.framework", done=number), 303)


def _catalogue() -> Catalogue:
    app = wiring()
    with app.database.reading() as session:
        return app.banks.newest(session).catalogue


def _written(catalogue: Catalogue, kind: str, name: str) -> str:
    found = written(catalogue, kind, name)
    if found is None:
        abort(404)
    return found


def _text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _today() -> date:
    return datetime.fromtimestamp(wiring().clock(), UTC).date()


def _page(
    catalogue: Catalogue,
    kind: str,
    name: str,
    text: str,
    problems: list[Problem] | None = None,
    shown: dict[str, object] | None = None,
    theirs: str | None = None,
) -> str:
    area = catalogue.area(name)
    said = [f"line {p.line}: {p.field}: {p.message}" if p.line else p.message for p in problems or []]
    return render_template(
        "admin/framework_part.html",
        kind=kind,
        kinds=KINDS,
        name=name,
        title=area.name if area else catalogue.profiles[name].name,
        text=text,
        said=said,
        shown=shown,
        theirs=theirs,
        base=catalogue_hash(catalogue),
        resources=resources_of(catalogue, name, _today()) if kind == "resources" else (),
        statuses=STATUSES,
    )
