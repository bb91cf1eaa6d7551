"""Item statistics: what people's answers say about each live question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
from sqlalchemy.orm import Session

from quiz.attempt.fold import levels_without_each
from quiz.attempt.log import Answered
from quiz.bank.attention import Taken, attention, nearest
from quiz.bank.choices import choices, chosen
from quiz.bank.items import GUESSED
from quiz.bank.text import filled
from quiz.bank.version import BankVersion, LiveQuestion, remembered
from quiz.measure.curve import Floats
from quiz.measure.item_statistics import Answers, Figures, figures, level_at, thirds
from quiz.services.banks import Banks
from quiz.store.answers import AnswerRow, answers

MOST = 5000
"""Attempts that are looked at, the newest; enough for every figure, and read in some seconds."""


@dataclass(frozen=True)
class ItemStatistics:
    """What is known about a live question from `n` answers to its present text.

    With fewer than `measure.item_statistics.LEAST` answers `figures` and `level` are None and the rest is empty.
    `choices`: who chose what, by thirds; `level`, `level_error`: where answers say it belongs, in steps, and
    `says` that step's name; `attention`: why an editor should look at it, in words.
    """

    live: LiveQuestion
    n: int
    figures: Figures | None = None
    choices: tuple[Taken, ...] = ()
    level: float | None = None
    level_error: float | None = None
    says: str | None = None
    attention: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Placed:
    """An answer beside the person's level as their other answers leave it."""

    row: AnswerRow
    mean: float
    sd: float


def item_statistics(
    session: Session, banks: Banks, questions: Collection[str] | None = None, most: int = MOST
) -> tuple[ItemStatistics, ...]:
    """Statistics of all live questions, or of these, by id. One statement beside those that read bank versions.

    Raises EmptyBankError.
    """
    bank = banks.newest(session)
    wanted = [one for one in bank.live if questions is None or one.question.id in questions]
    found: dict[int, list[_Placed]] = {one.revision: [] for one in wanted}
    for placed in _placed(session, banks, most, questions):
        if placed.row.revision in found:
            found[placed.row.revision].append(placed)
    return tuple(_statistics(one, found[one.revision], bank.number) for one in wanted)


def _placed(session: Session, banks: Banks, most: int, questions: Collection[str] | None) -> Iterator[_Placed]:
    rows = list(answers(session, most, questions))
    for _, group in groupby(rows, attrgetter("attempt")):
        attempt = list(group)
        bank = banks.version(session, attempt[0].version)
        levels = _levels(bank, tuple((row.revision, row.score, row.unknown) for row in attempt))
        yield from (_Placed(row, *level) for row, level in zip(attempt, levels.tolist(), strict=True))


@remembered(2 * MOST)
def _levels(bank: BankVersion, given: tuple[tuple[int, int, bool], ...]) -> Floats:
    """Mean and sd (n, 2) of each answer's skill without that answer.

    Remembered, since an attempt's answers change at its end only and a page of statistics is asked for again.
    """
    log = [
        Answered(revision, {}, score, unknown, guessing=False, seconds=0, following=None)
        for revision, score, unknown in given
    ]
    return np.column_stack(levels_without_each(bank, log))


def _statistics(live: LiveQuestion, given: Sequence[_Placed], newest: int) -> ItemStatistics:
    arrays = Answers(
        score=np.array([one.row.score for one in given], dtype=np.int64),
        unknown=np.array([one.row.unknown for one in given], dtype=bool),
        seconds=np.array([one.row.seconds for one in given], dtype=float),
        mean=np.array([one.mean for one in given]),
        sd=np.array([one.sd for one in given]),
        since=np.array([one.row.version == newest for one in given], dtype=bool),
    )
    guessable = live.question.type in GUESSED
    found = figures(arrays, live.curve, guessable=guessable)
    if found is None:
        return ItemStatistics(live, len(given))
    taken = _taken(live, given, thirds(arrays.mean).tolist())
    level = level_at(live.curve, guessable=guessable) + found.fit.shift
    error = found.fit.shift_error
    return ItemStatistics(
        live=live,
        n=len(given),
        figures=found,
        choices=taken,
        level=level,
        level_error=error,
        says=nearest(level),
        attention=attention(live.question, found, taken, level, error),
    )


def _taken(live: LiveQuestion, given: Sequence[_Placed], third: Sequence[int]) -> tuple[Taken, ...]:
    of = [third.count(i) for i in range(3)]
    question = filled(live.question)
    made = Counter(
        (name, i) for one, i in zip(given, third, strict=True) for name in chosen(question, dict(one.row.response))
    )
    return tuple(
        Taken(choice, (made[choice.id, 0], made[choice.id, 1], made[choice.id, 2]), (of[0], of[1], of[2]))
        for choice in choices(question)
    )
