"""The bank of record: reading a version, finding what a folder would change, writing the next version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from sqlalchemy import func, insert, or_, select, text, true, update
from sqlalchemy.orm import Session, aliased

from quiz.bank import question as q
from quiz.bank.items import weights
from quiz.bank.plain import as_data
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.competency.catalogue import Catalogue
from quiz.measure.curve import Curve
from quiz.store.editing_tables import Listed
from quiz.store.engine import Connected
from quiz.store.listed import relist
from quiz.store.tables import CatalogueRow, Live, QuestionRow, Revision, Version
from quiz.tracking import Track, untracked

LOCK = 8_675_310
"""The number of PostgreSQL's advisory lock around a new version."""
MOST_AT_ONCE = 5000


@dataclass(frozen=True)
class Stored:
    """The newest text of a question in the database. `live` says whether this text is asked today.

    `live_hash`: the text that is asked today, where a newer one is worked on.
    """

    revision: int
    number: int
    hash: str
    file_hash: str | None
    live: bool
    withdrawn: bool
    live_hash: str | None = None


@dataclass(frozen=True)
class PastCatalogue:
    """A state of the framework, and whether an editor made it; otherwise it came from files."""

    catalogue: Catalogue
    edited: bool


@dataclass(frozen=True)
class NewRevision:
    """A text to be stored; `curve` where it is to be asked from now on."""

    question: q.Question
    curve: Curve | None


