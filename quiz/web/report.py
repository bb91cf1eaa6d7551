"""The gap report, the same answers against other jobs, and the review of every question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.attempt.log import ATTEMPT_SENIORITIES, CHECK, EXTENSION, UNSURE, Answered, Extended
from quiz.bank.mark import best_score
from quiz.competency.catalogue import SENIORITIES
from quiz.plan.document import Document
from quiz.plan.longer import longer_path
from quiz.plan.marks import Marks
from quiz.plan.steps import area_minutes
from quiz.report import words
from quiz.report.beside import STANDS, beside, guesses_words
from quiz.report.chart import DotPlot, at, dot_plot
from quiz.report.result import Result, covered
from quiz.report.standing import standing_out
from quiz.services.planning import marks_of
from quiz.services.results import Report, report
from quiz.services.taking import OpenAttempt
from quiz.store.proofs import stored_proofs
from quiz.web.loading import attempt_to_read
from quiz.web.review import FILTERS, proof_hashes, reviewed
from quiz.web.wiring import wiring

blueprint = Blueprint("report", __name__, url_prefix="/a/<token>")

MOST_ROUNDS = 2
"""Rounds of five more in one area; after these "could be either" means that the person stands at the target."""
RIVALS = {"data-scientist": "machine-learning-engineer"}
RIVAL = "data-scientist"


@blueprint.get("/result")
def result(token: str) -> AnyResponse | str:
    """The result against the chosen job, or against another one as a link; before the end, the result so far."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        role, seniority = asked_job(found)
        if not known_job(found, role, seniority):
            return render_template("report/unknown_job.html", **_choices(found))
        return result_page(found, role, seniority, {}, {})


