"""Help."""

from __future__ import annotations

from flask import Blueprint, render_template

from quiz.web.wiring import wiring

blueprint = Blueprint("pages", __name__)


@blueprint.get("/help")
def help_() -> str:
    """How it works, what a result means, what is kept."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    return render_template("help.html", bank=bank, months=wiring().settings.idle_months)
