"""A large bank with many people's answers in a database, in bulk: what the pages of editors are measured on.

The bank's own questions are copied until there are enough; the answers are to singles, by people of known levels,
as the questions' curves expect them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from typing import Any

import numpy as np
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.plain import as_data
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.measure.curve import Ints, probabilities, stack
from quiz.services.banks import Banks
from quiz.store.bank import content_hash
from quiz.store.editing_tables import Listed, ListedWords
from quiz.store.engine import Database
from quiz.store.listed import columns_of, words_of
from quiz.store.tables import Attempt, Live, LogEntry, QuestionRow, Revision, Taker

PER_ATTEMPT = 30
UNFINISHED = 4
"""One attempt of so many has no end: its person never asked for a result."""
BATCH = 20_000
FIRST = 10_000_000
"""Their numbers begin here: those below are left to people who come by themselves."""
SECONDS = 60
DAY = 86_400


def grow(database: Database, questions: int, now: int) -> None:
    """Copy live questions of the newest version until there are so many."""
    with database.reading() as session:
        bank = Banks().newest(session)
    source = [one.question for one in bank.live]
    names = (f"-{number}" for number in range(2, 10**6) for _ in source)
    copies = [
        text.model_copy(update={"id": text.id[: 64 - len(ending)].rstrip("-") + ending, "enemies": []})
        for text, ending in islice(zip(cycle(source), names, strict=False), max(0, questions - len(source)))
    ]
    with database.writing() as session:
        _insert_questions(session, bank, copies, now)


def _insert_questions(session: Session, bank: BankVersion, texts: list[q.Question], now: int) -> None:
    first = max(one.revision for one in bank.live) + 1
    doubt = bank.catalogue.competencies.prior.levels
    curves = [curve(text, doubt) for text in texts]
    numbered = list(enumerate(texts, first))
    rows: Mapping[Any, list[dict[str, Any]]] = {
        QuestionRow: [{"id": text.id, "file_hash": None, "withdrawn_at": None} for text in texts],
        Revision: [
            {
                "id": i,
                "question_id": t.id,
                "number": 1,
                "hash": content_hash(t),
                "content": as_data(t),
                "created_at": now,
            }
            for i, t in numbered
        ],
        Live: [
            {"revision_id": i, "from_version": bank.number, "a": one.a, "b": one.b, "luck": list(one.luck)}
            for i, one in enumerate(curves, first)
        ],
        Listed: [
            {"question_id": t.id, "revision_id": i, "live_id": i, "changed_at": now, "worded_at": None, **columns_of(t)}
            for i, t in numbered
        ],
        ListedWords: [{"question_id": t.id, "words": words_of(t)} for t in texts],
    }
    for table, found in rows.items():
        if found:
            session.execute(insert(table), found)


def answer(database: Database, answers: int, now: int, seed: int = 1) -> None:
    """So many answers, `PER_ATTEMPT` in each attempt, one attempt by each person, over the last 90 days."""
    with database.reading() as session:
        bank = Banks().newest(session)
    attempts = -(-answers // PER_ATTEMPT)
    draw = np.random.default_rng(seed)
    with database.writing() as session:
        for first in range(1, attempts + 1, BATCH // PER_ATTEMPT):
            numbers = range(first, min(first + BATCH // PER_ATTEMPT, attempts + 1))
            _insert_attempts(session, bank, numbers, now - 90 * DAY, attempts)
            session.execute(insert(LogEntry), list(_entries(bank, numbers, now - 90 * DAY, attempts, draw)))
        if session.get_bind().dialect.name == "postgresql":  # which does so by itself within minutes
            session.execute(text("ANALYZE"))


def _insert_attempts(session: Session, bank: BankVersion, numbers: range, since: int, attempts: int) -> None:
    fixed = {"role": "machine-learning-engineer", "seniority": "mid", "length": 35, "seed": 1, "version": bank.number}
    fixed |= {"first_revision": bank.live[0].revision, "excluded": []}
    at = {n: since + n * 90 * DAY // attempts for n in numbers}
    people = [{"id": FIRST + n, "secret_hash": f"bench {n}", "created_at": at[n], "used_at": at[n]} for n in numbers]
    session.execute(insert(Taker), people)
    begun = [
        {"id": FIRST + n, "token": f"bench-{n}", "taker_id": FIRST + n, "started_at": at[n], **fixed} for n in numbers
    ]
    session.execute(insert(Attempt), begun)


def _entries(
    bank: BankVersion, numbers: range, since: int, attempts: int, draw: np.random.Generator
) -> Iterator[dict[str, Any]]:
    singles = [one for one in bank.live if isinstance(one.question, q.Single)]
    asked = np.array([draw.choice(len(singles), min(PER_ATTEMPT, len(singles)), replace=False) for _ in numbers])
    right = _right(singles, asked, draw)
    for row, number in enumerate(numbers):
        at = since + number * 90 * DAY // attempts
        for place, (which, score) in enumerate(zip(asked[row].tolist(), right[row].tolist(), strict=True)):
            live = singles[which]
            yield {
                **{
                    "attempt_id": FIRST + number,
                    "seq": place + 1,
                    "kind": "answered",
                    "at": at + (place + 1) * SECONDS,
                },
                **{"question_id": live.question.id, "revision_id": live.revision, "score": score, "following": None},
                "data": {"response": {"choice": _choice(live, score, draw)}, "unknown": False, "guessing": False},
            }
        if number % UNFINISHED:
            yield _finished(number, asked.shape[1] + 1, at)


def _finished(number: int, seq: int, began: int) -> dict[str, Any]:
    none = dict.fromkeys(("question_id", "revision_id", "score", "following"))
    at = began + seq * SECONDS
    return {"attempt_id": FIRST + number, "seq": seq, "kind": "finished", "at": at, **none, "data": {"printed": {}}}


def _right(singles: list[LiveQuestion], asked: Ints, draw: np.random.Generator) -> Ints:
    """Whether each answer (attempts, asked) is right, people's levels being spread around 1.75."""
    level = draw.normal(1.75, 1.2, len(asked))
    curves = stack([one.curve for one in singles]).take(asked.ravel())
    chance = probabilities(curves, np.repeat(level, asked.shape[1])[:, None])[1, :, 0]
    return (draw.random(chance.shape) < chance).astype(np.int64).reshape(asked.shape)


def _choice(live: LiveQuestion, score: int, draw: np.random.Generator) -> str:
    assert isinstance(live.question, q.Single)
    wrong = [option.id for option in live.question.options if option.id != live.question.key]
    return live.question.key if score else wrong[int(draw.integers(len(wrong)))]
