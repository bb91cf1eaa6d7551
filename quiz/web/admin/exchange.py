"""Questions and answers out, questions in: shown first, then done."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from quiz.competency.catalogue import Catalogue
from quiz.services import exchange as service
from quiz.services.answer_export import FORMATS
from quiz.services.exchange import HELD, MAX_UPLOAD, VERDICTS, ChangedMeanwhileError, Held, ImportPlan, Upload
from quiz.store.audit import record
from quiz.store.shared import shared_secret
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_exchange", __name__, url_prefix="/admin/exchange")

LARGEST = MAX_UPLOAD * 3 // 2 + 64 * 1024
"""An upload comes again, as text in the form that confirms it, which is half as long again at most."""
SHOWN = 200
"""Lines of a plan that are shown of each kind."""

Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("")
@admits("editor")
def exchange() -> str:
    """What can be fetched, and where to put in."""
    return _page({})


@blueprint.post("/plan")
@admits("editor", largest=LARGEST)
def plan() -> Answer:
    """Say what a file would do."""
    sent = request.files.get("file")
    upload = Upload(_name(sent.filename or ""), sent.read()) if sent else Upload("", b"")
    if not upload.name:
        return _page({"file": "Choose a file: a ZIP with YAML files, or a CSV file."}), 400
    app = wiring()
    with app.database.reading() as session:
        catalogue = app.banks.newest(session).catalogue
        return _shown(service.plan_import(session, catalogue, upload), upload, "")


@blueprint.post("/import")
@admits("editor", largest=LARGEST)
def import_() -> Answer:
    """Do what was shown, if it is still what would be done."""
    app, upload = wiring(), _again()
    with app.database.writing() as session:
        catalogue = app.banks.newest(session).catalogue
        try:
            done = service.carry_out(session, catalogue, upload, request.form.get("shown", ""), actor(), app.clock())
        except ChangedMeanwhileError:
            notice = "The bank has changed since this was shown. Nothing was imported. This is what would happen now."
            return _shown(service.plan_import(session, catalogue, upload), upload, notice), 409
    return render_template("admin/imported.html", done=done, names=[text.id for text in done.texts], most=SHOWN)


@blueprint.get("/questions.zip")
@admits("editor")
def questions_zip() -> Response:
    """Questions as YAML files."""
    areas, catalogue = _areas()
    with wiring().database.reading() as session:
        body = service.export_zip(session, catalogue, areas, _held())
    return _download(body, "application/zip", f"{_stem(areas)}.zip")


@blueprint.get("/questions.csv")
@admits("editor")
def questions_csv() -> Response:
    """Questions of the four types that fit into a table."""
    areas, catalogue = _areas()
    with wiring().database.reading() as session:
        body = service.export_csv(session, catalogue, areas, _held())
    return _download(_utf8("\ufeff", body), "text/csv", f"{_stem(areas)}.csv")


@blueprint.post("/answers")
@admits("admin")
def answers() -> Answer:
    """All answers, a line each. That someone took them is written down."""
    kind = request.form.get("format", "")
    if kind not in FORMATS:
        return _page({"format": "Choose CSV or JSON Lines."}), 400
    mimetype, export = FORMATS[kind]
    app = wiring()
    with app.database.writing() as session:
        key = shared_secret(session, "pseudonyms")
        record(session, actor().id, "answers exported", ("answers", "all"), app.clock(), note=kind)
    day = datetime.fromtimestamp(app.clock(), UTC).date().isoformat()
    return _download(_utf8("", export(app.database, key)), mimetype, f"answers-{day}.{kind}")


def _areas() -> tuple[list[str], Catalogue]:
    app = wiring()
    with app.database.reading() as session:
        catalogue = app.banks.newest(session).catalogue
    area = request.args.get("area", "")
    if area and catalogue.area(area) is None:
        abort(404)
    return [area] if area else [], catalogue


def _stem(areas: list[str]) -> str:
    return "-".join(["questions", *areas, _held()])


def _held() -> Held:
    """Which texts are asked for."""
    return "asked" if request.args.get("texts") == "asked" else "newest"


def _utf8(mark: str, texts: Iterator[str]) -> Iterator[bytes]:
    """Texts as bytes; the mark tells spreadsheets that they are UTF-8."""
    if mark:
        yield mark.encode()
    for text in texts:
        yield text.encode()


def _download(body: Iterator[bytes], mimetype: str, name: str) -> Response:
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _name(sent: str) -> str:
    """The name of a file as the browser gave it, fit to be shown and kept."""
    return "".join(c for c in sent.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[:120]


def _again() -> Upload:
    try:
        data = base64.b64decode(request.form.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        abort(400, "The file did not come back whole. Choose it again.")
    return Upload(_name(request.form.get("name", "")), data)


def _page(errors: dict[str, str]) -> str:
    app = wiring()
    with app.database.reading() as session:
        areas = app.banks.newest(session).catalogue.areas
    return render_template("admin/exchange.html", areas=areas, errors=errors, held=HELD, most=MAX_UPLOAD // 2**20)


def _shown(found: ImportPlan, upload: Upload, notice: str) -> str:
    content = base64.b64encode(upload.data).decode() if found.texts and not found.refused else ""
    lines = {
        verdict: [line for line in found.lines if line.verdict == verdict]
        for verdict in found.counts
        if verdict != "unchanged"
    }
    return render_template(
        "admin/plan.html",
        plan=found,
        verdicts=VERDICTS,
        lines=lines,
        most=SHOWN,
        name=upload.name,
        content=content,
        notice=notice,
    )