def result_page(
    found: OpenAttempt, role: str, seniority: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> str:
    """The report, with what was typed into it and what was wrong with that."""
    marks = marks_in(found)
    made = report(found, role, seniority, marks)
    return render_template("report/result.html", typed=typed, errors=errors, **_page(found, made, seniority, marks))


@blueprint.get("/compare")
def compare(token: str) -> AnyResponse | str:
    """Two roles at one seniority, drawn on one axis per area."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            return redirect(url_for("take.attempt", token=token), 303)
        role, seniority = asked_job(found)
        other = request.args.get("other", rival_of(role))
        if not known_job(found, role, seniority) or other not in found.bank.catalogue.profiles:
            return render_template("report/unknown_job.html", **_choices(found))
        if other == role:
            chosen = {"role": role, "seniority": seniority, "rival": rival_of(role)}
            return render_template("report/same_job.html", **_choices(found), **chosen)
        made = report(found, role, seniority, Marks())
        rival = report(found, other, made.result.seniority, Marks()).document
        return render_template(
            "report/compare.html",
            attempt=found,
            doc=made.document,
            rival=rival,
            plots=plots(made.document),
            at=at,
            marks=words.VERDICTS,
            catalogue=found.bank.catalogue,
            seniorities=SENIORITIES,
        )


@blueprint.get("/result.json")
def result_json(token: str) -> Response:
    """The document of the result, for a machine."""
    with attempt_to_read(token) as found:
        if not found.may_see_result:
            abort(404)
        return jsonify(report(found, *own_job(found), marks_in(found)).document.model_dump(mode="json"))


@blueprint.get("/review")
def review(token: str) -> AnyResponse | str:
    """Every question answered before the last result, with the key and all reasons."""
    with attempt_to_read(token) as found:
        if found.progress.revealed == 0:
            return redirect(url_for("take.attempt", token=token), 303)
        chosen, area = request.args.get("show", "all"), request.args.get("area", "")
        everything = reviewed(found, _checked(found))
        shown = FILTERS.get(chosen, FILTERS["all"])
        counts = {name: sum(map(keeps, everything)) for name, keeps in FILTERS.items()}
        per_area = Counter(r.area_id for r in everything if shown(r))
        wanted = [r for r in everything if shown(r) and area in {"", r.area_id}]
        return render_template(
            "report/review.html",
            attempt=found,
            all=everything,
            questions=wanted,
            show=chosen,
            area=area,
            counts=counts,
            per_area=per_area,
        )


def _checked(found: OpenAttempt) -> dict[str, int]:
    """When the programs of the reviewed questions last agreed with their keys, by what names the proofs."""
    with wiring().database.reading() as session:
        proofs = stored_proofs(session, proof_hashes(found))
    return {name: proof.at for name, proof in proofs.items() if proof.ok}


def own_job(found: OpenAttempt) -> tuple[str, str]:
    """The job that the attempt was begun for."""
    return found.plan.role, found.plan.seniority


def asked_job(found: OpenAttempt) -> tuple[str, str]:
    """The job named in the address, else the attempt's own."""
    return request.args.get("role", found.plan.role), request.args.get("seniority", found.plan.seniority)


def rival_of(role: str) -> str:
    """The job that a role is compared with where no other is named."""
    return RIVALS.get(role, RIVAL)


def known_job(found: OpenAttempt, role: str, seniority: str) -> bool:
    """Whether there is such a job."""
    return role in found.bank.catalogue.profiles and seniority in ATTEMPT_SENIORITIES


def marks_in(found: OpenAttempt) -> Marks:
    """The attempt's plan marks."""
    with wiring().database.reading() as session:
        return marks_of(session, found)


def plots(of: Document) -> dict[str, DotPlot]:
    """The drawing of each area whose level is told."""
    return {
        area.id: dot_plot(area.measured.dots, area.measured.target, 2 * area.measured.chance_in_ten)
        for area in of.areas
        if area.measured
    }


def _choices(found: OpenAttempt) -> dict[str, object]:
    return {"attempt": found, "catalogue": found.bank.catalogue, "seniorities": ATTEMPT_SENIORITIES}


def _page(found: OpenAttempt, made: Report, seniority: str, marks: Marks) -> dict[str, object]:
    """What the report's template is given."""
    bank, answers, doc = found.bank, found.progress.answers, made.document
    open_areas = {area.id for area in made.result.areas if area.open}
    at_target = _at_target(found, made.result)
    return {
        **_choices(found),
        "doc": doc,
        "words": words,
        "areas": {area.id: area for area in bank.catalogue.areas},
        "plots": plots(doc),
        "date": date.fromisoformat(doc.date),
        "own": doc.role == found.plan.role and found.plan.seniority in {UNSURE, doc.seniority, seniority},
        "above": next((up for one, up in pairwise(SENIORITIES) if one == doc.seniority), None),
        "rival": bank.catalogue.profiles.get(rival_of(doc.role)),
        "chosen": words.chosen_words(made.result),
        "asked_seniority": seniority,
        "counts": {"more": EXTENSION, "check": CHECK},
        "open_areas": open_areas - at_target,
        "minutes": words.round_words([area_minutes(bank, area) for area in open_areas - at_target]),
        "at_target": at_target,
        "standing": standing_out(bank, answers, made.belief, (doc.role, doc.seniority)),
        "others": _others(found, made),
        "path": longer_path(bank.catalogue.path, marks.have, ()),
        "marks": marks,
        "said": beside(found.progress.rated or {}, made.result),
        "stands": STANDS,
        "guesses": guesses_words(bank, answers),
        "unknowns": sum(a.unknown for a in answers),
        "unknown_parts": sum(unknown_parts(a) for a in answers),
        "all_right": all(a.score == best_score(bank.at(a.revision).question) for a in answers),
        "withdrawn": sum(bank.at(a.revision).question.id in found.withdrawn for a in answers),
        "changed": _profile_changed(found),
    }


def _at_target(found: OpenAttempt, read: Result) -> set[str]:
    """The areas where the person stands at the target: enough rounds, and it still could be either."""
    rounds = Counter(e.area for e in found.stored.entries if isinstance(e, Extended))
    return {area.id for area in read.areas if area.verdict == "either" and rounds[area.id] >= MOST_ROUNDS}


def unknown_parts(answer: Answered) -> int:
    """How many parts of a case were left open with “I don't know”, where others were answered."""
    parts = answer.response.get("parts", {}).values()
    return 0 if answer.unknown else sum(part.get("unknown", False) for part in parts)


def _others(found: OpenAttempt, made: Report) -> list[tuple[str, str, str, str]]:
    """The same answers against every role at this seniority, and every seniority of this role."""
    profiles, doc = found.bank.catalogue.profiles, made.document
    jobs = [(role, doc.seniority) for role in profiles] + [(doc.role, s) for s in SENIORITIES]
    rows = []
    for role, seniority in dict.fromkeys(jobs):
        share = covered(found.bank, made.belief, role, seniority)
        rows.append((role, seniority, profiles[role].name, words.coverage_short(share)))
    return rows


def _profile_changed(found: OpenAttempt) -> bool:
    """Whether the job asks something else today than when the attempt began."""
    if found.stored.newest == found.bank.number:
        return False
    with wiring().database.reading() as session:
        today = wiring().banks.version(session, found.stored.newest).catalogue.profiles.get(found.plan.role)
    return today != found.bank.catalogue.profiles[found.plan.role]
