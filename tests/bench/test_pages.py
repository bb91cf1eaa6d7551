from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from quiz.bench.crowd import answer, grow
from quiz.bench.figure import Figure, failed
from quiz.bench.pages import AFTER, BEFORE, PAGES, SLOWER, Answering, Measured, Page, became, pages
from quiz.bench.plans import Way
from quiz.cli import bench_pages
from quiz.cli.main import main
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
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_every_page_is_measured_and_an_answer_takes_the_same_ways_with_many_there(kind: str) -> None:
    found = pages(kind, 1, 3000)
    assert [one.page for one in found.pages] == [BEFORE, AFTER, *PAGES]
    assert all(0 < one.p50_ms <= one.p95_ms for one in found.pages)
    assert all(one.kilobytes > 0.5 for one in found.pages)
    assert not failed(found.figures.values(), strict=False)


LED, WHOLE = Way("log", ("attempt_id",)), Way("log", ())


def answering(yards: float = 0.1, statements: int = 3, **read: Way) -> Answering:
    page = Page(AFTER, 2, 2, 3, 6)
    return Answering(page, yards, statements, {text: frozenset([way]) for text, way in (read or {"find": LED}).items()})


def over(before: Answering, after: Answering) -> list[str]:
    return [name for name, figure in became(before, after).items() if not figure.ok]


def test_an_answer_that_is_the_same_with_all_answers_there_is_within_every_budget() -> None:
    assert not over(answering(), answering(yards=0.1 * SLOWER - 0.001))
    assert not over(answering(find=LED), answering(find=LED))


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (answering(statements=4), "answer, more statements"),
        (answering(statements=2), "answer, more statements"),
        (answering(find=Way("log", ("revision_id",))), "answer, other plans"),
        (answering(find=LED, count=LED), "answer, other plans"),
        (answering(yards=0.1 * SLOWER + 0.001), "answer, CPU"),
    ],
)
def test_what_another_answer_costs_with_all_there_is_over_a_budget_of_its_own(after: Answering, name: str) -> None:
    assert over(answering(), after) == [name]


def test_an_answer_that_reads_a_table_whole_is_over_budget_also_where_it_always_did() -> None:
    assert over(answering(find=WHOLE), answering(find=WHOLE)) == ["answer, whole tables"]


@pytest.mark.parametrize(
    ("figure", "words", "code"),
    [
        (Figure(1, "", 0), (), 1),
        (Figure(2, "times", SLOWER), (), 0),
        (Figure(2, "times", SLOWER), ("--strict",), 1),
        (Figure(90, "ms", 80), (), 0),
        (Figure(90, "ms", 80), ("--strict",), 1),
        (Figure(70, "ms", 80), ("--strict",), 0),
    ],
)
def test_a_count_over_budget_fails_the_command_and_a_time_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, figure: Figure, words: tuple[str, ...], code: int
) -> None:
    monkeypatch.setattr(bench_pages, "pages", lambda *_: Measured((), {"one": figure}))

    assert CliRunner().invoke(main, ["bench", "pages", *words]).exit_code == code


def test_only_what_has_a_budget_gets_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Measured((Page(AFTER, 2, 2, 3, 6),), {"list": Figure(90, "ms", 80)})
    monkeypatch.setattr(bench_pages, "pages", lambda *_: measured)

    page, figure = json.loads(CliRunner().invoke(main, ["bench", "pages", "--json"]).stdout)

    assert page == {"page": AFTER, "cpu_ms": 2, "p50_ms": 2, "p95_ms": 3, "kilobytes": 6}
    assert figure == {"figure": "list", "value": 90, "unit": "ms", "budget": 80, "ok": False}
