"""The optional self-rating before the first question: one step per area, kept beside the answers, never counted."""

from __future__ import annotations

from collections.abc import Mapping

from quiz.attempt.log import Rated
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import STEPS
from quiz.services.taking import Adding, OpenAttempt, RefusedError
from quiz.store import attempts as store

STEPS_OFFERED = range(len(STEPS) + 1)
"""0 stands for "before the first step"."""


def read_rating(bank: BankVersion, form: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """The steps chosen in a form whose fields are named after the areas, and the errors by field."""
    known = {str(step): step for step in STEPS_OFFERED}
    chosen = {area.id: form[area.id] for area in bank.catalogue.areas if form.get(area.id)}
    errors = {area: "Choose one of the steps on this page." for area, text in chosen.items() if text not in known}
    return {area: known[text] for area, text in chosen.items() if text in known}, errors


def rate(adding: Adding, attempt: OpenAttempt, steps: Mapping[str, int], now: int) -> None:
    """Write down a self-rating. None given, or the same again, changes nothing.

    Raises RefusedError once a question was answered, since answers change how one sees oneself, and where
    another rating stands, MeanwhileError where something was written since the attempt was read.
    """
    if not steps or attempt.progress.rated == steps:
        return
    if attempt.progress.rated is not None:
        raise RefusedError("You have rated yourself before. That rating stands.")
    if attempt.progress.answers:
        raise RefusedError("You have answered a question already. A self-rating only counts before the first one.")
    with adding() as connected:
        store.append(connected, attempt.stored, Rated(steps), now)
