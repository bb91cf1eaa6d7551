"""What a person makes of their plan: hours a week, what is done, what they have, and the order."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.plan.document import Document
from quiz.plan.longer import longer_path
from quiz.plan.markdown import checklist
from quiz.plan.marks import read_hours
from quiz.services import planning
from quiz.services.results import report
from quiz.services.taking import OpenAttempt
from quiz.web.loading import attempt_to_change, attempt_to_read
from quiz.web.report import marks_in, own_job, result_page
from quiz.web.wiring import wiring

blueprint = Blueprint("plan", __name__, url_prefix="/a/<token>/plan")

SHOWABLE = 20


@blueprint.post("/hours")
def hours(token: str) -> AnyResponse | tuple[str, int]:
    """Plan with so many hours a week."""
    typed = request.form.get("hours", "")
    try:
        wanted = read_hours(typed)
    except ValueError as error:
        with attempt_to_read(token) as found:
            if not found.may_see_result:
                return redirect(url_for("take.attempt", token=token), 303)
            shown = "".join(sign for sign in typed[:SHOWABLE] if sign.isprintable())
            return result_page(found, *own_job(found), {"hours": shown}, {"hours": str(error)}), 400
    with attempt_to_change(token) as (session, found):
        planning.set_hours(session, found, wanted, wiring().clock())
    return _to_the(token, "plan")


@blueprint.post("/having")
def having(token: str) -> AnyResponse:
    """Note what the person has, for the longer path."""
    with attempt_to_change(token) as (session, found):
        planning.set_having(session, found, request.form.getlist("have"), wiring().clock())
    return redirect(url_for("plan.path", token=token), 303)


@blueprint.get("/path")
def path(token: str) -> AnyResponse | str:
    """What counts beside skills: what the person has of it, and what comes next."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        catalogue = found.bank.catalogue
        planned = [step.skill for step in own_document(found).plan or [] if step.skill]
        return render_template(
            "report/path.html",
            attempt=found,
            path=longer_path(catalogue.path, marks_in(found).have, planned),
            skills=catalogue.skills,
        )


@blueprint.post("/mark")
def mark(token: str) -> AnyResponse:
    """Tick a step off, take a tick back, or move a step: whichever button was pressed."""
    form = request.form
    with attempt_to_change(token) as (session, found):
        now = wiring().clock()
        if "order" in form:
            planning.set_order(session, found, form["order"].split(","), now)
        elif "done" in form or "undone" in form:
            key = form.get("done") or form.get("undone") or ""
            planning.set_done(session, found, key, now, done="done" in form)
    return _to_the(token, "plan")


@blueprint.get("/checklist.md")
def markdown(token: str) -> AnyResponse:
    """The plan as a Markdown checklist."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        text = checklist(own_document(found))
    return attachment(text, "text/markdown", "mle-check-plan.md")


def own_document(found: OpenAttempt) -> Document:
    """The attempt's result against its own job, with the plan as the person has marked it."""
    return report(found, *own_job(found), marks_in(found)).document


def attachment(text: str, mimetype: str, name: str) -> Response:
    """A file to keep."""
    return Response(text, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})


def _to_the(token: str, section: str) -> AnyResponse:
    return redirect(url_for("report.result", token=token, _anchor=section), 303)
