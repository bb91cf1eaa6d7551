"""The life of a question: draft, review, approved, live, retired; or withdrawn, known to be wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.competency.catalogue import Catalogue
from quiz.services.accounts import ROLES, Actor
from quiz.services.editing import ConflictError, save, wording
from quiz.services.publishing import next_version
from quiz.services.readiness import readiness
from quiz.store.accounts import count_accounts
from quiz.store.audit import record
from quiz.store.listed import set_state
from quiz.store.listing import listed_question
from quiz.store.reviews import add_comment, ask_review, close_review
from quiz.store.revisions import Text, newest_text, text_numbered, texts_of

CHECKLIST: Mapping[str, str] = {
    "decision": "It asks for a decision that an engineer really makes, with the facts needed and no more.",
    "unaided": "It can be answered before the options are read, and can't be looked up in ten seconds.",
    "key": "I answered it myself first, and the key is right.",
    "wrong": "Each wrong answer is a mistake that people make, and its reason teaches.",
    "level": "Someone at its step answers rightly two times in three.",
    "lasting": "It holds next year too, or names its version.",
    "words": "Short sentences, plain words, no idiom.",
}
LONGEST_COMMENT = 4000


class LifeError(Exception):
    """The step can't be taken now; the message says why, for the person."""


def may_publish_alone(session: Session, by: Actor, *, lock: bool = False) -> bool:
    """Whether nobody else could read and approve what this person writes; with `lock` it stays so until the commit."""
    return by.may("reviewer") and count_accounts(session, ROLES[ROLES.index("reviewer") :], lock=lock) <= 1


def authors(session: Session, name: str) -> frozenset[int]:
    """Who wrote at what is not published yet: the texts since the last one that was live, or out of use."""
    found: set[int] = set()
    for text in texts_of(session, name):
        if text.question.status != "draft":
            break
        if text.author_id is not None:
            found.add(text.author_id)
    return frozenset(found)


def written_as(texts: Sequence[Text]) -> Text:
    """Of all texts, the newest first: the one with which the words of the newest were saved.

    Publishing, retiring and withdrawing store the same words again, under the name of who did that.
    """
    words = wording(texts[0].question)
    return list(takewhile(lambda one: wording(one.question) == words, texts))[-1]


def send_to_review(session: Session, by: Actor, name: str, revision: int, catalogue: Catalogue, now: int) -> None:
    """Put the newest text into the queue. Raises LifeError."""
    text = _current(session, name, revision)
    _in_state(session, name, {"draft"}, "Only a draft can be sent to review.")
    points = readiness(session, text.question, catalogue, across=True).beside_proof
    if points:
        raise LifeError("Mend this first: " + " ".join(point.message for point in points))
    ask_review(session, name, revision, _user(by), now)
    set_state(session, name, "review")
    record(session, by.id, "sent to review", ("question", name), now, after={"revision": text.number})


def take_back(session: Session, by: Actor, name: str, now: int) -> None:
    """Make what was sent or approved a draft again. Raises LifeError."""
    _in_state(session, name, {"review", "approved"}, "It does not wait for anything.")
    close_review(session, name, by.id, "taken back", now)
    set_state(session, name, "draft")
    record(session, by.id, "taken back", ("question", name), now)


def comment(session: Session, by: Actor, name: str, text: str, now: int) -> None:
    """Say something about the newest text. Raises LifeError for an empty or endless one."""
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_COMMENT:
        raise LifeError(f"Write something, at most {LONGEST_COMMENT} characters.")
    newest = newest_text(session, name)
    if newest is not None:
        add_comment(session, name, newest.revision, _user(by), said, now)
        record(session, by.id, "commented", ("question", name), now, after={"comment": said})


def ask_for_change(session: Session, by: Actor, name: str, revision: int, text: str, now: int) -> None:
    """Send a text back to its author, saying what to change. Raises LifeError."""
    _current(session, name, revision)
    _in_state(session, name, {"review"}, "It is not in review.")
    comment(session, by, name, text, now)
    close_review(session, name, by.id, "changes", now)
    set_state(session, name, "draft")
    record(session, by.id, "change asked for", ("question", name), now)


