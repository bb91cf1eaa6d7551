"""The job: what someone in a role does, what each area asks and why, and how people get there."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

from quiz.competency.catalogue import SENIORITIES
from quiz.services.taking import DEFAULT_ROLE
from quiz.web.wiring import wiring

blueprint = Blueprint("job", __name__)


@blueprint.get("/job", defaults={"role": DEFAULT_ROLE})
@blueprint.get("/job/<role>")
def job(role: str) -> str | tuple[str, int]:
    """A role with its tasks, targets, weights and sources; an unknown one: the choices."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    profiles = bank.catalogue.profiles
    if role not in profiles:
        return render_template("job/unknown.html", profiles=profiles), 404
    return render_template(
        "job/job.html",
        profile=profiles[role],
        main=profiles[DEFAULT_ROLE],
        profiles=profiles,
        areas={area.id: area for area in bank.catalogue.areas},
        steps=bank.catalogue.competencies.steps,
        sources=bank.catalogue.competencies.sources,
        path=bank.catalogue.path,
        seniorities=SENIORITIES,
        claimed=date.fromisoformat(pay.on) if (pay := profiles[role].pay) else None,
    )
