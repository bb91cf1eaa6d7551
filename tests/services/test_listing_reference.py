"""The list that the database makes against the same list made in plain Python, on rows of every kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from quiz.bank.question import LEVELS, TYPES
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services.listing import NAMES, PAGE, SORTS, Asked, listing
from quiz.store.editing_tables import Listed, ListedWords, StatisticsRow
from quiz.store.engine import Database
from quiz.store.problems import put_problem, settle_problem
from quiz.store.tables import Attempt, ProblemReport, ProofRow, Taker

CATALOGUE = read_catalogue(QUESTIONS)
STATES = ("draft", "review", "approved", "live", "retired", "withdrawn")
SKILLS = (*CATALOGUE.skills, "a-skill-that-is-gone")
TITLES = ("Zebra", "zebra", "Éclair", "eclair", "Straße", "STRASSE", "ſtrasse", "_x", "`x`", "x y", "x-y", "xy", "😀")
Values = dict[str, str]


@pytest.fixture(params=range(3))
def mixed(request: pytest.FixtureRequest, database: Database) -> Database:
    """A bank whose rows, proofs, statistics and reports are drawn by lot; PostgreSQL orders as a dictionary does."""
    draw = Random(request.param)
    with database.writing() as session:
        if database.write.dialect.name == "postgresql":
            for column, size in (("title_folded", 240), ("skill", 64), ("type", 16), ("question_id", 64)):
                change = f'ALTER TABLE listed ALTER COLUMN {column} TYPE varchar({size}) COLLATE "en-x-icu"'
                session.execute(text(change))
        rows = list(session.scalars(select(Listed)))
        for row in rows:
            _draw_row(session, row, draw)
        _draw_reports(session, [row.revision_id for row in rows], draw)
    return database


def _draw_row(session: Session, row: Listed, draw: Random) -> None:
    title = f"{draw.choice(TITLES)} {draw.choice(TITLES)}"
    row.title, row.title_folded = title, title.casefold()
    row.state, row.type = draw.choice(STATES), draw.choice(list(TYPES))
    row.skill, row.level = draw.choice(SKILLS), draw.choice(LEVELS)
    row.live_id = draw.choice([None, row.revision_id])
    row.changed_at = draw.randrange(5)
    row.proved_how = draw.choice(["none", "program", "program"])
    row.worded_at = draw.choice([None, 4, 6])
    row.proof_content = row.question_id.ljust(64, "x")
    if draw.random() < 0.7:
        session.add(ProofRow(content=row.proof_content, ok=draw.random() < 0.8, said="", versions={}, at=5))
    if draw.random() < 0.7:
        told = draw.choice([[], ["Look at it."]])
        counted: dict[str, Any] = {"revision_id": row.revision_id, "counted_at": 5, "n": 40, "right": 0.5}
        session.add(StatisticsRow(question_id=row.question_id, says=None, attention=told, content={}, **counted))


def _draw_reports(session: Session, revisions: Sequence[int], draw: Random) -> None:
    session.add(Taker(id=1, secret_hash="x", created_at=1, used_at=1))
    session.flush()
    plan: dict[str, Any] = {"role": "machine-learning-engineer", "seniority": "mid", "length": 20, "seed": 1}
    plan |= {"version": 1, "first_revision": revisions[0], "excluded": [], "started_at": 1}
    session.add(Attempt(id=1, token="x", taker_id=1, **plan))
    session.flush()
    for revision in draw.sample(revisions, len(revisions) // 5):
        put_problem(session, 1, revision, "wrong", "It is wrong.", 2)
    for number in list(session.scalars(select(ProblemReport.id)))[::2]:
        settle_problem(session, number, 3)


class Reference:
    """All rows in memory, with the values each has of every filter."""

    def __init__(self, session: Session) -> None:
        self.proofs = {row.content: row for row in session.scalars(select(ProofRow))}
        self.told = {
            (row.question_id, row.revision_id): row.attention for row in session.scalars(select(StatisticsRow))
        }
        open_ones = select(ProblemReport.revision_id).where(ProblemReport.settled_at.is_(None))
        reported = set(session.scalars(open_ones))
        self.words = {row.question_id: row.words for row in session.scalars(select(ListedWords))}
        self.rows = [(row, self.values(row, reported)) for row in session.scalars(select(Listed))]

    def values(self, row: Listed, reported: set[int]) -> Values:
        area = CATALOGUE.area_of.get(row.skill)
        stands = row.live_id is not None and row.state in {"draft", "review", "approved"}
        proof = self.proof(row)
        return {
            **{"area": area.id if area else "", "skill": row.skill, "type": row.type, "step": row.level},
            **{"status": f"live-{row.state}" if stands else row.state, "proof": proof},
            "attention": self.attention(row, proof, reported),
        }

    def proof(self, row: Listed) -> str:
        found = self.proofs.get(row.proof_content)
        if row.proved_how == "none":
            return "none"
        if found is None:
            return "needed"
        if not found.ok:
            return "refuted"
        return "reworded" if row.worded_at is not None and found.at < row.worded_at else "passed"

    def attention(self, row: Listed, proof: str, reported: set[int]) -> str:
        if row.state in {"retired", "withdrawn"}:
            return "nothing"
        if proof == "refuted":
            return proof
        if row.revision_id in reported:
            return "reported"
        if row.live_id is not None and self.told.get((row.question_id, row.live_id)):
            return "answers"
        if proof == "needed":
            return proof
        return row.state if row.state in {"review", "approved"} else "nothing"

    def found(self, words: str, chosen: Values) -> list[tuple[Listed, Values]]:
        return [
            (row, values)
            for row, values in self.rows
            if words in self.words[row.question_id] and all(values[name] == value for name, value in chosen.items())
        ]

    def names(self, asked: Asked, chosen: Values) -> list[str]:
        found = self.found(asked.words, chosen)
        return [row.question_id for row, _ in sorted(found, key=lambda one: _order(asked.sort, one[0]))]

    def counts(self, name: str, words: str, chosen: Values) -> Counter[str]:
        others = {other: value for other, value in chosen.items() if other != name}
        return Counter(values[name] for _, values in self.found(words, others))


def _order(sort: str, row: Listed) -> tuple[Any, ...]:
    level = LEVELS.index(row.level)
    match sort:
        case "title":
            return row.title.casefold(), row.question_id
        case "skill":
            return row.skill, level, row.question_id
        case "type":
            return row.type, row.question_id
        case "step":
            return level, row.question_id
        case _:
            return -row.changed_at, row.question_id


def _draw_asked(reference: Reference, draw: Random) -> tuple[Asked, Values]:
    """What may be asked for, and what of it is known."""
    _, values = draw.choice(reference.rows)
    chosen = {name: values[name] for name in draw.sample(list(NAMES), draw.choice([0, 0, 1, 1, 2, 3]))}
    unknown = draw.choice([{}, {"proof": "perhaps"}, {"colour": "red"}])
    sort = draw.choice([*SORTS, "nonsense"])
    asked = Asked(
        draw.choice(["", "", "model", "password"]), sort, draw.choice([1, 1, 2, 3, 99]), {**unknown, **chosen}
    )
    known = {name: value for name, value in chosen.items() if value and value != SKILLS[-1]}
    return asked, known


def test_the_database_makes_the_list_that_plain_python_would(mixed: Database) -> None:
    draw = Random(7)
    with mixed.reading() as session:
        reference = Reference(session)
        for _ in range(60):
            asked, chosen = _draw_asked(reference, draw)
            found, names = listing(session, CATALOGUE, asked), reference.names(asked, chosen)
            first = (min(asked.page, max(-(-len(names) // PAGE), 1)) - 1) * PAGE
            assert [row.listed.id for row in found.rows] == names[first : first + PAGE], asked
            assert (found.found, found.first) == (len(names), first), asked
            assert found.total == len(reference.found(asked.words, {})), asked
            for facet in found.facets:
                counts = reference.counts(facet.name, asked.words, chosen)
                assert facet.total == counts.total(), asked
                assert {one.value: one.count for one in facet.values if one.count} == {
                    value: n for value, n in counts.items() if value and value != SKILLS[-1]
                }, asked


def test_every_row_says_what_its_values_are(mixed: Database) -> None:
    with mixed.reading() as session:
        values = {row.question_id: values for row, values in Reference(session).rows}
        found = [listing(session, CATALOGUE, Asked(page=page)) for page in range(1, 1 + -(-len(values) // PAGE))]
    rows = [row.listed for page in found for row in page.rows]
    assert len(rows) == len(values)
    for row in rows:
        said = values[row.id]
        assert (row.status, row.proof, row.attention) == (said["status"], said["proof"], said["attention"])
    assert {row.attention for row in rows} == {
        *("nothing", "refuted", "reported", "answers", "needed", "review", "approved"),
    }
