"""The list of questions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from quiz.services.listing import NAMES, Asked, listing
from quiz.web.admin.access import admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_questions", __name__, url_prefix="/admin/questions")


@blueprint.get("")
@admits("editor")
def questions() -> str:
    """All questions that the filters in the address leave."""
    app, asked = wiring(), read_asked()
    with app.database.reading() as session:
        bank = app.banks.newest(session)
        found = listing(session, bank.catalogue, asked)
    return render_template(
        "admin/questions.html",
        found=found,
        asked=asked,
        address=address_of(asked),
        today=app.clock(),
    )


def read_asked() -> Asked:
    """Filters, search, order and page from the address; what can't be read is left out."""
    page = request.args.get("page", "1")
    return Asked(
        words=request.args.get("q", "").replace("\0", "").strip()[:200],
        sort=request.args.get("sort", "changed"),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        chosen={name: request.args[name] for name in NAMES if request.args.get(name)},
    )


def address_of(asked: Asked) -> Any:
    """Makes the address of the same list with something changed: `address(area="programming", page=None)`."""
    now = {"q": asked.words or None, "sort": asked.sort if asked.sort != "changed" else None, **asked.chosen}

    def address(**changes: Any) -> str:
        return url_for("admin_questions.questions", **{**now, **changes})

    return address
