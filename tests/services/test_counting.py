from __future__ import annotations

from typing import Any

from sqlalchemy import event

from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks
from quiz.services.counting import count, kept
from quiz.services.listing import Asked, listing
from quiz.services.statistics import item_statistics
from quiz.store.engine import Database
from quiz.store.statistics import counted_at
from tests.answered import answered, newest
from tests.services.test_statistics import PEOPLE, asked, reply

CATALOGUE = read_catalogue(QUESTIONS)


def test_what_was_counted_is_kept_and_read_back_as_it_was(database: Database) -> None:
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three[:2], range(PEOPLE), reply)
    name = three[0].question.id
    with database.reading() as session:
        assert kept(session, name) is None
    assert count(database, Banks(), 500, 9) == 2
    with database.reading() as session:
        fresh = item_statistics(session, Banks(), [name])[0]
        found, other = kept(session, name), kept(session, three[2].question.id)
    assert found is not None
    assert other is not None
    assert (found.figures, found.choices, found.says, found.attention) == (
        *(fresh.figures, fresh.choices, fresh.says),
        fresh.attention,
    )
    assert (found.text, found.revision, found.at) == (three[0].revision, 1, 9)
    assert (found.attempts, found.asked, other.asked, other.figures) == (PEOPLE, PEOPLE, 0, None)
    assert count(database, Banks(), 500, 12, [name]) == 1
    with database.reading() as session:
        again = kept(session, name)
    assert again is not None
    assert again.at == 12


def test_all_questions_are_kept_with_one_statement(database: Database) -> None:
    answered(database, newest(database), asked(newest(database)), range(PEOPLE), reply)
    for at in (9, 12):  # first where nothing was kept, then in its place
        said: list[tuple[str, bool]] = []

        def hear(*arguments: Any, said: list[tuple[str, bool]] = said) -> None:
            said.append((arguments[2].split()[0], arguments[5]))

        event.listen(database.write, "before_cursor_execute", hear)
        count(database, Banks(), 500, at)
        event.remove(database.write, "before_cursor_execute", hear)
        assert [(verb, many) for verb, many in said if verb != "BEGIN"] == [("INSERT", True)]
        with database.reading() as session:
            assert counted_at(session) == at


def test_only_the_newest_attempts_are_counted(database: Database) -> None:
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three[:2], range(PEOPLE), reply)
    count(database, Banks(), PEOPLE - 5, 9)
    with database.reading() as session:
        found = kept(session, three[0].question.id)
    assert found is not None
    assert (found.attempts, found.asked, found.n) == (PEOPLE - 5,) * 3


def test_the_list_shows_what_answers_say_and_counts_what_needs_a_look(sqlite: Database) -> None:
    bank = newest(sqlite)
    three = asked(bank)
    answered(
        sqlite, bank, three, range(PEOPLE), lambda live, person: ({"unknown": True}, 0) if person else reply(live, 1)
    )
    count(sqlite, Banks(), 500, 9)
    said: list[str] = []
    event.listen(sqlite.read, "before_cursor_execute", lambda *a: said.append(a[2]))
    with sqlite.reading() as session:
        found = listing(session, CATALOGUE, Asked(chosen={"attention": "answers"}))
    assert len([one for one in said if not one.startswith("BEGIN")]) == 2
    assert {row.listed.id for row in found.rows} >= {three[1].question.id}
    row = next(row for row in found.rows if row.listed.id == three[1].question.id)
    assert (row.listed.answers, row.listed.right) == (PEOPLE, 0)
    assert row.listed.told
    assert any("I don't know" in reason for reason in row.listed.told)
