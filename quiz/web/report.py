"""The gap report and the review of every question."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.attempt.fold import every_area_asked
from quiz.attempt.log import ATTEMPT_SENIORITIES, EXTENSION, Finished
from quiz.report import words
from quiz.report.chart import dot_plot
from quiz.services.results import Report, report
from quiz.services.taking import OpenAttempt
from quiz.store.proofs import stored_proofs
from quiz.web.loading import attempt_to_read
from quiz.web.review import FILTERS, proof_hashes, reviewed
from quiz.web.wiring import wiring

blueprint = Blueprint("report", __name__, url_prefix="/a/<token>")

MOST_EXTENSIONS = 2


@blueprint.get("/result")
def result(token: str) -> AnyResponse | str:
    """The result against the chosen job, or against another one as a link; before the end, the result so far."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        role = request.args.get("role", found.plan.role)
        seniority = request.args.get("seniority", found.plan.seniority)
        if role not in found.bank.catalogue.profiles or seniority not in ATTEMPT_SENIORITIES:
            return render_template("report/unknown_job.html", **_page(found, report(found, *_own_job(found))))
        return render_template("report/result.html", **_page(found, report(found, role, seniority)))


@blueprint.get("/result.json")
def result_json(token: str) -> Response:
    """The numbers of the result."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            abort(404)
        made = report(found, *_own_job(found))
        return jsonify(format="mle-quiz/result/1", bank_version=found.bank.number, **made.result.printed())


@blueprint.get("/review")
def review(token: str) -> AnyResponse | str:
    """Every question answered before the last result, with the key and all reasons."""
    with attempt_to_read(token) as found:
        if found.progress.revealed == 0:
            return redirect(url_for("take.attempt", token=token), 303)
        chosen = request.args.get("show", "all")
        area = request.args.get("area", "")
        everything = reviewed(found, _checked(found))
        wanted = [r for r in everything if FILTERS.get(chosen, FILTERS["all"])(r) and area in {"", r.area_id}]
        return render_template(
            "report/review.html", attempt=found, all=everything, questions=wanted, show=chosen, area=area
        )


def _checked(found: OpenAttempt) -> dict[str, int]:
    """When the programs of the reviewed questions last agreed with their keys, by what names the proofs."""
    with wiring().database.reading() as session:
        proofs = stored_proofs(session, proof_hashes(found))
    return {name: proof.at for name, proof in proofs.items() if proof.ok}


def _own_job(found: OpenAttempt) -> tuple[str, str]:
    return found.plan.role, found.plan.seniority


def _page(found: OpenAttempt, made: Report) -> dict[str, object]:
    """What the report's templates are given."""
    catalogue = found.bank.catalogue
    return {
        "attempt": found,
        "report": made,
        "result": made.result,
        "words": words,
        "catalogue": catalogue,
        "areas": {area.id: area for area in catalogue.areas},
        "profile": catalogue.profiles[made.result.role],
        "plots": {a.id: dot_plot(a.dots, a.target, a.chance.filled) for a in made.result.areas},
        "own": made.result.role == found.plan.role
        and found.plan.seniority in {made.result.seniority, request.args.get("seniority", found.plan.seniority)},
        "seniorities": ATTEMPT_SENIORITIES,
        "asked_seniority": request.args.get("seniority", found.plan.seniority),
        "date": _date(found),
        "more": EXTENSION,
        "unchecked": any(r.url and not r.checked for step in made.plan for r in step.resources),
        "settled_out": found.progress.extensions >= MOST_EXTENSIONS,
        "enough": every_area_asked(found.bank, found.progress.answers),
        "guesses": sum(a.guessing for a in found.progress.answers),
        "withdrawn": sum(found.bank.at(a.revision).question.id in found.withdrawn for a in found.progress.answers),
        "unknowns": sum(a.unknown for a in found.progress.answers),
    }


def _date(found: OpenAttempt) -> datetime:
    finished = [logged.at for logged in found.stored.log if isinstance(logged.entry, Finished)]
    return datetime.fromtimestamp(finished[-1] if finished else found.stored.last_at, UTC)
