"""What answers say about a question."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from quiz.bank import question as q
from quiz.bank import told
from quiz.bank.curve_svg import drawing
from quiz.bank.items import GUESSED
from quiz.bank.version import LiveQuestion
from quiz.measure.item_statistics import LEAST, Fit
from quiz.services.counting import IN_THE_BROWSER, count, kept
from quiz.web.admin.access import admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_statistics", __name__, url_prefix="/admin/questions")


@blueprint.get("/<name>/statistics")
@admits("editor")
def statistics(name: str) -> str:
    """What was counted last, in sentences, tables and a drawing."""
    app = wiring()
    live = _live(name)
    with app.database.reading() as session:
        found = kept(session, name)
    fit = found.figures.fit if found and found.figures else None
    return render_template(
        "admin/statistics.html",
        live=live,
        found=found,
        told=told,
        least=LEAST,
        most=IN_THE_BROWSER,
        now=app.clock(),
        texts=_texts(live.question),
        drawing=_drawing(live, fit) if fit else "",
    )


@blueprint.post("/<name>/statistics")
@admits("editor")
def count_again(name: str) -> Response:
    """Count the newest answers."""
    app = wiring()
    _live(name)
    count(app.database, app.banks, IN_THE_BROWSER, app.clock(), [name])
    return redirect(url_for("admin_statistics.statistics", name=name), 303)


def _drawing(live: LiveQuestion, fit: Fit) -> str:
    sentence = f"The expected share of the score at each level, and what groups of people got. {told.fit_told(fit)}"
    return drawing(live.curve, fit.groups, sentence, guessable=live.question.type in GUESSED)


def _texts(question: q.Question) -> dict[str, str]:
    """What the options say, by their ids."""
    match question:
        case q.Single() | q.Multiple():
            return {option.id: str(option.content) for option in question.options}
        case q.Judgement():
            return {option.id: option.text for option in question.options}
        case _:
            return {}


def _live(name: str) -> LiveQuestion:
    app = wiring()
    with app.database.reading() as session:
        bank = app.banks.newest(session)
    found = next((one for one in bank.live if one.question.id == name), None)
    if found is None:
        abort(404)
    return found
