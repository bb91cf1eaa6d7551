from __future__ import annotations

from dataclasses import replace

from quiz.bank.version import BankVersion
from quiz.bench.walk import counting
from quiz.services.banks import KEPT, Banks
from quiz.store import bank as store
from quiz.store.engine import Database


def next_one(database: Database, banks: Banks, *, title: str = "", slope: float = 0.0) -> BankVersion:
    """The version after a change of the first question's title, or of its curve."""
    with database.writing() as session:
        bank = banks.newest(session)
        live = bank.live[0]
        curve = replace(live.curve, a=slope or live.curve.a)
        question = live.question.model_copy(update={"title": title or live.question.title})
        store.write_version(session, bank.catalogue, [store.NewRevision(question, curve)], [], "changed", 1)
    with database.reading() as session:
        return banks.newest(session)


def test_versions_share_every_question_that_is_the_same_in_them(database: Database) -> None:
    banks = Banks()
    with database.reading() as session:
        first = banks.newest(session)
    second = next_one(database, banks, title="Another title for it")
    assert second.number == first.number + 1
    assert second.live[0].question.title == "Another title for it"
    assert second.live[0] is not first.live[0]
    assert all(one is other for one, other in zip(second.live[1:], first.live[1:], strict=True))


def test_a_question_with_another_curve_is_another_one(sqlite: Database) -> None:
    banks = Banks()
    with sqlite.reading() as session:
        first = banks.newest(session)
    second = next_one(sqlite, banks, slope=1.25)
    assert second.live[0].revision == first.live[0].revision
    assert (second.live[0].curve.a, first.live[0].curve.a != 1.25) == (1.25, True)
    with sqlite.reading() as session:
        again = store.read_version(session, first.number)
    assert again is not None
    assert [one.curve for one in again.live] == [one.curve for one in first.live]


def test_versions_share_the_framework_that_is_the_same_in_them(database: Database) -> None:
    banks = Banks()
    with database.reading() as session:
        first = banks.newest(session)
    assert next_one(database, banks, title="Another title for it").catalogue is first.catalogue


def test_a_framework_that_was_changed_is_another_one(sqlite: Database) -> None:
    banks = Banks()
    with sqlite.writing() as session:
        first = banks.newest(session)
        prior = first.catalogue.competencies.prior.model_copy(update={"mean": 2.5})
        competencies = first.catalogue.competencies.model_copy(update={"prior": prior})
        other = first.catalogue.model_copy(update={"competencies": competencies})
        store.write_version(session, other, [], [], "changed", 1)
    with sqlite.reading() as session:
        second = banks.newest(session)
        assert second.prior.mean[0] == 2.5
        assert banks.version(session, first.number).prior.mean[0] == first.prior.mean[0] != 2.5


def test_people_with_attempts_of_as_many_versions_as_a_day_of_editing_makes_read_none_again(sqlite: Database) -> None:
    banks = Banks()
    with sqlite.writing() as session:
        first = banks.newest(session)
        for _ in range(KEPT - 1):
            store.write_version(session, first.catalogue, [], [], "changed", 1)
    numbers = range(first.number, first.number + KEPT)
    with counting(sqlite) as sent, sqlite.reading() as session:
        for number in numbers:
            banks.version(session, number)
        once = sent.count
        for number in numbers:
            banks.version(session, number)
    assert once > KEPT
    assert sent.count == once
