"""The question list: one row per question with what the list shows, kept beside the texts, which are many and long.

The database counts, filters, orders and cuts; status, proof and attention are expressions over a row, its proof,
what answers say and what takers reported. Their values' words are in `services/listing.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from quiz.bank.lint.wording import stemmed
from quiz.bank.question import LEVELS
from quiz.store.editing_tables import Listed, ListedWords, StatisticsRow
from quiz.store.tables import ProblemReport, ProofRow, Revision

Rows = Select[*tuple[Any, ...]]

STATUS = case(
    (
        Listed.live_id.is_not(None) & Listed.state.in_(("draft", "review", "approved")),
        "live-" + Listed.state,
    ),
    else_=Listed.state,
)
"""Where a question stands: its newest text, and whether an older one is asked meanwhile."""

_BY_PROGRAM = Listed.proved_how != "none"
_REFUTED = _BY_PROGRAM & ProofRow.ok.is_(False)
_UNPROVED = _BY_PROGRAM & ProofRow.ok.is_(None)
PROOF = case(
    (Listed.proved_how == "none", "none"),
    (_UNPROVED, "needed"),
    (_REFUTED, "refuted"),
    (ProofRow.at < Listed.worded_at, "reworded"),
    else_="passed",
)
"""What its programs say about the newest text."""

_REPORTED = (
    select(Revision.question_id)
    .join(ProblemReport, ProblemReport.revision_id == Revision.id)
    .where(ProblemReport.settled_at.is_(None))
)
_TELLING = select(StatisticsRow.revision_id).where(func.json_array_length(StatisticsRow.attention) > 0)
ATTENTION = case(
    (Listed.state.in_(("retired", "withdrawn")), "nothing"),
    (_REFUTED, "refuted"),
    (Listed.question_id.in_(_REPORTED), "reported"),
    (Listed.live_id.in_(_TELLING), "answers"),
    (_UNPROVED, "needed"),
    (Listed.state.in_(("review", "approved")), Listed.state),
    else_="nothing",
)
"""The most pressing thing about a question. What few questions have is looked up in a set, not joined to each row."""

VALUES: Mapping[str, ColumnElement[str]] = {
    "skill": Listed.skill.expression,
    "type": Listed.type.expression,
    "level": Listed.level.expression,
    "status": STATUS,
    "proof": PROOF,
    "attention": ATTENTION,
}
"""What questions are counted and filtered by."""


class _Ordinal(FunctionElement[str]):
    """A text that is ordered by code points, as Python does, whatever language a database was made for."""

    type = String()
    inherit_cache = True


@compiles(_Ordinal)
def _plain(element: _Ordinal, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_Ordinal, "postgresql")
def _collated(element: _Ordinal, compiler: Any, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'


_LEVEL = case({level: place for place, level in enumerate(LEVELS)}, value=Listed.level)
_TITLE, _SKILL, _TYPE, _ID = map(_Ordinal, (Listed.title_folded, Listed.skill, Listed.type, Listed.question_id))
ORDERS: Mapping[str, Sequence[ColumnElement[Any]]] = {
    "changed": (Listed.changed_at.desc(), _ID),
    "title": (_TITLE, _ID),
    "skill": (_SKILL, _LEVEL, _ID),
    "type": (_TYPE, _ID),
    "step": (_LEVEL, _ID),
}
"""Orders of the list. The last key is the question's name, so that there is always one order alone."""


@dataclass(frozen=True)
class ListedQuestion:
    """A row of the list. `status`, `proof` and `attention` are said by `STATUS`, `PROOF` and `ATTENTION`.

    `answers` to the live text when they were counted last, the share that was `right`, the step that answers say,
    and why an editor should look at it; None where nothing was counted or said.
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
    worded_at: int | None
    changed_at: int
    status: str
    proof: str
    attention: str
    answers: int | None = None
    right: float | None = None
    says: str | None = None
    told: Sequence[str] | None = None


@dataclass(frozen=True)
class Wanted:
    """Which questions: their text, id or references hold all of these words, in whatever form.

    Of each filter, one of `VALUES`, they have one of these values. With `names` they are these, whatever else is said.
    """

    words: str = ""
    values: Sequence[tuple[str, Collection[str]]] = ()
    names: Collection[str] | None = None


def grouped(session: Session, words: str = "") -> list[tuple[tuple[str, ...], int, list[str]]]:
    """How many questions hold these words, by their `VALUES`; and where there are words, which ones. One statement."""
    values = select(Listed.question_id, *(value.label(name) for name, value in VALUES.items()))
    name, *each = _matching(values, Wanted(words)).subquery().c
    names = func.aggregate_strings(name, " ") if words.split() else literal("")
    rows = session.execute(select(*each, func.count(), names).group_by(*each))
    return [(tuple(row[:-2]), row[-2], row[-1].split()) for row in rows]


def listed_page(session: Session, wanted: Wanted, order: str, first: int, most: int) -> list[ListedQuestion]:
    """So many of the wanted questions from place `first` on, in an order of `ORDERS`. One statement.

    Names are put in order first, and only those of the page are looked up with all that the list shows.
    """
    page = _matching(select(Listed.question_id), wanted).order_by(*ORDERS[order]).limit(most).offset(first).subquery()
    rows = _rows().join(page, page.c.question_id == Listed.question_id).order_by(*ORDERS[order])
    return [ListedQuestion(*row) for row in session.execute(rows)]


def listed_question(session: Session, name: str) -> ListedQuestion | None:
    """One row of the list."""
    row = session.execute(_rows().where(Listed.question_id == name)).first()
    return ListedQuestion(*row) if row else None


def states(session: Session) -> dict[str, str]:
    """Where the newest text of each question stands on its way."""
    return dict(session.execute(select(Listed.question_id, Listed.state)).all())


def _matching(rows: Rows, wanted: Wanted) -> Rows:
    """Rows of the wanted questions. Where a statement asks nothing of their proofs, databases don't look them up."""
    if wanted.names is not None:
        return rows.where(Listed.question_id.in_(wanted.names))
    rows = _proved(rows).where(*(VALUES[name].in_(values) for name, values in wanted.values))
    said = [ListedWords.words.contains(_stem(word), autoescape=True) for word in wanted.words.casefold().split()]
    return rows.where(Listed.question_id.in_(select(ListedWords.question_id).where(*said))) if said else rows


def _stem(word: str) -> str:
    """What a word has in common with its other forms; a name or number as it stands."""
    stem = stemmed(word) if word.isalpha() else word
    return stem.removesuffix("y") if len(stem) > 4 else stem


def _proved(rows: Rows) -> Rows:
    """With the proof of what its programs read."""
    return rows.select_from(Listed).outerjoin(ProofRow, ProofRow.content == Listed.proof_content)


def _rows() -> Rows:
    shown = (
        *(Listed.question_id, Listed.revision_id, Listed.live_id, Listed.state, Listed.type, Listed.skill),
        *(Listed.level, Listed.seconds, Listed.title, Listed.worded_at, Listed.changed_at),
        *(STATUS, PROOF, ATTENTION),
        *(StatisticsRow.n, StatisticsRow.right, StatisticsRow.says, StatisticsRow.attention),
    )
    of_live = (StatisticsRow.question_id == Listed.question_id) & (StatisticsRow.revision_id == Listed.live_id)
    return _proved(select(*shown)).outerjoin(StatisticsRow, of_live)
