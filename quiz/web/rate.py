"""Rate yourself before the first question, if you like: five rows, one per area."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from quiz.report.words import level_words
from quiz.services import rating
from quiz.services.taking import OpenAttempt
from quiz.web.loading import attempt_to_read, looking_again
from quiz.web.typed import shown_again
from quiz.web.where import where
from quiz.web.wiring import wiring

blueprint = Blueprint("rate", __name__, url_prefix="/a/<token>/rate")


@blueprint.get("")
def ask(token: str) -> AnyResponse | str:
    """The five rows, as long as no question is answered and nothing is rated."""
    with attempt_to_read(token) as found:
        if found.progress.answers or found.progress.rated is not None:
            return redirect(where(token, found.progress), 303)
        return _page(found, {}, {})


@blueprint.post("")
@looking_again
def keep(token: str) -> AnyResponse | tuple[str, int]:
    """Keep what was chosen, then go to the first question."""
    form = request.form.to_dict()
    with attempt_to_read(token) as found:
        steps, errors = rating.read_rating(found.bank, form)
        if errors:
            return _page(found, form, errors), 400
        rating.rate(wiring().database.add.connect, found, steps, wiring().clock())
    return redirect(where(token, found.progress), 303)


def _page(found: OpenAttempt, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "start/rate.html",
        attempt=found,
        areas=found.bank.catalogue.areas,
        steps=found.bank.catalogue.competencies.steps,
        choices=[level_words(step) for step in rating.STEPS_OFFERED],
        typed=shown_again(typed),
        errors=errors,
    )
