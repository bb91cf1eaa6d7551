"""Keeping the question list's rows up to date with texts and versions: what the list shows, and what it searches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.plain import as_data
from quiz.bank.proofs import proof_hash, proved_how
from quiz.store.editing_tables import Listed, ListedWords
from quiz.store.tables import Live, Revision
from quiz.tracking import Track, untracked

WORDS = ("id", "title", "stem", "options", "lines", "premises", "responses", "code", "parts", "references", "notes")


def set_state(session: Session, name: str, state: str) -> None:
    """Say where the newest text stands on its way: draft, review, approved, live, retired or withdrawn."""
    session.execute(update(Listed).where(Listed.question_id == name).values(state=state))


def relist(session: Session, names: Collection[str], track: Track = untracked) -> None:
    """Bring the rows of these questions up to date with their newest texts and with what is live."""
    known = {row.question_id: row for row in session.scalars(select(Listed).where(Listed.question_id.in_(names)))}
    for revision, live in track("Listing", list(_newest(session, names))):
        row = known.get(revision.question_id)
        if row is not None and row.revision_id == revision.id:
            row.live_id = live
            continue
        question = _read(revision)
        columns = columns_of(question)
        reworded = (
            row is not None
            and row.proof_content == columns["proof_content"]
            and row.wording_hash != columns["wording_hash"]
        )
        since = _worded_at(session, revision.question_id, columns) if reworded else None
        if row is not None and row.wording_hash == columns["wording_hash"]:
            since = row.worded_at
        values = {"revision_id": revision.id, "live_id": live, "changed_at": revision.created_at, "worded_at": since}
        session.merge(Listed(question_id=revision.question_id, **values, **columns))
        session.merge(ListedWords(question_id=revision.question_id, words=words_of(question)))
    session.flush()


def _read(revision: Revision) -> q.Question:
    return q.TYPES[str(revision.content["type"])].model_validate_json(json.dumps(revision.content))


def _worded_at(session: Session, name: str, columns: dict[str, Any]) -> int | None:
    """When a wording was first written for the programs that it has; None where they came with it.

    A change that is undone brings back a wording which they have seen.
    """
    texts = session.scalars(select(Revision).where(Revision.question_id == name).order_by(Revision.number))
    told = ((columns_of(_read(text)), text.created_at) for text in texts)
    same = [(one["wording_hash"], at) for one, at in told if one["proof_content"] == columns["proof_content"]]
    first = next(place for place, (wording, _) in enumerate(same) if wording == columns["wording_hash"])
    return same[first][1] if first else None


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
        **{"seconds": question.seconds, "title": question.title, "title_folded": question.title.casefold()},
        "proved_how": proved_how(question),
        "proof_content": proof_hash(question),
        "wording_hash": hashlib.sha256(wording.encode()).hexdigest(),
    }


def words_of(question: q.Question) -> str:
    """What a search looks through: everything that a text says to people, in lower case."""
    data = as_data(question)
    return " ".join(text.casefold() for name in WORDS for text in _texts(data.get(name)))


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
