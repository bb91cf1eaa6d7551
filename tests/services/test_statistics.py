from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sqlalchemy import event, text

from quiz.attempt.fold import belief_after
from quiz.attempt.log import Answered
from quiz.bank import question as q
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.measure.item_statistics import LEAST
from quiz.services.banks import Banks
from quiz.services.statistics import ItemStatistics, item_statistics
from quiz.store.engine import Database
from tests.answered import answered, newest

PEOPLE = 40

NEXT_VERSION = """INSERT INTO versions (number, catalogue_id, reason, created_at)
SELECT number + 1, catalogue_id, reason, created_at FROM versions"""


def asked(bank: BankVersion) -> list[LiveQuestion]:
    """A single and two numbers, of one area."""
    singles = [one for one in bank.live if one.question.type == "single"]
    numbers = [one for one in bank.live if one.question.type == "number" and one.question.level == "independent"]
    return [singles[0], *numbers[:2]]


def reply(live: LiveQuestion, person: int) -> tuple[dict[str, object], int]:
    """The higher a person's number, the likelier they are right; every fifth says "I don't know" to a single."""
    right = (person * 7 + live.revision * 3) % PEOPLE < person
    if isinstance(live.question, q.Single):
        wrong = next(o.id for o in live.question.options if o.id != live.question.key)
        if not right and person % 5 == 0:
            return {"unknown": True}, 0
        return {"choice": live.question.key if right else wrong}, int(right)
    return {"text": "1" if right else "2"}, int(right)


def statistics(database: Database, *ids: str) -> tuple[ItemStatistics, ...]:
    with database.reading() as session:
        return item_statistics(session, Banks(), ids or None)


def test_figures_are_those_of_an_independent_count(database: Database) -> None:
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three, range(PEOPLE), reply)
    one = statistics(database, three[0].question.id)[0]

    given = [[reply(live, person) for live in three] for person in range(PEOPLE)]
    score = np.array([replies[0][1] for replies in given])
    level = np.array([_level_by_others(bank, three, [score for _, score in replies]) for replies in given])
    interval = stats.binomtest(int(score.sum()), PEOPLE).proportion_ci(method="wilson")

    assert one.figures is not None
    assert one.n == one.figures.n == PEOPLE
    assert one.figures.right.share == score.mean()
    assert (one.figures.right.low, one.figures.right.high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert one.figures.unknown.share == np.mean(["unknown" in replies[0][0] for replies in given])
    assert one.figures.seconds == np.median(50 + np.arange(PEOPLE))
    assert one.figures.discrimination is not None
    assert one.figures.discrimination.r == pytest.approx(stats.pearsonr(level, score).statistic, abs=0.02)
    counts = {choice.choice.id: sum(choice.count) for choice in one.choices}
    assert counts["unknown"] == sum("unknown" in replies[0][0] for replies in given)
    assert isinstance(three[0].question, q.Single)
    assert counts[three[0].question.key] == score.sum()
    assert sum(counts.values()) == PEOPLE


def _level_by_others(bank: BankVersion, three: list[LiveQuestion], scores: list[int]) -> float:
    """The first question's skill, by folding the other two answers."""
    others = [
        Answered(live.revision, {}, score, unknown=False, guessing=False, seconds=0, following=None)
        for live, score in zip(three[1:], scores[1:], strict=True)
    ]
    return float(belief_after(bank, others).mean[bank.skills[bank.row_of[three[0].revision]]])


def test_questions_with_too_few_answers_say_how_many_and_nothing_else(database: Database) -> None:
    bank = newest(database)
    answered(database, bank, asked(bank)[:2], range(LEAST - 1), reply)
    made = {one.live.question.id: one for one in statistics(database)}

    assert len(made) == len(bank.live)
    few = made[asked(bank)[0].question.id]
    assert few == ItemStatistics(few.live, LEAST - 1)
    assert made[asked(bank)[2].question.id].n == 0
    assert not any(one.figures or one.choices or one.attention for one in made.values())


def test_only_what_is_needed_is_read(database: Database) -> None:
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three[:2], range(3), reply)
    answered(database, bank, three[2:], range(3, 5), reply)
    said: list[str] = []
    event.listen(database.read, "before_cursor_execute", lambda *a: said.append(a[2]))
    banks = Banks()
    with database.reading() as session:
        banks.newest(session)
        said.clear()
        made = item_statistics(session, banks, [three[2].question.id])

    assert [one.n for one in made] == [2]
    assert len([one for one in said if not one.startswith("BEGIN")]) == 2


def test_answers_since_the_newest_version_are_told_from_those_before(database: Database) -> None:
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three, range(PEOPLE), lambda live, _: reply(live, 5))
    with database.writing() as session:
        session.execute(text(NEXT_VERSION))
    answered(database, newest(database), three, range(PEOPLE), lambda live, _: reply(live, 39))
    one = statistics(database, three[1].question.id)[0]

    assert one.figures is not None
    assert one.figures.drift is not None
    assert (one.figures.drift.before, one.figures.drift.since) == (PEOPLE, PEOPLE)
    assert "easier since the newest version than before" in one.attention
