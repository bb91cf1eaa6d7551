"""The bank's next version: what goes live, what stops, in one step that happens whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.proofs import proof_hash
from quiz.competency.catalogue import Catalogue
from quiz.measure.curve import Curve
from quiz.services.accounts import Actor
from quiz.services.banks import Banks
from quiz.services.editing import changes
from quiz.store import bank as store
from quiz.store.audit import record
from quiz.store.revisions import Text, live_text, newest_text, results_that_saw, text_of
from quiz.store.versions import changes_of

VERBS = {"live": "published", "retired": "retired", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class Consequence:
    """What publishing a text changes: the text that is live now, if there is one, and how many results saw it."""

    text: Text
    live: Text | None
    results: int


def consequence(session: Session, text: Text) -> Consequence:
    """What would change for this question."""
    live = live_text(session, text.question.id)
    return Consequence(text, live, results_that_saw(session, live.revision) if live else 0)


def standing_catalogue(session: Session, banks: Banks) -> Catalogue:
    """The framework of today, which nobody else changes before the commit.

    A version is made with it. One that was read before could be out of date by then, and the version would take
    somebody's change of the framework back.
    """
    store.lock_bank(session)
    return banks.newest(session).catalogue


def next_version(
    session: Session,
    by: Actor,
    catalogue: Catalogue,
    texts: Sequence[q.Question],
    reason: str,
    now: int,
    note: str = "",
) -> int:
    """Make the next bank version: each text is live from it on where its status says so, else no longer asked.

    Whoever is answering keeps the version they began with. Gives the version's number.
    """
    store.lock_bank(session)
    before = {text.id: newest_text(session, text.id, lock=True) for text in sorted(texts, key=lambda t: t.id)}
    new = [store.NewRevision(t, curve_of(session, t, catalogue) if t.status == "live" else None) for t in texts]
    number = store.write_version(session, catalogue, new, [], reason, now, by.id)
    for text in texts:
        store.set_withdrawn(session, text.id, now if text.status == "withdrawn" else None)
        old = before[text.id]
        was, became = changes(old.question, text) if old else ({}, {})
        after = {**became, "bank version": number}
        record(session, by.id, VERBS[text.status], ("question", text.id), now, before=was, after=after, note=note)
    return number


@dataclass(frozen=True)
class Undo:
    """What undoing a version would do: texts to be live again, questions to stop, and those changed since."""

    number: int
    again: tuple[Text, ...]
    stop: tuple[Text, ...]
    changed_since: tuple[str, ...]


def undoing(session: Session, number: int) -> Undo:
    """What undoing a version would do. What was changed again since is left as it is."""
    again, stop, since = [], [], []
    for change in changes_of(session, number):
        live = live_text(session, change.question)
        if (live.revision if live else None) != change.after or _drafted(session, change.question):
            since.append(change.question)
        elif change.before is not None:
            again.append(text_of(session, change.before))
        elif live is not None:
            stop.append(live)
    return Undo(number, tuple(t for t in again if t), tuple(stop), tuple(since))


def undo(session: Session, by: Actor, catalogue: Catalogue, number: int, now: int) -> int | None:
    """Undo a version by making another; its number, or None where nothing is left to undo."""
    store.lock_bank(session)
    found = undoing(session, number)
    texts = [text.question.model_copy(update={"status": "live"}) for text in found.again]
    texts += [text.question.model_copy(update={"status": "retired"}) for text in found.stop]
    if not texts:
        return None
    return next_version(session, by, catalogue, texts, f"version {number} undone", now, f"undoes version {number}")


def _drafted(session: Session, name: str) -> bool:
    """Whether someone works on a newer text, which undoing would put behind the old one."""
    newest = newest_text(session, name)
    return newest is not None and newest.question.status == "draft"


def curve_of(session: Session, question: q.Question, catalogue: Catalogue) -> Curve:
    """The author's curve; or, while level and all that the programs read stay, the one that it is live with."""
    live = live_text(session, question.id)
    if live is not None and _same_task(live.question, question):
        kept = store.live_curve(session, live.revision, question)
        if kept is not None:
            return kept
    return curve(question, catalogue.competencies.prior.levels)


def _same_task(old: q.Question, new: q.Question) -> bool:
    return old.level == new.level and old.skill == new.skill and proof_hash(old) == proof_hash(new)
