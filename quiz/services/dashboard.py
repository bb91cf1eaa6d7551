"""The front page of the editors' room: how the bank stands, what waits, how many people come and how far they get.

Nothing here reads everybody's answers: coverage is computed once for each bank version, people are those of the
newest attempts, and what answers say was counted ahead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from quiz.bank.blueprint import Blueprint, blueprint_of
from quiz.bank.coverage import Coverage, coverage
from quiz.bank.version import BankVersion, remembered
from quiz.competency.files import read_yaml
from quiz.store.traffic import Run, newest_runs

DAYS = 14
MOST = 3000
DAY = 86_400


@dataclass(frozen=True)
class Traffic:
    """Attempts of the last `DAYS` days, today last; of them, how many were begun, half done and finished.

    `whole`: False where there were more than the newest `MOST`, which alone are counted.
    """

    days: tuple[tuple[int, int], ...]
    started: int
    half: int
    finished: int
    whole: bool


def traffic(session: Session, now: int) -> Traffic:
    """What came lately. One statement."""
    today = now // DAY
    runs = newest_runs(session, (today - DAYS + 1) * DAY, MOST)
    return counted(runs, today)


def counted(runs: Sequence[Run], today: int) -> Traffic:
    """Attempts by day (in days since 1970, UTC), and the funnel."""
    by_day = Counter(run.started_at // DAY for run in runs)
    return Traffic(
        days=tuple((day * DAY, by_day[day]) for day in range(today - DAYS + 1, today + 1)),
        started=len(runs),
        half=sum(run.finished or 2 * run.entries >= run.length for run in runs),
        finished=sum(run.finished for run in runs),
        whole=len(runs) < MOST,
    )


@remembered(2)
def covered(bank: BankVersion, folder: Path) -> tuple[Coverage, Blueprint]:
    """The live questions of a version against the blueprint in this folder. Raises FileProblems."""
    blueprint = blueprint_of(read_yaml(folder / "blueprint.yaml", folder), bank.catalogue)
    return coverage(bank.catalogue, [one.question for one in bank.live], blueprint), blueprint
