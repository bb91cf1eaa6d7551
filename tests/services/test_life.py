from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from quiz.bank import question as q
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services import editing, life, publishing
from quiz.services.accounts import Actor
from quiz.services.editing import ConflictError, EditError
from quiz.services.life import CHECKLIST, LifeError
from quiz.store.audit import Wanted, entries
from quiz.store.bank import newest_version, withdrawn_questions
from quiz.store.engine import Database
from quiz.store.listing import listed_question
from quiz.store.reviews import waiting
from quiz.store.revisions import Text, live_text, newest_text, texts_of
from tests.conftest import Clock, make_app
from tests.editor import login
from tests.taker import answer_all, begin, finish, opened

NAME = "password-in-notebook"
CATALOGUE: Catalogue = read_catalogue(QUESTIONS)


@dataclass
class Room:
    """The editors' room with three people in it."""

    database: Database
    now: int = 1_700_100_000

    def person(self, name: str, role: str) -> Actor:
        return login(self.database, name, role, self.now)[0]

    def newest(self, name: str = NAME) -> Text:
        with self.database.reading() as session:
            found = newest_text(session, name)
        assert found is not None
        return found

    def state(self, name: str = NAME) -> str:
        with self.database.reading() as session:
            found = listed_question(session, name)
        assert found is not None
        return found.state

    def save(self, by: Actor, base: int | None = None, **changes: object) -> Text:
        text = self.newest()
        self.now += 10
        with self.database.writing() as session:
            changed = text.question.model_copy(update=changes)
            return editing.save(session, by, changed, base or text.revision, self.now)

    def send(self, by: Actor) -> None:
        with self.database.writing() as session:
            life.send_to_review(session, by, NAME, self.newest().revision, CATALOGUE, self.now)

    def approve(self, by: Actor, ticked: set[str] | None = None) -> None:
        with self.database.writing() as session:
            wanted = set(CHECKLIST) if ticked is None else ticked
            life.approve(session, by, NAME, self.newest().revision, wanted, CATALOGUE, self.now)

    def publish(self, by: Actor, wanted: dict[str, int] | None = None, *, alone: bool = False) -> int:
        with self.database.writing() as session:
            chosen = wanted or {NAME: self.newest().revision}
            return life.publish(session, by, chosen, CATALOGUE, self.now, alone=alone)

    def version(self) -> int | None:
        with self.database.reading() as session:
            return newest_version(session)


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


def test_a_question_goes_from_draft_through_review_to_a_new_bank_version(room: Room) -> None:
    writer, reader = room.person("ada", "editor"), room.person("bob", "reviewer")
    before = room.newest()
    draft = room.save(writer, title="A password that many can read")
    assert (draft.number, draft.question.status, room.state()) == (before.number + 1, "draft", "draft")
    assert room.version() == 1
    room.send(writer)
    with room.database.reading() as session:
        assert [(one.question, one.asked_by) for one in waiting(session)] == [(NAME, "ada")]
    with pytest.raises(LifeError, match="Go through the whole list"):
        room.approve(reader, {"key"})
    room.approve(reader)
    assert room.state() == "approved"
    assert room.publish(reader) == 2
    assert room.state() == "live"
    with room.database.reading() as session:
        live = live_text(session, NAME)
        done = [(one.who, one.verb) for one in entries(session, Wanted(subject=NAME), 10)]
    assert live is not None
    assert live.question.title == "A password that many can read"
    assert done == [("bob", "published"), ("bob", "approved"), ("ada", "sent to review"), ("ada", "text saved")]


def test_nobody_approves_their_own_text_and_a_new_save_needs_a_new_reading(room: Room) -> None:
    one, two = room.person("ada", "reviewer"), room.person("bob", "reviewer")
    room.save(one, title="A password that many can read")
    room.save(two, title="A password that very many can read")
    room.send(two)
    for author in (one, two):
        with pytest.raises(LifeError, match="You wrote at this text yourself"):
            room.approve(author)
    room.approve(room.person("eve", "reviewer"))
    room.save(one, title="A password that most can read")
    assert room.state() == "draft"
    with pytest.raises(LifeError, match="is not approved"):
        room.publish(two)


