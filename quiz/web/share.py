"""Keeping and sharing a result: a copy behind a secret link, files, and the published schema."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.plan.document import DETAILS, Document, for_others
from quiz.report import words
from quiz.services import sharing
from quiz.services.sharing import DAYS, DEFAULT_DAYS, ShareGoneError
from quiz.services.taking import OpenAttempt
from quiz.services.upkeep import need_room
from quiz.web.cookies import SECRET, taker_secret
from quiz.web.loading import attempt_to_change, attempt_to_read
from quiz.web.plan import attachment, own_document
from quiz.web.report import plots
from quiz.web.static_files import the_stylesheet
from quiz.web.wiring import wiring

blueprint = Blueprint("share", __name__)

UNKNOWN = (
    "No result is shared under this address. It was closed or deleted, or the link was not copied whole. "
    "Ask whoever sent it to you for a new one."
)
CLOSED = (
    "Its time is over, or its owner has closed it. Ask whoever sent it to you for a new link. "
    "If it is your own result, open “My results” and share it again."
)


@blueprint.get("/a/<token>/share")
def keep(token: str) -> AnyResponse | str:
    """Everything that one may do with a result: files, print, links."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        return _keep_page(found, {}, {})


@blueprint.post("/a/<token>/share")
def create(token: str) -> AnyResponse | tuple[str, int]:
    """Make a link. The same form sent twice makes one."""
    form = request.form.to_dict()
    nonce, owner = form.get("nonce", ""), taker_secret(request) or ""
    errors = _errors(form)
    if not SECRET.match(nonce):
        abort(400, "The form did not arrive whole. Open the page again and send it once more.")
    if errors:
        with attempt_to_read(token) as found:
            return _keep_page(found, form, errors), 400
    detail = next(one for one in DETAILS if one == form["detail"])
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            abort(404)
        copy = own_document(found)
    need_room(wiring().database, wiring().settings.free_mb)  # a copy is large, and nobody's answer waits for it
    with attempt_to_change(token) as (session, found):
        sharing.share(session, found, owner, nonce, copy, (detail, int(form["days"])), wiring().clock())
    return redirect(url_for("share.keep", token=token, _anchor="links"), 303)


@blueprint.post("/a/<token>/share/<int:share_id>/revoke")
def revoke(token: str, share_id: int) -> AnyResponse:
    """Close a link for good."""
    with attempt_to_change(token) as (session, found):
        if not sharing.revoke(session, found, share_id, wiring().clock()):
            abort(404)
    return redirect(url_for("share.keep", token=token, _anchor="links"), 303)


@blueprint.get("/s/<secret>")
def opened(secret: str) -> Response:
    """A shared copy, for whoever has the link; no cookie is read or set."""
    doc = _shared_or_stop(secret)
    response = Response(snapshot_page(for_others(doc)))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/a/<token>/result.html")
def html_file(token: str) -> AnyResponse:
    """The result as one file that needs nothing else."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        page = snapshot_page(own_document(found), whole=True)
    return attachment(page, "text/html", "mle-check-result.html")


@blueprint.get("/schema/result-2.json")
def schema() -> Response:
    """The JSON schema of a result, for programs that read it."""
    return jsonify({"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()})


def snapshot_page(doc: Document, *, whole: bool = False, **more: object) -> str:
    """A page of a document alone; `whole`: with the stylesheet inside, for a file."""
    own = {"stylesheet": _inside} if whole else {}
    return render_template(
        "report/snapshot.html",
        doc=doc,
        plots=plots(doc),
        marks=words.VERDICTS,
        date=date.fromisoformat(doc.date),
        whole=whole,
        **own,
        **more,
    )


def _inside() -> str:
    """The stylesheet as an address that holds it."""
    return "data:text/css;base64," + base64.b64encode(the_stylesheet().plain).decode()


def _shared_or_stop(secret: str) -> Document:
    if not SECRET.match(secret):
        abort(404, UNKNOWN)
    with wiring().database.reading() as session:
        try:
            found = sharing.shared(session, secret, wiring().clock())
        except ShareGoneError:
            abort(410, CLOSED)
    if found is None:
        abort(404, UNKNOWN)
    return found


def _errors(form: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if form.get("detail") not in DETAILS:
        errors["detail"] = "Choose how much the link shows."
    if form.get("days") not in {str(days) for days in DAYS}:
        errors["days"] = "Choose how long the link works."
    return errors


def _keep_page(found: OpenAttempt, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    owner = taker_secret(request) or ""
    with wiring().database.reading() as session:
        links = sharing.my_shares(session, found, owner, wiring().clock())
    return render_template(
        "report/keep.html",
        attempt=found,
        links=links,
        days=DAYS,
        day_of=lambda at: datetime.fromtimestamp(at, UTC),
        typed={"detail": [typed.get("detail", "plan")], "days": [typed.get("days", str(DEFAULT_DAYS))]},
        errors=errors,
        nonce=secrets.token_urlsafe(32),
        link=url_for("mine.resume", secret=owner, _external=True),
    )
