"""Counting answers now and keeping what they say, for the pages of editors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from quiz.bank.attention import Taken
from quiz.measure.item_statistics import Figures
from quiz.services.banks import Banks
from quiz.services.statistics import ItemStatistics, item_statistics
from quiz.store.answers import asked_lately
from quiz.store.engine import Database
from quiz.store.statistics import Counted, counted, put_counted

IN_THE_BROWSER = 400
"""Attempts that are looked at when an editor asks; about a second's work. The command looks at many more."""


@dataclass(frozen=True)
class Kept:
    """What was counted about one revision of a question, at `at`, from the newest `attempts` attempts.

    `revision` is its number and `text` its row; `asked`: in how many of these it was answered. The other fields
    are those of `ItemStatistics`.
    """

    revision: int
    text: int
    at: int
    attempts: int
    asked: int
    n: int
    figures: Figures | None
    choices: tuple[Taken, ...]
    level: float | None
    level_error: float | None
    says: str | None
    attention: tuple[str, ...]


KEPT = TypeAdapter(Kept)


def count(database: Database, banks: Banks, most: int, now: int, questions: Collection[str] | None = None) -> int:
    """Count the newest `most` attempts (in which one of these questions was answered) and keep what they say.

    Reading takes seconds and holds nobody up; writing takes a moment. Gives the number of questions that have
    answers. Raises EmptyBankError.
    """
    with database.reading() as session:
        found = item_statistics(session, banks, questions, most)
        attempts, asked = asked_lately(session, most)
    with database.writing() as session:
        put_counted(session, [_counted(one, now, attempts, asked.get(one.live.question.id, 0)) for one in found])
    return sum(one.n > 0 for one in found)


def kept(session: Session, question: str) -> Kept | None:
    """What was counted last about a question; None: nothing yet."""
    found = counted(session, question)
    if found is None:
        return None
    row, number = found
    return KEPT.validate_python({**row.content, "revision": number, "text": row.revision, "at": row.at})


def _counted(one: ItemStatistics, now: int, attempts: int, asked: int) -> Counted:
    content: dict[str, Any] = {"attempts": attempts, "asked": asked}
    names = {field.name for field in fields(Kept)} - {"revision", "text", "at", "attempts", "asked"}
    for name in names:
        content[name] = getattr(one, name)
    content["figures"] = asdict(one.figures) if one.figures else None
    content["choices"] = [asdict(taken) for taken in one.choices]
    right = one.figures.right.share if one.figures else None
    return Counted(one.live.question.id, one.live.revision, now, one.n, right, one.says, one.attention, content)
