"""The question list: one row per question with what the list shows, kept beside the texts, which are many and long."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.lint.wording import stemmed
from quiz.bank.plain import as_data
from quiz.bank.proofs import proof_hash, proved_how
from quiz.store.editing_tables import Listed, StatisticsRow
from quiz.store.tables import Live, ProofRow, Revision

WORDS = ("id", "title", "stem", "options", "lines", "premises", "responses", "code", "parts", "references", "notes")


class ListedQuestion(NamedTuple):
    """A row of the list. `proof_ok`: what the programs said of what they read, None: not run yet.

    `answers` to the live text when they were counted last, the share that was `right`, the step that answers say,
    and why an editor should look at it; None where nothing was counted or said. A tuple, because the list makes one
    of every question for each page it shows.
    """

    id: str
    revision: int
    live: int | None
    state: str
    type: str
    skill: str
    level: str
    seconds: int
    title: str
    proved_how: str
    proof_ok: bool | None
    proof_at: int | None
    worded_at: int | None
    changed_at: int
    answers: int | None = None
    right: float | None = None
    says: str | None = None
    told: Sequence[str] | None = None


def listed_questions(session: Session, words: str = "") -> list[ListedQuestion]:
    """Every question whose text, id or references hold all of these words, in whatever form. One statement."""
    wanted = _rows()
    for word in words.casefold().split():
        wanted = wanted.where(Listed.words.contains(_stem(word), autoescape=True))
    return [ListedQuestion(*row) for row in session.execute(wanted)]


def _stem(word: str) -> str:
    """What a word has in common with its other forms; a name or number as it stands."""
    stem = stemmed(word) if word.isalpha() else word
    return stem.removesuffix("y") if len(stem) > 4 else stem


def listed_question(session: Session, name: str) -> ListedQuestion | None:
    """One row of the list."""
    row = session.execute(_rows().where(Listed.question_id == name)).first()
    return ListedQuestion(*row) if row else None


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Listed.question_id,
            Listed.revision_id,
            Listed.live_id,
            Listed.state,
            Listed.type,
            Listed.skill,
            Listed.level,
            Listed.seconds,
            Listed.title,
            Listed.proved_how,
            ProofRow.ok,
            ProofRow.at,
            Listed.worded_at,
            Listed.changed_at,
            *(StatisticsRow.n, StatisticsRow.right, StatisticsRow.says, StatisticsRow.attention),
        )
        .outerjoin(ProofRow, ProofRow.content == Listed.proof_content)
        .outerjoin(
            StatisticsRow,
            (StatisticsRow.question_id == Listed.question_id) & (StatisticsRow.revision_id == Listed.live_id),
        )
    )


def set_state(session: Session, name: str, state: str) -> None:
    """Say where the newest text stands on its way: draft, review, approved, live, retired or withdrawn."""
    session.execute(update(Listed).where(Listed.question_id == name).values(state=state))


def relist(session: Session, names: Collection[str]) -> None:
    """Bring the rows of these questions up to date with their newest texts and with what is live."""
    known = {row.question_id: row for row in session.scalars(select(Listed).where(Listed.question_id.in_(names)))}
    for revision, live in _newest(session, names):
        row = known.get(revision.question_id)
        if row is not None and row.revision_id == revision.id:
            row.live_id = live
            continue
        question = q.TYPES[str(revision.content["type"])].model_validate_json(json.dumps(revision.content))
        columns = columns_of(question)
        reworded = (
            row is not None
            and row.proof_content == columns["proof_content"]
            and row.wording_hash != columns["wording_hash"]
        )
        since = revision.created_at if reworded else None
        if row is not None and row.wording_hash == columns["wording_hash"]:
            since = row.worded_at
        values = {"revision_id": revision.id, "live_id": live, "changed_at": revision.created_at, "worded_at": since}
        session.merge(Listed(question_id=revision.question_id, **values, **columns))
    session.flush()


def _newest(session: Session, names: Collection[str]) -> Iterator[tuple[Revision, int | None]]:
    newest = (
        select(Revision.question_id, func.max(Revision.number).label("number"))
        .where(Revision.question_id.in_(names))
        .group_by(Revision.question_id)
        .subquery()
    )
    live = dict(
        session.execute(
            select(Revision.question_id, Live.revision_id)
            .join(Live, Live.revision_id == Revision.id)
            .where(Revision.question_id.in_(names), Live.to_version.is_(None))
        ).all()
    )
    found = session.scalars(
        select(Revision).join(
            newest, (Revision.question_id == newest.c.question_id) & (Revision.number == newest.c.number)
        )
    )
    for revision in found:
        yield revision, live.get(revision.question_id)


def columns_of(question: q.Question) -> dict[str, Any]:
    """What the list keeps of a text."""
    data = as_data(question)
    wording = json.dumps({**data, "status": None}, sort_keys=True, ensure_ascii=False)
    return {
        **{"state": question.status, "type": question.type, "skill": question.skill, "level": question.level},
        **{"seconds": question.seconds, "title": question.title, "proved_how": proved_how(question)},
        "words": " ".join(text.casefold() for name in WORDS for text in _texts(data.get(name))),
        "proof_content": proof_hash(question),
        "wording_hash": hashlib.sha256(wording.encode()).hexdigest(),
    }


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, child in value.items():
                if name != "proof":
                    yield from _texts(child)
        case list():
            for child in value:
                yield from _texts(child)
