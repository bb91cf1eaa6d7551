"""The first page of the editors' room: what waits for whom, and how the bank stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from quiz.bank.lacks import lacks
from quiz.bank.version import BankVersion
from quiz.competency.change import KINDS
from quiz.paths import QUESTIONS
from quiz.services.counting import IN_THE_BROWSER, count
from quiz.services.dashboard import DAYS, MOST, covered, traffic
from quiz.services.framework import to_check
from quiz.services.listing import Asked, counts, facets, page_of
from quiz.store.reviews import sent_back, waiting
from quiz.store.statistics import counted_at
from quiz.store.unfinished import unfinished_of
from quiz.web.admin.access import admits, user
from quiz.web.method import published
from quiz.web.wiring import wiring
from quiz.yamlfile import FileProblems

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SHOWN = 8


@blueprint.get("")
@admits("editor")
def front() -> str:
    """What waits, and how the bank stands."""
    app = wiring()
    with app.database.reading() as session:
        bank = app.banks.newest(session)
        counted = counts(session, bank.catalogue)
        look = page_of(session, counted, Asked(chosen={"attention": "answers"}))
        told: dict[str, Any] = {
            "queue": waiting(session),
            "traffic": traffic(session, app.clock()),
            "counted": counted_at(session),
        }
        told |= {"back": sent_back(session, user()), "begun": unfinished_of(session, user())}
    return render_template(
        "admin/front.html",
        bank=bank,
        total=counted.total,
        facets={facet.name: facet for facet in facets(counted, {})},
        look=look,
        now=app.clock(),
        stale=to_check(bank.catalogue, datetime.fromtimestamp(app.clock(), UTC).date()),
        shown=SHOWN,
        kinds=KINDS,
        limits={"days": DAYS, "most": MOST, "count": IN_THE_BROWSER},
        published=published(),
        **told,
        **_coverage(bank),
    )


@blueprint.post("/count")
@admits("editor")
def count_answers() -> Response:
    """Count the newest answers to all questions."""
    app = wiring()
    count(app.database, app.banks, IN_THE_BROWSER, app.clock())
    return redirect(url_for("admin.front"), 303)


def _coverage(bank: BankVersion) -> dict[str, Any]:
    """Coverage and what lacks; a blueprint that does not fit these areas is told, not hidden."""
    try:
        found, wanted = covered(bank, QUESTIONS)
    except FileProblems as error:
        return {"coverage": None, "blueprint": None, "lacking": [str(problem) for problem in error.problems]}
    return {
        "coverage": found,
        "blueprint": wanted,
        "lacking": [sentence for area in found.areas for sentence in lacks(area)],
    }
