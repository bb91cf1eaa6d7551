from __future__ import annotations

import pytest

from quiz.bench.crowd import answer, grow
from quiz.bench.pages import AFTER, BEFORE, PAGES, pages
from quiz.services.answer_export import answers_csv
from quiz.services.banks import Banks
from quiz.services.listing import Asked, listing
from quiz.services.statistics import item_statistics
from quiz.store.engine import Database
from tests.answered import newest

NOW = 1_700_200_000


def test_a_bank_is_grown_and_answered_as_the_app_would_have_done_it(database: Database) -> None:
    before = len(newest(database).live)
    grow(database, before + 7, NOW)
    bank = newest(database)
    assert len(bank.live) == before + 7
    answer(database, 90, NOW)
    with database.reading() as session:
        assert listing(session, bank.catalogue, Asked()).total == before + 7
        found = [one for one in item_statistics(session, Banks()) if one.n]
    assert sum(one.n for one in found) == 90
    assert {one.live.question.type for one in found} == {"single"}
    assert len("".join(answers_csv(database, "key")).splitlines()) == 91


@pytest.mark.sweep
def test_every_page_is_measured() -> None:
    found = pages("sqlite", 1, 30)
    assert [one.page for one in found] == [BEFORE, AFTER, *PAGES]
    assert all(0 < one.p50_ms <= one.p95_ms for one in found)
    assert all(one.kilobytes > 0.5 for one in found)
