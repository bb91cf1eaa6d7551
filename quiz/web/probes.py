"""The addresses that machines ask: is it alive, is it ready, what has it done."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from quiz.services.upkeep import readiness
from quiz.web.metrics import CONTENT_TYPE, Metrics
from quiz.web.wiring import wiring

blueprint = Blueprint("probes", __name__)
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Served whatever the load: an operator needs them most when everything else has to wait."""


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """The database answers, has room and holds a bank; else 503 with every reason."""
    app = wiring()
    try:
        found = readiness(app.database, app.banks, app.settings.free_mb)
    except SQLAlchemyError as error:
        return jsonify(ready=False, reasons=[f"the database does not answer ({type(error).__name__})"]), 503
    if found.problems:
        return jsonify(ready=False, reasons=found.problems), 503
    return jsonify(ready=True, bank_version=found.bank_version, free_mb=found.free_mb), 200


@blueprint.get("/metrics")
def numbers() -> Response:
    """Counts of all processes of this node together, for Prometheus; 404 unless QUIZ_METRICS=1."""
    found: Metrics | None = current_app.extensions.get("quiz-metrics")
    if found is None:
        abort(404)
    return Response(found.page(), content_type=CONTENT_TYPE)
