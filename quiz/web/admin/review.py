"""What waits: texts to be read, the oldest first, and approved ones to be published together."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from quiz.services import life
from quiz.services.life import LifeError
from quiz.services.publishing import consequence, standing_catalogue
from quiz.store.listing import states
from quiz.store.reviews import waiting
from quiz.store.revisions import newest_text
from quiz.web.admin.access import actor, admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_review", __name__, url_prefix="/admin/review")

Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("")
@admits("editor")
def queue() -> Answer:
    """The queue, and what is approved."""
    with wiring().database.reading() as session:
        return _page(session, "")


@blueprint.post("/publish")
@admits("reviewer")
def publish() -> Answer:
    """Publish the chosen texts as one version."""
    app, wanted = wiring(), {}
    for one in request.form.getlist("publish"):
        name, _, revision = one.rpartition(" ")
        wanted[name] = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 16 else 0
    try:
        with app.database.writing() as session:
            catalogue = standing_catalogue(session, app.banks)
            number = life.publish(session, actor(), wanted, catalogue, app.clock())
    except LifeError as error:
        with app.database.reading() as session:
            return _page(session, str(error)), 409
    return redirect(url_for("admin_versions.versions", done=number), 303)


def _page(session: Session, error: str) -> str:
    names = sorted(name for name, state in states(session).items() if state == "approved")
    texts = [text for name in names if (text := newest_text(session, name))]
    return render_template(
        "admin/review.html",
        queue=waiting(session),
        approved=[consequence(session, text) for text in texts],
        next=wiring().banks.newest(session).number + 1,
        today=wiring().clock(),
        error=error,
    )
