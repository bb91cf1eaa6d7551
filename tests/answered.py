"""Many people's answers in a database, as the app would have written them, in a moment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quiz.attempt.log import Answered, Plan
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.services.banks import Banks
from quiz.store import attempts as store
from quiz.store.engine import Database

START = 1_700_100_000
Reply = Callable[[LiveQuestion, int], tuple[dict[str, object], int]]
"""From a question and a person's number to the response and its score."""


def newest(database: Database) -> BankVersion:
    """The newest bank version."""
    with database.reading() as session:
        return Banks().newest(session)


def answered(
    database: Database, bank: BankVersion, asked: list[LiveQuestion], people: range, reply: Reply, seconds: int = 50
) -> None:
    """Each of `people` answers all of `asked`, the n-th person n seconds more slowly than `seconds`."""
    with database.writing() as session:
        for person in people:
            taker = store.add_taker(session, f"hash {bank.number} {person}", START)
            plan = Plan("machine-learning-engineer", "mid", 20, person, bank.number, asked[0].revision)
            token = f"token {bank.number} {person}"
            store.add_attempt(session, taker, token, plan, START)
            for place, live in enumerate(asked):
                stored = store.find_attempt(session, token, f"hash {bank.number} {person}")
                assert stored is not None
                response, score = reply(live, person)
                unknown = "unknown" in response
                given = Answered(live.revision, response, score, unknown, guessing=False, seconds=0, following=None)
                at = START + (place + 1) * (seconds + person)
                store.append(session, stored, given, at, live.question.id)


def sigmoid(x: float) -> float:
    """σ(x)."""
    return float(1 / (1 + np.exp(-x)))