def content_hash(question: q.Question) -> str:
    """Names one text of a question: equal for equal content, however the file was laid out."""
    written = json.dumps(as_data(question), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def catalogue_hash(catalogue: Catalogue) -> str:
    """Names one state of competencies, profiles and resources."""
    return hashlib.sha256(catalogue.model_dump_json().encode()).hexdigest()


def newest_version(connected: Connected) -> int | None:
    """The number of the newest bank version, or None in an empty database."""
    return connected.scalar(select(func.max(Version.number)))


def newest_catalogue_hash(session: Session) -> str | None:
    """Which catalogue the newest version has."""
    newest = select(func.max(Version.number)).scalar_subquery()
    return session.scalar(
        select(CatalogueRow.hash).join(Version, Version.catalogue_id == CatalogueRow.id).where(Version.number == newest)
    )


def past_catalogues(session: Session) -> list[PastCatalogue]:
    """What the framework has been, the newest state last; a version that left it as it was is no new state."""
    rows = session.execute(select(Version.catalogue_id, Version.author_id).order_by(Version.number)).all()
    made = [row for row, before in zip(rows, [None, *rows], strict=False) if before is None or before[0] != row[0]]
    contents = dict(session.execute(select(CatalogueRow.id, CatalogueRow.content)).all())
    parsed_ = {name: Catalogue.model_validate_json(contents[name]) for name in {row[0] for row in made}}
    return [PastCatalogue(parsed_[catalogue], author is not None) for catalogue, author in made]


def stored_question(session: Session, name: str) -> Stored | None:
    """The newest text of one question."""
    return stored_questions(session, [name]).get(name)


def stored_questions(session: Session, names: Collection[str] | None = None) -> dict[str, Stored]:
    """Every question in the database, or these, with its newest text."""
    newest = (
        select(Revision.question_id, func.max(Revision.number).label("number"))
        .group_by(Revision.question_id)
        .subquery()
    )
    asked = aliased(Revision)
    rows = session.execute(
        select(QuestionRow, Revision.id, Revision.number, Revision.hash, Live.revision_id, asked.hash)
        .join(newest, newest.c.question_id == QuestionRow.id)
        .join(Revision, (Revision.question_id == newest.c.question_id) & (Revision.number == newest.c.number))
        .outerjoin(Live, (Live.revision_id == Revision.id) & Live.to_version.is_(None))
        .outerjoin(Listed, Listed.question_id == QuestionRow.id)
        .outerjoin(asked, asked.id == Listed.live_id)
        .where(QuestionRow.id.in_(names) if names is not None else true())
    )
    return {
        row.id: Stored(revision, number, hash_, row.file_hash, live is not None, row.withdrawn_at is not None, asked_)
        for row, revision, number, hash_, live, asked_ in rows
    }


def newest_texts(session: Session) -> dict[str, q.Question]:
    """The newest text of every question, by id."""
    newest = (
        select(Revision.question_id, func.max(Revision.number).label("number"))
        .group_by(Revision.question_id)
        .subquery()
    )
    rows = session.execute(
        select(Revision.question_id, Revision.content).join(
            newest, (Revision.question_id == newest.c.question_id) & (Revision.number == newest.c.number)
        )
    )
    return {name: parsed(content) for name, content in rows}


def text_numbers(session: Session) -> dict[str, int]:
    """The number of the newest text of every question."""
    rows = session.execute(select(Revision.question_id, func.max(Revision.number)).group_by(Revision.question_id))
    return {name: number for name, number in rows}  # noqa: C416 - dict() of rows is not typed


def settled_numbers(session: Session) -> dict[str, int]:
    """The numbers of the texts that `settled_texts` gives."""
    live = select(Revision.question_id, Revision.number).join(Live, Live.revision_id == Revision.id)
    rows = session.execute(live.where(Live.to_version.is_(None)))
    return {**text_numbers(session), **{name: number for name, number in rows}}  # noqa: C416 - as above


def settled_texts(session: Session) -> dict[str, q.Question]:
    """The text of every question that is asked today, and the newest one of those that are not asked."""
    live = select(Revision.question_id, Revision.content).join(Live, Live.revision_id == Revision.id)
    rows = session.execute(live.where(Live.to_version.is_(None)))
    return {**newest_texts(session), **{name: parsed(content) for name, content in rows}}


def parsed(content: Mapping[str, object]) -> q.Question:
    """A stored text as a question."""
    return q.TYPES[str(content["type"])].model_validate_json(json.dumps(content))


@dataclass(frozen=True)
class Known:
    """What versions in use hold: questions by revision, catalogues by number. It goes when the last of them goes."""

    questions: MutableMapping[int, LiveQuestion] = field(default_factory=WeakValueDictionary)
    catalogues: MutableMapping[int, Catalogue] = field(default_factory=WeakValueDictionary)


def read_version(connected: Connected, number: int, known: Known | None = None) -> BankVersion | None:
    """A whole bank version, questions in the order of their ids; None where there is no such version.

    What is the same in other versions is taken from `known` and not read again, which is what costs time and room; the
    rest is put there.
    """
    known = known or Known()
    catalogue_id = connected.scalar(select(Version.catalogue_id).where(Version.number == number))
    if catalogue_id is None:
        return None
    catalogue = _catalogue(connected, catalogue_id, known)
    rows = connected.execute(
        select(Revision.id, Live.a, Live.b, Live.luck)
        .join(Live, Live.revision_id == Revision.id)
        .where(Live.from_version <= number, or_(Live.to_version.is_(None), Live.to_version > number))
        .order_by(Revision.question_id)
    ).all()
    live = [known.questions.get(revision) for revision, *_ in rows]
    missing = [
        row[0] for row, one in zip(rows, live, strict=True) if one is None or not _same_curve(one.curve, *row[1:])
    ]
    contents = dict(_contents(connected, missing))
    for place, (revision, a, b, luck) in enumerate(rows):
        if revision in contents:
            question = parsed(contents[revision])
            live[place] = known.questions[revision] = LiveQuestion(
                revision, question, Curve(a, b, weights(question), tuple(luck))
            )
    return BankVersion(number, catalogue, tuple(one for one in live if one))


def _catalogue(connected: Connected, number: int, known: Known) -> Catalogue:
    found = known.catalogues.get(number)
    if found is None:
        text = connected.scalars(select(CatalogueRow.content).where(CatalogueRow.id == number)).one()
        found = known.catalogues[number] = Catalogue.model_validate_json(text)
    return found


def _same_curve(curve: Curve, a: float, b: float, luck: Sequence[float]) -> bool:
    return (curve.a, curve.b, curve.luck) == (a, b, tuple(luck))


def _contents(connected: Connected, revisions: Sequence[int]) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The texts of these revisions, some at a time: a statement takes only so many values."""
    for start in range(0, len(revisions), MOST_AT_ONCE):
        some = revisions[start : start + MOST_AT_ONCE]
        rows = connected.execute(select(Revision.id, Revision.content).where(Revision.id.in_(some)))
        yield from ((revision, content) for revision, content in rows)


def live_curve(session: Session, revision: int, question: q.Question) -> Curve | None:
    """The curve with which a revision of this question is live now."""
    row = session.execute(
        select(Live.a, Live.b, Live.luck).where(Live.revision_id == revision, Live.to_version.is_(None))
    ).first()
    return Curve(row[0], row[1], weights(question), tuple(row[2])) if row else None


def withdrawn_questions(connected: Connected) -> frozenset[str]:
    """The questions known to be wrong."""
    return frozenset(connected.scalars(select(QuestionRow.id).where(QuestionRow.withdrawn_at.is_not(None))))


def write_version(
    session: Session,
    catalogue: Catalogue,
    new: Iterable[NewRevision],
    retired: Sequence[str],
    reason: str,
    now: int,
    author: int | None = None,
    *,
    track: Track = untracked,
) -> int:
    """Store new texts and make the next version in which they, and not the questions `retired`, are live."""
    lock_bank(session)
    number = (newest_version(session) or 0) + 1
    new = list(new)
    stored = stored_questions(session)
    made = {"catalogue_id": _catalogue_id(session, catalogue), "reason": reason, "created_at": now, "author_id": author}
    session.add(Version(number=number, **made))
    session.flush()
    _close(session, retired, number)
    for one in track("Storing", new):
        revision = add_revision(session, one.question, stored.get(one.question.id), now, author)
        _close(session, [one.question.id], number)
        if one.curve is not None:
            luck = list(one.curve.luck)
            session.add(Live(revision_id=revision, from_version=number, a=one.curve.a, b=one.curve.b, luck=luck))
    session.flush()
    relist(session, [*retired, *(one.question.id for one in new)], track)
    return number


def lock_bank(session: Session) -> None:
    """Let nobody else make a version before the commit. On SQLite a write transaction is such a lock by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def write_curves(session: Session, catalogue: Catalogue, curves: Mapping[int, Curve], reason: str, now: int) -> int:
    """Make the next version, in which these revisions, live today, have these curves; its number."""
    number = (newest_version(session) or 0) + 1
    session.add(Version(number=number, catalogue_id=_catalogue_id(session, catalogue), reason=reason, created_at=now))
    session.flush()
    today = (Live.revision_id.in_(curves), Live.to_version.is_(None))
    session.execute(update(Live).where(*today).values(to_version=number))
    for revision, curve in curves.items():
        row = Live(revision_id=revision, from_version=number, a=curve.a, b=curve.b, luck=list(curve.luck))
        session.add(row)
    session.flush()
    return number


def set_withdrawn(session: Session, question_id: str, now: int | None) -> None:
    """Mark a question as known to be wrong (or not, with None)."""
    session.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(withdrawn_at=now))


