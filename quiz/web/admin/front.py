"""The first page of the editors' room: what waits for whom."""

from __future__ import annotations

from flask import Blueprint, render_template

from quiz.services.listing import Asked, listing
from quiz.store.problems import reported
from quiz.web.admin.access import admits
from quiz.web.wiring import wiring

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
@admits("editor")
def front() -> str:
    """What waits, and where things are."""
    app = wiring()
    with app.database.reading() as session:
        bank = app.banks.newest(session)
        found = listing(session, bank.catalogue, Asked(), reported(session))
    facets = {facet.name: facet for facet in found.facets}
    return render_template("admin/front.html", bank=bank, total=found.total, facets=facets)
