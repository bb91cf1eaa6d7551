"""What keeps a text from going live: the writing rules, the other questions, and what its programs said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.alike import unsettled
from quiz.bank.lint import BY_ID, lint
from quiz.bank.proofs import proof_hash, proved_how
from quiz.competency.catalogue import Catalogue
from quiz.services.editing import wording
from quiz.store.bank import newest_texts
from quiz.store.listing import listed_question
from quiz.store.proofs import stored_proofs
from quiz.store.revisions import newest_text, question_exists, texts_of

UNPROVED = {
    "refuted": "Its proof says that the key is wrong.",
    "needed": "It needs proof: what the program reads was changed, and it has not run since.",
}


@dataclass(frozen=True)
class Point:
    """Something about a text. `path` is its place in the form; `rule` and `why` say where the demand comes from."""

    path: str
    message: str
    rule: str = ""
    why: str = ""


@dataclass(frozen=True)
class Proof:
    """What the programs said of what they read in a text. `state` is one of `listing.PROOFS`.

    `since`: when what needs proof was saved; None: it stands in a form alone, or nothing is waited for.
    """

    state: str
    said: str = ""
    at: int | None = None
    since: int | None = None


@dataclass(frozen=True)
class Readiness:
    """What keeps a text from going live, what should be looked at, and its proof."""

    blocking: tuple[Point, ...]
    advice: tuple[Point, ...]
    proof: Proof

    @property
    def beside_proof(self) -> tuple[Point, ...]:
        """What blocks, but for a proof that has not run: that may come while someone reads."""
        return tuple(p for p in self.blocking if not (p.rule == "proof" and self.proof.state == "needed"))


def readiness(session: Session, question: q.Question, catalogue: Catalogue, *, across: bool = False) -> Readiness:
    """What the rules and the proof say of a text; with `across`, beside every other question too."""
    blocking, advice = [], []
    if question.skill not in catalogue.skills:
        blocking.append(Point("skill", "There is no such skill.", "place"))
    for breach in lint(question.model_copy(update={"status": "live"})):
        why = BY_ID[breach.rule].why if breach.rule in BY_ID else ""
        point = Point(".".join(map(str, breach.path)), breach.message, breach.rule, why)
        if breach.grave == "error":
            blocking.append(point)
        elif not breach.answer:
            advice.append(point)
    strangers = [e for e in question.enemies if not question_exists(session, e)]
    blocking += [Point("enemies", f"There is no question {name}.", "enemies") for name in strangers]
    if across:
        blocking += _cues(session, question, catalogue)
    proof = proof_said(session, question)
    if proof.state in UNPROVED:
        blocking.append(Point("proof", UNPROVED[proof.state], "proof"))
    return Readiness(tuple(blocking), tuple(advice), proof)


def proof_said(session: Session, question: q.Question) -> Proof:
    """The stored verdict on what the programs of a text read."""
    if proved_how(question) == "none":
        return Proof("none")
    content = proof_hash(question)
    found = stored_proofs(session, [content]).get(content)
    if found is None:
        return Proof("needed", since=_saved_at(session, question.id, content))
    if not found.ok:
        return Proof("refuted", found.said, found.at)
    listed, newest = listed_question(session, question.id), newest_text(session, question.id)
    unsaved = newest is None or wording(newest.question) != wording(question)
    reworded = unsaved or (listed is not None and listed.proof == "reworded")
    return Proof("reworded" if reworded else "passed", found.said, found.at)


def _saved_at(session: Session, name: str, content: str) -> int | None:
    """When what the programs read was first saved as it is now."""
    same = takewhile(lambda text: proof_hash(text.question) == content, texts_of(session, name))
    return min((text.at for text in same), default=None)


def _cues(session: Session, question: q.Question, catalogue: Catalogue) -> Iterator[Point]:
    """Questions that give this one's key away, or whose key it gives away."""
    others = {name: text for name, text in newest_texts(session).items() if name != question.id}
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()}
    for pair in unsettled([*others.values(), question], area_of, ["cue"]):
        if question.id in {pair.a, pair.b}:
            other = pair.a if pair.b == question.id else pair.b
            what = f"One of this and {other} gives the other\u2019s key away (“{pair.what}”). Name it as an enemy."
            yield Point("enemies", what, "cue")