def set_file_hash(session: Session, question_id: str, file_hash: str) -> None:
    """Remember which content was last loaded from a file."""
    session.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(file_hash=file_hash))


def _catalogue_id(session: Session, catalogue: Catalogue) -> int:
    name = catalogue_hash(catalogue)
    found = session.scalar(select(CatalogueRow.id).where(CatalogueRow.hash == name))
    if found is not None:
        return found
    row = CatalogueRow(hash=name, content=catalogue.model_dump_json())
    session.add(row)
    session.flush()
    return row.id


def _close(session: Session, question_ids: Sequence[str], number: int) -> None:
    revisions = select(Revision.id).where(Revision.question_id.in_(question_ids))
    session.execute(
        update(Live).where(Live.revision_id.in_(revisions), Live.to_version.is_(None)).values(to_version=number)
    )


def add_revision(
    session: Session, question: q.Question, before: Stored | None, now: int, author: int | None = None
) -> int:
    """Store a text unless it is the newest one already; its revision. `before`: the newest text, if there is one."""
    name = content_hash(question)
    if before is None:
        session.execute(insert(QuestionRow).values(id=question.id, file_hash=None, withdrawn_at=None))
    elif before.hash == name:
        return before.revision
    row = Revision(
        question_id=question.id,
        number=before.number + 1 if before else 1,
        hash=name,
        content=as_data(question),
        created_at=now,
        author_id=author,
    )
    session.add(row)
    session.flush()
    return row.id