def test_the_only_reader_publishes_without_a_second_one_and_that_is_marked(room: Room) -> None:
    alone = room.person("ada", "admin")
    room.person("bob", "editor")
    room.save(alone, title="A password that many can read")
    assert room.publish(alone, alone=True) == 2
    with room.database.reading() as session:
        assert entries(session, Wanted(verb="published"), 1)[0].note == "published without second reader"
    room.person("eve", "reviewer")
    room.save(alone, title="A password that more can read")
    with pytest.raises(LifeError, match="Someone else can read this"):
        room.publish(alone, alone=True)


def test_a_text_that_breaks_a_rule_or_needs_proof_can_not_go_live(room: Room) -> None:
    alone = room.person("ada", "admin")
    room.save(alone, stem="A password stands in a notebook. Which of these is not a good first step?\n")
    with pytest.raises(LifeError, match="Mend this first"):
        room.send(alone)
    with pytest.raises(LifeError, match="can't go live"):
        room.publish(alone, alone=True)
    text = room.newest("ab-test-sizes")
    lines = [line.model_copy(update={"text": line.text + "!"}) for line in text.question.lines]  # type: ignore[union-attr]
    with room.database.writing() as session:
        changed = text.question.model_copy(update={"lines": lines})
        saved = editing.save(session, alone, changed, text.revision, room.now)
    with pytest.raises(LifeError, match="It needs proof"):
        room.publish(alone, {"ab-test-sizes": saved.revision}, alone=True)
    assert room.version() == 1


def test_wording_may_change_under_a_proof_and_keeps_the_parameters(room: Room) -> None:
    alone = room.person("ada", "admin")
    text = room.newest("ab-test-sizes")
    with room.database.writing() as session:
        old = live_text(session, text.question.id)
        changed = text.question.model_copy(update={"title": "Which of the tests needs more users?"})
        saved = editing.save(session, alone, changed, text.revision, room.now)
        listed = listed_question(session, text.question.id)
        assert listed is not None
        assert listed.worded_at == saved.at
        assert old is not None
        session.connection().exec_driver_sql(f"UPDATE live SET a = 0.7 WHERE revision_id = {old.revision}")
    room.publish(alone, {"ab-test-sizes": saved.revision}, alone=True)
    with room.database.reading() as session:
        kept = publishing.curve_of(session, saved.question, CATALOGUE)
        fresh = publishing.curve_of(session, saved.question.model_copy(update={"level": "leading"}), CATALOGUE)
    assert kept.a == pytest.approx(0.7)
    assert fresh.a != pytest.approx(0.7)


def test_a_wording_that_comes_back_is_as_old_as_it_was(room: Room) -> None:
    """So a proof that has seen it is not said to be older than it."""
    alone = room.person("ada", "admin")
    titles = ("A password that many can read", "A password that more can read", "A password that many can read")
    at = []
    for title in (*titles, room.newest().question.title):
        room.now += 10
        room.save(alone, title=title)
        with room.database.reading() as session:
            listed = listed_question(session, NAME)
            assert listed is not None
            at.append(listed.worded_at)
    first, second, again, as_it_began = at
    assert first is not None
    assert second is not None
    assert second > first
    assert again == first
    assert as_it_began is None


def test_publishing_several_is_one_version_or_nothing(room: Room) -> None:
    writer, reader = room.person("ada", "editor"), room.person("bob", "reviewer")
    room.save(writer, title="A password that many can read")
    room.send(writer)
    room.approve(reader)
    other = room.newest("ab-test-sizes").revision
    with pytest.raises(LifeError, match="ab-test-sizes is not approved"):
        room.publish(reader, {NAME: room.newest().revision, "ab-test-sizes": other})
    assert (room.version(), room.state()) == (1, "approved")
    with pytest.raises(LifeError, match="A newer text"):
        room.publish(reader, {NAME: 1})


