from __future__ import annotations

from sqlalchemy import event

from quiz.paths import QUESTIONS
from quiz.services import dashboard
from quiz.services.dashboard import DAY, DAYS, counted, covered, traffic
from quiz.store.engine import Database
from quiz.store.traffic import Run, newest_runs
from tests.answered import START, answered, newest
from tests.services.test_statistics import asked, reply


def test_the_funnel_counts_begun_half_and_finished_and_each_day() -> None:
    today = 20_000
    runs = [
        Run(today * DAY + 5, 20, 0, finished=False),
        Run(today * DAY, 20, 10, finished=False),
        Run((today - 1) * DAY, 20, 9, finished=False),
        Run((today - 1) * DAY, 20, 5, finished=True),
    ]
    found = counted(runs, today)
    assert (found.started, found.half, found.finished, found.whole) == (4, 2, 1, True)
    assert found.days[-2:] == (((today - 1) * DAY, 2), (today * DAY, 2))
    assert len(found.days) == DAYS
    assert not counted(runs * dashboard.MOST, today).whole


def test_only_the_newest_attempts_are_read_in_one_statement(database: Database) -> None:
    bank = newest(database)
    answered(database, bank, asked(bank), range(5), reply)
    said: list[str] = []
    event.listen(database.read, "before_cursor_execute", lambda *a: said.append(a[2]))
    with database.reading() as session:
        assert [(run.entries, run.finished) for run in newest_runs(session, START, 3)] == [(3, False)] * 3
        assert newest_runs(session, START + 1, 9) == []
        assert traffic(session, START + 60).days[-1][1] == 5
    assert len([one for one in said if not one.startswith("BEGIN")]) == 3


def test_coverage_is_computed_once_for_a_version(sqlite: Database) -> None:
    bank = newest(sqlite)
    assert covered(bank, QUESTIONS) is covered(bank, QUESTIONS)
    assert covered(bank, QUESTIONS)[0].stock.live == len(bank.live)
