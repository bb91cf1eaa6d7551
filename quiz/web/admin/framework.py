"""Profiles, resources and hours: changed in a form or as text, with what the change would do to results."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz import yamlfile
from quiz.competency.catalogue import SENIORITIES, STEPS, Catalogue, Resource
from quiz.competency.change import KINDS, written
from quiz.services.framework import OtherChangeError, difference, preview, publish, resources_of, status
from quiz.store.bank import catalogue_hash
from quiz.store.unfinished import all_unfinished, drop_unfinished, keep_unfinished, unfinished_of
from quiz.web.admin.access import actor, admits, user
from quiz.web.admin.labels import framework_place
from quiz.web.admin.part_sheet import PartSheet, as_text, stored_part, typed_part
from quiz.web.admin.wording import at_time
from quiz.web.typed import shown_again
from quiz.web.wiring import wiring
from quiz.yamlfile import FileProblems, Problem

blueprint = Blueprint("admin_framework", __name__, url_prefix="/admin/framework")

Answer = Response | str | tuple[str, int]
STATUSES = {"never": "never checked", "stale": "checked over a year ago", "checked": "checked"}
KINDS_OF_RESOURCE: tuple[str, ...] = Resource.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]


@blueprint.get("")
@admits("editor")
def framework() -> str:
    """What there is to change."""
    app = wiring()
    with app.database.reading() as session:
        catalogue, begun = app.banks.newest(session).catalogue, unfinished_of(session, user())
    today = date.fromisoformat(_day(app.clock()))
    stale = {
        area.id: sum(one.status != "checked" for one in resources_of(catalogue, area.id, today))
        for area in catalogue.areas
    }
    counts = {a.id: sum(len(catalogue.resources.get(s.id, [])) for s in a.skills) for a in catalogue.areas}
    done = request.args.get("done", "")
    return render_template(
        "admin/framework.html",
        catalogue=catalogue,
        stale=stale,
        counts=counts,
        begun=begun,
        done=done if done.isascii() and done.isdigit() else "",
    )


@blueprint.get("/<kind>/<name>")
@admits("editor")
def part(kind: str, name: str) -> str:
    """One part, to be changed in its form, or as text where the address says so.

    Where this person, or the colleague whom the address names, typed something before, it begins with that.
    """
    whose, sheet = request.args.get("of") or actor().name, _stored(kind, name)
    with wiring().database.reading() as session:
        kept = next((one for one in all_unfinished(session, (kind, name)) if one.who == whose), None)
    told = ""
    if kept is not None:
        form = {field: values[0] for field, values in kept.form.items() if values}
        sheet = typed_part(sheet, form, _day(kept.at))
        who = "you" if whose == actor().name else whose
        told = f"This is what {who} typed on {at_time(kept.at)}. It is not published."
    if request.args.get("as") == "yaml":
        sheet = as_text(sheet)
    return _page(sheet, notice=told, theirs=sheet.outdated, shown_of=whose)


@blueprint.post("/<kind>/<name>")
@admits("editor")
def show(kind: str, name: str) -> Answer:
    """Say what a change would do, or do what another button says. What was typed is kept for this person."""
    button = request.form.get("do", "show")
    if button == "discard":
        with wiring().database.writing() as session:
            drop_unfinished(session, (kind, name), user())
        return redirect(url_for("admin_framework.part", kind=kind, name=name), 303)
    sheet = _typed(kind, name)
    _keep(sheet)
    if button not in {"show", "form"}:
        return _page(sheet)
    if sheet.outdated:
        return _page(sheet, theirs=True), 409
    try:
        after = sheet.after
    except FileProblems as found:
        return _page(sheet, found.problems), 400
    if button == "form":
        return _page(sheet)
    lines = difference(sheet.stored, written(after, kind, name) or "")
    app = wiring()
    with app.database.reading() as session:
        told = preview(session, app.banks, after) if lines else None
    return _page(sheet, shown={"lines": lines, "preview": told})


@blueprint.post("/<kind>/<name>/publish")
@admits("reviewer")
def publish_part(kind: str, name: str) -> Answer:
    """Make a change a new bank version."""
    app, sheet = wiring(), _typed(kind, name)
    try:
        with app.database.writing() as session:
            number = publish(session, actor(), (kind, name), sheet.text, sheet.base, app.banks, app.clock())
            drop_unfinished(session, (kind, name), user())
    except FileProblems as found:
        return _page(sheet, found.problems), 400
    except OtherChangeError:
        return _page(sheet, theirs=True), 409
    return redirect(url_for("admin_framework.framework", done=number), 303)


def form_again(notice: str) -> tuple[str, int]:
    """The form with all that was typed, where it could not be taken."""
    where = request.view_args or {}
    return _page(_typed(where["kind"], where["name"]), notice=notice), 400


def _stored(kind: str, name: str) -> PartSheet:
    return stored_part(_catalogue(), kind, name) or abort(404)


def _typed(kind: str, name: str) -> PartSheet:
    """What was sent: the text, or the fields of the form."""
    return typed_part(_stored(kind, name), request.form, _day(wiring().clock()))


def _keep(sheet: PartSheet) -> None:
    """Keep what was sent for this person, unless it changes nothing."""
    of, app = (sheet.kind, sheet.name), wiring()
    form = shown_again(request.form.to_dict(flat=False))
    form.pop("csrf_token", None)
    with app.database.writing() as session:
        if sheet.dirty:
            keep_unfinished(session, of, user(), form, app.clock())
        else:
            drop_unfinished(session, of, user())


def _catalogue() -> Catalogue:
    app = wiring()
    with app.database.reading() as session:
        return app.banks.newest(session).catalogue


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _page(
    sheet: PartSheet,
    problems: list[Problem] | None = None,
    shown: dict[str, object] | None = None,
    *,
    notice: str = "",
    theirs: bool = False,
    shown_of: str = "",
) -> str:
    catalogue, area, of = sheet.catalogue, sheet.catalogue.area(sheet.name), (sheet.kind, sheet.name)
    now = wiring().clock()
    today = date.fromisoformat(_day(now))
    resources = resources_of(catalogue, sheet.name, today) if sheet.kind == "resources" else ()
    with wiring().database.reading() as session:
        texts = {one.who: one for one in all_unfinished(session, of)}
    return render_template(
        "admin/framework_part.html",
        sheet=sheet,
        kinds=KINDS,
        title=area.name if area else catalogue.profiles[sheet.name].name,
        area=area,
        said=[(p, framework_place(catalogue, p.field)) for p in problems or []],
        quoted=yamlfile.quoted,
        errors={p.field: p.message for p in problems or [] if p.field},
        shown=shown,
        notice=notice,
        theirs=sheet.stored if theirs else None,
        base=catalogue_hash(catalogue) if theirs else sheet.base or catalogue_hash(catalogue),
        kept=texts.pop(actor().name, None),
        colleagues=[one for who, one in texts.items() if who != shown_of],
        now=now,
        of=len(resources),
        to_check=sum(one.status != "checked" for one in resources),
        standing=lambda checked: status(checked, today),
        statuses=STATUSES,
        seniorities=SENIORITIES,
        steps=STEPS,
        kinds_of_resource=KINDS_OF_RESOURCE,
    )
