"""Profiles, resources and hours: changed in a form or as text, with what the change would do to results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz import yamlfile
from quiz.competency.catalogue import SENIORITIES, STEPS, Catalogue, Resource
from quiz.competency.change import KINDS, changed, written
from quiz.competency.form import pressed, typed
from quiz.services.framework import OtherChangeError, difference, preview, publish, resources_of, status
from quiz.store.bank import catalogue_hash
from quiz.web.admin.access import actor, admits
from quiz.web.admin.labels import framework_place
from quiz.web.typed import UNSHOWABLE
from quiz.web.wiring import wiring
from quiz.yamlfile import FileProblems, Problem

blueprint = Blueprint("admin_framework", __name__, url_prefix="/admin/framework")

Answer = Response | str | tuple[str, int]
STATUSES = {"never": "never checked", "stale": "checked over a year ago", "checked": "checked"}
KINDS_OF_RESOURCE: tuple[str, ...] = Resource.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]


@dataclass(frozen=True)
class Sheet:
    """A part as it is being written. `data` is what its form shows; None: it is written as text.

    `base` names the framework that it was opened with, `today` the part as it stands now.
    """

    catalogue: Catalogue
    kind: str
    name: str
    today: str
    text: str
    data: dict[str, Any] | None
    base: str
    errors: tuple[Problem, ...] = field(default=())

    @property
    def after(self) -> Catalogue:
        """The framework with this part as it is written. Raises FileProblems."""
        return changed(self.catalogue, self.kind, self.name, self.text)


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
    """One part, to be changed in its form, or as text where the address says so."""
    catalogue = _catalogue()
    text = _written(catalogue, kind, name)
    data = None if request.args.get("as") == "yaml" else _plain(text)
    return _page(Sheet(catalogue, kind, name, text, text, data, catalogue_hash(catalogue)))


@blueprint.post("/<kind>/<name>")
@admits("editor")
def show(kind: str, name: str) -> Answer:
    """Say what a change would do, or do what another button says, which changes nothing."""
    sheet, button = _sheet(kind, name), request.form.get("do", "show")
    if button.startswith(("add ", "remove ")) and sheet.data is not None:
        return _page(_with(sheet, pressed(sheet.data, button)))
    if button == "yaml":
        return _page(_with(sheet, None))
    if sheet.base not in {"", catalogue_hash(sheet.catalogue)}:
        return _page(sheet, theirs=True), 409
    try:
        after = sheet.after
    except FileProblems as found:
        return _page(sheet, found.problems), 400
    if button == "form":
        return _page(_with(sheet, _plain(sheet.text)))
    lines = difference(sheet.today, _written(after, kind, name))
    app = wiring()
    with app.database.reading() as session:
        told = preview(session, app.banks, after) if lines else None
    return _page(sheet, shown={"lines": lines, "preview": told})


@blueprint.post("/<kind>/<name>/publish")
@admits("reviewer")
def publish_part(kind: str, name: str) -> Answer:
    """Make a change a new bank version."""
    app, sheet = wiring(), _sheet(kind, name)
    try:
        with app.database.writing() as session:
            number = publish(session, actor(), (kind, name), sheet.text, sheet.base, app.banks, app.clock())
    except FileProblems as found:
        return _page(sheet, found.problems), 400
    except OtherChangeError:
        return _page(sheet, theirs=True), 409
    return redirect(url_for("admin_framework.framework", done=number), 303)


def _sheet(kind: str, name: str) -> Sheet:
    """What was sent: the text, or the fields of the form."""
    catalogue = _catalogue()
    today, base = _written(catalogue, kind, name), request.form.get("base", "")
    form = {name: UNSHOWABLE.sub("", value).replace("\r\n", "\n") for name, value in request.form.items()}
    if "text" in form:
        sheet = Sheet(catalogue, kind, name, today, form["text"], None, base)
        return _with(sheet, _plain(sheet.text)) if form.get("from") == "form" and _is_sound(sheet) else sheet
    data = typed(kind, _plain(today), form, _today().isoformat())
    return Sheet(catalogue, kind, name, today, yamlfile.write(data), data, base)


def _is_sound(sheet: Sheet) -> bool:
    try:
        return bool(sheet.after)
    except FileProblems:
        return False


def _with(sheet: Sheet, data: dict[str, Any] | None) -> Sheet:
    text = sheet.text if data is None else yamlfile.write(data)
    return Sheet(sheet.catalogue, sheet.kind, sheet.name, sheet.today, text, data, sheet.base)


def _plain(text: str) -> dict[str, Any]:
    """The data of a text that is known to be sound."""
    found: dict[str, Any] = yamlfile.parse(text, "").data
    return found


def _catalogue() -> Catalogue:
    app = wiring()
    with app.database.reading() as session:
        return app.banks.newest(session).catalogue


def _written(catalogue: Catalogue, kind: str, name: str) -> str:
    found = written(catalogue, kind, name)
    if found is None:
        abort(404)
    return found


def _today() -> date:
    return datetime.fromtimestamp(wiring().clock(), UTC).date()


def _page(
    sheet: Sheet, problems: list[Problem] | None = None, shown: dict[str, object] | None = None, *, theirs: bool = False
) -> str:
    catalogue, area = sheet.catalogue, sheet.catalogue.area(sheet.name)
    today = _today()
    resources = resources_of(catalogue, sheet.name, today) if sheet.kind == "resources" else ()
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
        theirs=sheet.today if theirs else None,
        base=catalogue_hash(catalogue),
        of=len(resources),
        to_check=sum(one.status != "checked" for one in resources),
        standing=lambda checked: status(checked, today),
        statuses=STATUSES,
        seniorities=SENIORITIES,
        steps=STEPS,
        kinds_of_resource=KINDS_OF_RESOURCE,
    )
