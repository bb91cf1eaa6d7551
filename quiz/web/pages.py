"""Help and the method."""

from __future__ import annotations

from flask import Blueprint, render_template

from quiz.bank.version import fingerprint
from quiz.web import method as method_page
from quiz.web.wiring import wiring

blueprint = Blueprint("pages", __name__)


@blueprint.get("/help")
def help_() -> str:
    """How it works, what a result means, what is kept."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    return render_template("help.html", bank=bank, months=wiring().settings.idle_months)


@blueprint.get("/method")
def method() -> str:
    """How the score is made: in words, with its simulated accuracy, and in formulas."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    found = method_page.published()
    changed = found is not None and found.bank != fingerprint(bank)
    return render_template("method.html", html=method_page.method(bank.catalogue, found), changed=changed)