def test_a_running_attempt_is_undisturbed_and_a_withdrawn_question_marks_results(
    database: Database, clock: Clock
) -> None:
    app: Flask = make_app(database, clock)
    room = Room(database, clock.now)
    alone = room.person("ada", "admin")
    early, late = app.test_client(), app.test_client()
    address = begin(early, length="15")
    room.save(alone, title="A password that many can read")
    room.publish(alone, alone=True)
    assert opened(app, early, address).bank.number == 1
    fresh = opened(app, late, begin(late)).bank
    assert next(x for x in fresh.live if x.question.id == NAME).question.title == "A password that many can read"
    answer_all(app, early, address)
    finish(early, address)
    attempt = opened(app, early, address)
    seen = attempt.bank.at(attempt.progress.answers[0].revision).question.id
    assert "known to be wrong" not in early.get(f"{address}/result").text
    with database.writing() as session:
        text = newest_text(session, seen)
        assert text is not None
        life.stop(session, alone, seen, text.revision, "withdrawn", "The key is wrong.", CATALOGUE, room.now)
    with database.reading() as session:
        assert withdrawn_questions(session) == {seen}
    assert "wrong" in early.get(f"{address}/result").text


def test_undoing_a_version_makes_another_with_the_old_texts(room: Room) -> None:
    alone = room.person("ada", "admin")
    old = room.newest().question.title
    room.save(alone, title="A password that many can read")
    room.publish(alone, alone=True)
    with room.database.writing() as session:
        assert publishing.undo(session, alone, CATALOGUE, 2, room.now) == 3
    assert (room.newest().question.title, room.newest().question.status, room.newest().number) == (old, "live", 4)
    with room.database.writing() as session:
        assert publishing.undo(session, alone, CATALOGUE, 2, room.now) is None
        assert publishing.undoing(session, 2).changed_since == (NAME,)


def test_an_old_text_comes_back_as_a_new_draft_and_the_same_text_changes_nothing(room: Room) -> None:
    by = room.person("ada", "editor")
    first = room.newest()
    assert room.save(by) == first
    room.save(by, title="A password that many can read")
    with room.database.writing() as session:
        again = life.restore(session, by, NAME, 1, room.newest().revision, room.now)
    assert (again.number, again.question.title) == (3, first.question.title)
    with room.database.reading() as session:
        assert [text.author for text in texts_of(session, NAME)] == ["ada", "ada", None]


def test_of_many_editors_who_save_at_once_everyone_who_was_told_saved_is_saved(room: Room) -> None:
    people = [room.person(f"editor-{n}", "editor") for n in range(4)]

    def work(by: Actor) -> list[str]:
        saved = []
        for n in range(10):
            text = room.newest()
            title = f"A title by {by.name}, number {n}"
            try:
                with room.database.writing() as session:
                    changed = text.question.model_copy(update={"title": title})
                    editing.save(session, by, changed, text.revision, room.now)
            except ConflictError:
                continue
            saved.append(title)
        return saved

    with ThreadPoolExecutor(4) as pool:
        told = [title for titles in pool.map(work, people) for title in titles]
    with room.database.reading() as session:
        kept = [text.question.title for text in texts_of(session, NAME)]
    assert len(told) >= 10
    assert sorted(told) == sorted(kept[:-1])
    assert len(kept) == len(told) + 1


def test_new_questions_need_a_name_of_their_own(room: Room) -> None:
    by = room.person("ada", "editor")
    question: q.Question = room.newest().question
    for name, reason in ((NAME, "There is a question"), ("Upper", "small letters"), ("new", "small letters")):
        with pytest.raises(EditError, match=reason), room.database.writing() as session:
            editing.create(session, by, question.model_copy(update={"id": name}), room.now)
    with room.database.writing() as session:
        made = editing.create(session, by, question.model_copy(update={"id": "password-again"}), room.now, NAME)
    assert (made.number, made.question.status) == (1, "draft")


def test_the_audit_log_is_only_ever_added_to(room: Room) -> None:
    room.save(room.person("ada", "editor"), title="A password that many can read")
    for statement in ("UPDATE audit SET note = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="only ever added to"), room.database.writing() as session:
            session.connection().exec_driver_sql(statement)
    with room.database.reading() as session:
        entry = entries(session, Wanted(), 1)[0]
    assert entry.before == {"status": "live", "title": "A password in a shared notebook"}
    assert entry.after == {"status": "draft", "title": "A password that many can read"}
