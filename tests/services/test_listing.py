from __future__ import annotations

import pytest
from sqlalchemy import event

from quiz.bank.items import curve
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services import listing as service
from quiz.services.banks import Banks
from quiz.services.listing import PAGE, Asked, Listing, listing
from quiz.store import bank as store
from quiz.store.engine import Database
from quiz.store.listed import set_state
from quiz.store.listing import listed_question

CATALOGUE = read_catalogue(QUESTIONS)


def found(database: Database, **asked: object) -> Listing:
    words, sort, page = asked.pop("words", ""), asked.pop("sort", "changed"), asked.pop("page", 1)
    with database.reading() as session:
        chosen = {name: str(value) for name, value in asked.items()}
        return listing(session, CATALOGUE, Asked(str(words), str(sort), int(str(page)), chosen))


def ids(listed: Listing) -> list[str]:
    return [row.listed.id for row in listed.rows]


@pytest.mark.parametrize(
    "asked", [{}, {"area": "programming"}, {"type": "single", "step": "guided"}, {"words": "list"}]
)
def test_the_counts_of_a_filter_are_what_choosing_it_shows(sqlite: Database, asked: dict[str, str]) -> None:
    start = found(sqlite, **asked)
    for facet in start.facets:
        assert sum(value.count for value in facet.values) == facet.total
        without = {name: value for name, value in asked.items() if name != facet.name}
        assert found(sqlite, **without).found == facet.total
        for value in facet.values[:3]:
            assert found(sqlite, **asked | {facet.name: value.value}).found == value.count, facet.name


def test_pages_hold_every_question_once_in_the_order_asked_for(database: Database) -> None:
    for sort in ("title", "skill", "changed", "step", "type", "nonsense"):
        first = found(database, sort=sort)
        every = [i for page in range(1, first.pages + 1) for i in ids(found(database, sort=sort, page=page))]
        assert len(every) == len(set(every)) == first.total > PAGE
    titles = [row.listed.title.casefold() for row in found(database, sort="title").rows]
    assert titles == sorted(titles)
    assert found(database, page=9999).first < first.total


def test_a_search_reads_the_texts_once(database: Database) -> None:
    said: list[str] = []
    event.listen(database.read, "before_cursor_execute", lambda *a: said.append(a[2]))
    assert ids(found(database, words="gradient"))
    assert sum("listed_words" in one for one in said) == 1


@pytest.mark.parametrize("most", [0, 10_000])
def test_what_is_found_is_the_same_by_name_and_by_words(
    database: Database, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> list[list[str]]:
        asked: list[dict[str, object]] = [{}, {"area": "mathematics"}, {"status": "live", "sort": "title"}, {"page": 2}]
        return [ids(found(database, words="the data", **one)) for one in asked]

    usual = pages()
    assert all(usual)
    monkeypatch.setattr(service, "MOST_NAMED", most)
    assert pages() == usual


def test_search_finds_words_in_text_id_and_references_and_takes_nothing_as_a_pattern(database: Database) -> None:
    assert ids(found(database, words="password-in-NOTEBOOK")) == ["password-in-notebook"]
    assert "password-in-notebook" in ids(found(database, words="shared PASSWORD notebook"))
    assert "password-in-notebook" in ids(found(database, words="passwords notebooks sharing"))
    assert found(database, words="no such words anywhere").found == 0
    assert found(database, words="100%_").found < found(database).found


def test_the_list_takes_two_statements_and_never_reads_the_texts(sqlite: Database) -> None:
    with sqlite.reading() as session:
        said: list[str] = []
        event.listen(sqlite.read, "before_cursor_execute", lambda *args: said.append(args[2]))
        listing(session, CATALOGUE, Asked("a", "title", 2, {"area": "programming"}))
    said = [statement for statement in said if "BEGIN" not in statement]
    assert len(said) == 2
    assert not any("content," in statement for statement in said)


def test_a_row_follows_the_texts_and_what_is_live(database: Database) -> None:
    name = "password-in-notebook"
    with database.writing() as session:
        bank = Banks().newest(session)
        old = listed_question(session, name)
        live = next(live for live in bank.live if live.question.id == name)
        assert old is not None
        assert (old.state, old.live) == ("live", live.revision)
        set_state(session, name, "review")
        changed = live.question.model_copy(update={"title": "Another title here", "status": "retired"})
        store.write_version(session, bank.catalogue, [store.NewRevision(changed, None)], [], "test", 9)
        new = listed_question(session, name)
        assert new is not None
        assert (new.state, new.live, new.title, new.changed_at) == ("retired", None, "Another title here", 9)
        assert new.worded_at == (9 if old.proof == "passed" else new.worded_at)
        again = live.question.model_copy(update={"title": "Another title here"})
        number = store.write_version(
            session, bank.catalogue, [store.NewRevision(again, curve(again, 0.6))], [], "test", 10
        )
        last = listed_question(session, name)
        assert last is not None
        assert (last.state, last.live, last.worded_at) == ("live", last.revision, new.worded_at)
        assert number == 3
