"""Writing questions: a new one, a changed one, a copy. Every save is a revision; nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.plain import as_data
from quiz.services.accounts import Actor
from quiz.store.audit import record
from quiz.store.reviews import close_review
from quiz.store.revisions import Text, add_text, newest_text, question_exists

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
RESERVED = frozenset({"new"})


class ConflictError(Exception):
    """Someone else saved the question since it was opened; `theirs` is what stands there now."""

    def __init__(self, theirs: Text) -> None:
        self.theirs = theirs
        super().__init__(f"revision {theirs.number} was saved meanwhile")


class EditError(Exception):
    """What was asked for can't be done; `field` names the field it belongs to."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


def save(session: Session, by: Actor, question: q.Question, base: int, now: int) -> Text:
    """Store a changed text as a draft; `base` is the revision that was opened. The same text changes nothing.

    Raises ConflictError where another text was saved meanwhile, EditError where there is no such question.
    """
    newest = newest_text(session, question.id, lock=True)
    if newest is None:
        raise EditError("There is no such question.")
    draft = as_draft(question)
    if wording(draft) == wording(newest.question):
        return newest
    if newest.revision != base:
        raise ConflictError(newest)
    text = add_text(session, draft, now, by.id)
    close_review(session, question.id, by.id, "replaced", now)
    before, after = changes(newest.question, draft)
    record(session, by.id, "text saved", ("question", question.id), now, before=before, after=after)
    return text


def create(session: Session, by: Actor, question: q.Question, now: int, origin: str = "") -> Text:
    """Store a new question as a draft. Raises EditError where its name can't be used."""
    name = question.id
    if not ID.match(name) or name in RESERVED or len(name) > 64:
        raise EditError("Use small letters, digits and hyphens, as in: queue-that-grows", "id")
    if question_exists(session, name):
        raise EditError(f"There is a question {name} already.", "id")
    text = add_text(session, as_draft(question), now, by.id)
    note = f"copied from {origin}" if origin else ""
    record(session, by.id, "question added", ("question", name), now, after=as_data(text.question), note=note)
    return text


def as_draft(question: q.Question) -> q.Question:
    """The text as it is kept while it is worked on."""
    return question.model_copy(update={"status": "draft"})


def wording(question: q.Question) -> Mapping[str, Any]:
    """A text without its status: what two saves are compared by."""
    data = as_data(question)
    if isinstance(question, q.Order):
        data["key"] = {line.id: sorted(question.key.get(line.id, [])) for line in question.lines}
    return {**data, "status": None}


def changes(old: q.Question, new: q.Question) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields in which two texts differ, before and after."""
    before, after = as_data(old), as_data(new)
    differ = [name for name in q.FIELD_ORDER if before.get(name) != after.get(name)]
    return {n: before.get(n) for n in differ}, {n: after.get(n) for n in differ}
