"""Reporting a problem with a question. A person has one report per question and attempt, which they may rewrite."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from quiz.bank.response import is_storable
from quiz.services.taking import OpenAttempt
from quiz.store.problems import Problem, problems_of, put_problem

KINDS: Mapping[str, str] = {
    "unclear": "I don't understand what it asks",
    "wrong": "It is wrong, or more than one answer is right",
    "display": "Something does not show or does not work",
    "other": "Something else",
}
MAX_TEXT = 1000


def asked_at(attempt: OpenAttempt, position: int) -> int | None:
    """The revision of the question at a position, from 1; None where nothing was asked there yet."""
    asked = [answer.revision for answer in attempt.progress.answers]
    if attempt.progress.current is not None:
        asked.append(attempt.progress.current)
    return asked[position - 1] if 1 <= position <= len(asked) else None


def read_problem(form: Mapping[str, str]) -> tuple[tuple[str, str], dict[str, str]]:
    """Kind and text from a form, and the errors by field."""
    kind, text = form.get("kind", ""), form.get("text", "").replace("\r\n", "\n").strip()
    errors = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what kind of problem it is."
    if kind == "other" and not text:
        errors["text"] = "Say in a few words what the problem is."
    if len(text) > MAX_TEXT:
        errors["text"] = f"This is longer than {MAX_TEXT} characters. Shorten it."
    if not is_storable(text):
        errors["text"] = "This holds characters that can't be stored. Type it again by hand."
    return (kind, text), errors


def reported(session: Session, attempt: OpenAttempt, revision: int) -> Problem | None:
    """What the person reported of this question in this attempt, if anything."""
    return problems_of(session, [attempt.stored.id])[attempt.stored.id].get(revision)


def report_problem(session: Session, attempt: OpenAttempt, revision: int, kind: str, text: str, now: int) -> None:
    """Keep a report. The same again changes nothing; another one takes its place and is open again."""
    before = reported(session, attempt, revision)
    if before is None or (before.kind, before.text) != (kind, text):
        put_problem(session, attempt.stored.id, revision, kind, text, now)
