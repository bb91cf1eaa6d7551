"""Report a problem with a question: while it is asked, or later from its review."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.services import problems
from quiz.services.taking import OpenAttempt
from quiz.store.problems import Problem
from quiz.web.loading import attempt_to_change, attempt_to_read
from quiz.web.typed import shown_again
from quiz.web.wiring import wiring

blueprint = Blueprint("problem", __name__, url_prefix="/a/<token>/problem/<int:position>")

Form = Mapping[str, str]


@blueprint.get("")
def page(token: str, position: int) -> str:
    """The form, with what was reported before."""
    with attempt_to_read(token) as found:
        revision = _asked_or_404(found, position)
        with wiring().database.reading() as session:
            before = problems.reported(session, found, revision)
        return _page(found, position, before, {"kind": before.kind, "text": before.text} if before else {}, {})


@blueprint.post("")
def send(token: str, position: int) -> AnyResponse | tuple[str, int]:
    """Keep the report and show it."""
    form = request.form.to_dict()
    (kind, text), errors = problems.read_problem(form)
    with attempt_to_change(token) as (session, found):
        revision = _asked_or_404(found, position)
        if errors:
            return _page(found, position, None, form, errors), 400
        problems.report_problem(session, found, revision, kind, text, wiring().clock())
    return redirect(url_for("problem.page", token=token, position=position), 303)


def _asked_or_404(found: OpenAttempt, position: int) -> int:
    revision = problems.asked_at(found, position)
    if revision is None:
        abort(404)
    return revision


def _page(found: OpenAttempt, position: int, before: Problem | None, typed: Form, errors: Form) -> str:
    return render_template(
        "take/problem.html",
        attempt=found,
        position=position,
        kinds=problems.KINDS,
        longest=problems.MAX_TEXT,
        before=before,
        typed=shown_again(typed),
        errors=errors,
    )
