"""What is a person's own: their results, the link that opens them, their data."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.report.result import result
from quiz.report.words import coverage_told
from quiz.services import taking
from quiz.services.taking import OpenAttempt
from quiz.store.attempts import delete_attempt, delete_taker, taker_exists
from quiz.web.cookies import SECRET, forget_taker, set_taker_secret, taker_secret
from quiz.web.loading import attempt_to_change, attempt_to_read
from quiz.web.wiring import wiring

blueprint = Blueprint("mine", __name__)


@blueprint.get("/my")
def results() -> str:
    """All attempts of this person, the newest first."""
    attempts = my_attempts()
    made = {
        a.stored.token: result(a.bank, a.progress.answers, a.plan.role, a.plan.seniority)
        for a in attempts
        if a.may_see_result
    }
    dates = {a.stored.token: _begun(a) for a in attempts}
    return render_template(
        "mine/results.html", attempts=attempts, results=made, dates=dates, told=coverage_told, link=_link()
    )


@blueprint.get("/my/data")
def data() -> str:
    """What is kept, and how to get it or be rid of it."""
    return render_template(
        "mine/data.html", attempts=my_attempts(), link=_link(), months=wiring().settings.idle_months, done=False
    )


@blueprint.get("/my/data.json")
def data_json() -> Response:
    """Everything that is kept about this person."""
    with wiring().database.reading() as session:
        response = jsonify(taking.exported(session, my_attempts()))
    response.headers["Content-Disposition"] = "attachment; filename=mle-check.json"
    return response


@blueprint.post("/my/delete")
def delete() -> AnyResponse | tuple[str, int]:
    """Delete this person's attempts and answers, for good."""
    if request.form.get("sure") != "yes":
        message = {"sure": "Tick the box to say that you are sure."}
        months = wiring().settings.idle_months
        return render_template(
            "mine/data.html", attempts=my_attempts(), link=_link(), months=months, errors=message, done=False
        ), 400
    secret = taker_secret(request)
    if secret is not None:
        with wiring().database.writing() as session:
            delete_taker(session, taking.secret_hash(secret))
    response = Response(render_template("mine/data.html", attempts=[], link=None, months=0, done=True))
    forget_taker(response, request)
    return response


@blueprint.get("/a/<token>/delete")
def one(token: str) -> str:
    """What deleting this attempt means, and the button."""
    with attempt_to_read(token) as found:
        return render_template("mine/delete.html", attempt=found, on=_begun(found), done=False)


@blueprint.post("/a/<token>/delete")
def delete_one(token: str) -> str:
    """Delete this attempt and its answers, for good; the others stay."""
    with attempt_to_change(token) as (session, found):
        delete_attempt(session, found.stored)
    return render_template("mine/delete.html", attempt=found, on=_begun(found), done=True)


@blueprint.get("/r/<secret>")
def resume(secret: str) -> AnyResponse | str:
    """The link that opens everything of a person on another device."""
    _known_or_404(secret)
    mine = taker_secret(request)
    if mine == secret:
        return redirect(url_for("mine.results"), 303)
    holds = mine is not None and bool(my_attempts())
    if holds or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return render_template("mine/switch.html", secret=secret, holds=holds)
    return _switched(secret)


@blueprint.post("/r/<secret>")
def switch(secret: str) -> AnyResponse:
    """The same, where this browser holds other results: only after asking."""
    _known_or_404(secret)
    return _switched(secret)


def _begun(attempt: OpenAttempt) -> datetime:
    return datetime.fromtimestamp(attempt.stored.started_at, UTC)


def _known_or_404(secret: str) -> None:
    if not SECRET.match(secret):
        abort(404)
    with wiring().database.reading() as session:
        if not taker_exists(session, taking.secret_hash(secret)):
            abort(404)


def _switched(secret: str) -> AnyResponse:
    response = redirect(url_for("mine.results"), 303)
    if isinstance(response, Response):
        set_taker_secret(response, request, secret)
    return response


def my_attempts() -> list[OpenAttempt]:
    """All attempts of whoever holds this browser's secret, the newest first."""
    secret = taker_secret(request)
    if secret is None:
        return []
    with wiring().database.reading() as session:
        return taking.everything_of(session, wiring().banks, secret)


def _link() -> str | None:
    secret = taker_secret(request)
    return url_for("mine.resume", secret=secret, _external=True) if secret else None
