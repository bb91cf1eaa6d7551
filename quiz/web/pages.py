"""Help, and the two addresses that machines ask."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from quiz.services.banks import EmptyBankError
from quiz.web.wiring import wiring

blueprint = Blueprint("pages", __name__)


@blueprint.get("/help")
def help_() -> str:
    """How it works, what a result means, what is kept."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    return render_template("help.html", bank=bank, months=wiring().settings.idle_months)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """The database answers and holds a bank."""
    try:
        with wiring().database.reading() as session:
            version = wiring().banks.newest(session).number
    except EmptyBankError as error:
        return jsonify(ready=False, reason=str(error)), 503
    return jsonify(ready=True, bank_version=version), 200