def approve(
    session: Session, by: Actor, name: str, revision: int, ticked: Collection[str], catalogue: Catalogue, now: int
) -> None:
    """Say that a text may be published. Raises LifeError: for one's own, or without the whole checklist."""
    text = _current(session, name, revision)
    _in_state(session, name, {"review"}, "It is not in review.")
    if by.id in authors(session, name):
        raise LifeError("You wrote at this text yourself. Someone else must read it.")
    if set(CHECKLIST) - set(ticked):
        raise LifeError("Go through the whole list. What does not hold is a change to ask for.")
    if readiness(session, text.question, catalogue).beside_proof:
        raise LifeError("It breaks a writing rule by now. Ask for a change.")
    close_review(session, name, by.id, "approved", now)
    set_state(session, name, "approved")
    record(session, by.id, "approved", ("question", name), now, after={"revision": text.number})


def publish(
    session: Session, by: Actor, wanted: Mapping[str, int], catalogue: Catalogue, now: int, *, alone: bool = False
) -> int:
    """Make these texts (revisions by question) live, all of them in one version. Raises LifeError, and changes nothing.

    `alone`: without a second reader, where there is none; that is marked in the version and in the log.
    """
    if not wanted:
        raise LifeError("Choose at least one question.")
    if alone and not may_publish_alone(session, by, lock=True):
        raise LifeError("Someone else can read this: send it to review.")
    if alone and not all(by.id in authors(session, name) for name in wanted):
        raise LifeError("Someone else wrote this, so you are its second reader: read it in review.")
    texts = [_ready(session, name, revision, catalogue, alone=alone) for name, revision in sorted(wanted.items())]
    for name in wanted:
        close_review(session, name, by.id, "published", now)
    names = ", ".join(wanted) if len(wanted) <= 3 else f"{len(wanted)} questions"
    marked = "published without second reader" if alone else ""
    reason = f"published: {names}" + (f" ({marked})" if alone else "")
    return next_version(session, by, catalogue, texts, reason[:200], now, marked)


def stop(
    session: Session, by: Actor, name: str, revision: int, status: str, why: str, catalogue: Catalogue, now: int
) -> int:
    """Retire a question, or withdraw it as wrong; it is asked no more from the next version on. Raises LifeError.

    A withdrawn question is never newly asked in any version, and results that used it say so.
    """
    text = _current(session, name, revision)
    if status not in {"retired", "withdrawn"}:
        raise LifeError("Retire it, or withdraw it.")
    if not why.strip():
        raise LifeError("Say why: colleagues will ask.")
    live = listed_question(session, name)
    if live is not None and live.state == status:
        raise LifeError(f"It is {status} already.")
    close_review(session, name, by.id, status, now)
    add_comment(session, name, revision, _user(by), f"{status.capitalize()}: {why.strip()[:LONGEST_COMMENT]}", now)
    changed = text.question.model_copy(update={"status": status})
    return next_version(session, by, catalogue, [changed], f"{status}: {name}", now, why.strip()[:LONGEST_COMMENT])


def restore(session: Session, by: Actor, name: str, number: int, base: int, now: int) -> Text:
    """Make an old text the newest one, as a draft. Raises LifeError."""
    old = text_numbered(session, name, number)
    if old is None:
        raise LifeError("There is no such text.")
    try:
        found = save(session, by, old.question, base, now)
    except ConflictError as error:
        raise LifeError("A newer text was saved meanwhile. Look at it first.") from error
    record(session, by.id, "text restored", ("question", name), now, after={"revision": old.number})
    return found


def _ready(session: Session, name: str, revision: int, catalogue: Catalogue, *, alone: bool) -> q.Question:
    text = _current(session, name, revision)
    states = {"draft", "review", "approved"} if alone else {"approved"}
    _in_state(session, name, states, f"{name} is not approved.")
    points = readiness(session, text.question, catalogue, across=alone).blocking
    if points:
        raise LifeError(f"{name} can't go live: " + " ".join(point.message for point in points))
    return text.question.model_copy(update={"status": "live"})


def _current(session: Session, name: str, revision: int) -> Text:
    text = newest_text(session, name, lock=True)
    if text is None:
        raise LifeError("There is no such question.")
    if text.revision != revision:
        raise LifeError("A newer text was saved meanwhile. Look at it first.")
    return text


def _in_state(session: Session, name: str, states: Collection[str], otherwise: str) -> None:
    found = listed_question(session, name)
    if found is None or found.state not in states:
        raise LifeError(otherwise)


def _user(by: Actor) -> int:
    if by.id is None:
        raise LifeError("Only someone with an account can do this.")
    return by.id
