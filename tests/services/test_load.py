from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from quiz.bank.files import canonical, read_folder
from quiz.competency.change import written
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks
from quiz.services.editing import save
from quiz.services.framework import publish as publish_framework
from quiz.services.life import publish
from quiz.services.load import export_bank, load_bank
from quiz.services.taking import DEFAULT_ROLE
from quiz.store import bank as store
from quiz.store.engine import Database
from quiz.store.revisions import newest_text
from quiz.yamlfile import FileProblems
from tests.conftest import Clock, make_app
from tests.databases import part_of_the_bank
from tests.editor import login
from tests.taker import answer_all, begin, finish, opened

ONE = Path("system-design/responsible-secure-ml/password-in-notebook.yaml")


LIVE = [file.question for file in read_folder(QUESTIONS).files if file.question.status == "live"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the framework and of two skills' question files, which a test may change.

    The database holds the whole bank; what has no file in the folder stays as it is.
    """
    return part_of_the_bank(tmp_path / "questions", ONE.parent.name, "sql")


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A copy of all question files."""
    return Path(shutil.copytree(QUESTIONS, tmp_path / "whole"))


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def load(database: Database, folder: Path, *, dry_run: bool = False) -> tuple[tuple[str, ...], int | None]:
    with database.writing() as session:
        plan = load_bank(session, folder, 5, dry_run=dry_run)
    return plan.new + plan.changed + plan.stopped, plan.version


def test_a_skill_that_questions_of_the_database_ask_for_cannot_go(database: Database, folder: Path) -> None:
    before = newest(database)
    for path in (*folder.glob("*.yaml"), *folder.glob("profiles/*.yaml"), *folder.glob("resources/*.yaml")):
        path.write_text(path.read_text(encoding="utf-8").replace("python-core", "python-2"), encoding="utf-8")
    with pytest.raises(FileProblems, match=r"lacks the skill python-core, .*more\. Export them"):
        load(database, folder)
    assert newest(database) == before


def newest(database: Database) -> int:
    with database.reading() as session:
        return Banks().newest(session).number


def test_loading_the_same_files_again_changes_nothing(database: Database, folder: Path) -> None:
    assert load(database, folder) == ((), None)
    assert newest(database) == 1


def test_a_dry_run_says_what_would_change_and_changes_nothing(database: Database, folder: Path) -> None:
    change(folder / ONE, "seconds: 50", "seconds: 55")
    assert load(database, folder, dry_run=True) == (("password-in-notebook",), None)
    assert newest(database) == 1
    assert load(database, folder) == (("password-in-notebook",), 2)


def test_a_running_attempt_keeps_its_version_and_a_new_one_gets_the_next(
    database: Database, folder: Path, clock: Clock
) -> None:
    app = make_app(database, clock)
    early, late = app.test_client(), app.test_client()
    address = begin(early)
    change(folder / ONE, "title: A password in a shared notebook", "title: A password that many can read")
    load(database, folder)
    assert opened(app, early, address).bank.number == 1
    assert opened(app, late, begin(late)).bank.number == 2
    answer_all(app, early, address)
    finish(early, address)
    assert "bank version 1 " in early.get(f"{address}/result").get_data(as_text=True)


def test_a_broken_file_stops_the_load_with_every_error_and_changes_nothing(database: Database, folder: Path) -> None:
    change(folder / ONE, "level: guided", "level: easy")
    change(folder / ONE, "seconds: 50", "seconds: 2")
    other = folder / "programming/sql/spent-before.yaml"
    change(other, "skill: sql", "skill: sewing")
    with pytest.raises(FileProblems) as caught:
        load(database, folder)
    problems = [(p.file.rsplit("/", 1)[-1], p.field) for p in caught.value.problems]
    for expected in (("password-in-notebook.yaml", "level"), ("password-in-notebook.yaml", "seconds")):
        assert expected in problems
    assert ("spent-before.yaml", "skill") in problems
    assert all(p.line > 0 for p in caught.value.problems)
    assert newest(database) == 1


def test_a_retired_question_is_no_longer_asked_and_can_come_back(database: Database, folder: Path) -> None:
    change(folder / ONE, "status: live", "status: retired")
    assert load(database, folder)[1] == 2
    with database.reading() as session:
        names = {live.question.id for live in Banks().newest(session).live}
        assert "password-in-notebook" not in names
        assert len(names) == len(LIVE) - 1
    change(folder / ONE, "status: retired", "status: live")
    assert load(database, folder)[1] == 3
    with database.reading() as session:
        assert len(Banks().newest(session).live) == len(LIVE)


def test_a_withdrawn_question_is_never_newly_asked_in_any_version(sqlite: Database, whole: Path, clock: Clock) -> None:
    folder = whole
    app = make_app(sqlite, clock)
    client = app.test_client()
    address = begin(client, length="35")
    asked = opened(app, client, address).progress.current
    bank = opened(app, client, address).bank
    wrong = [live.question.id for live in bank.live if live.revision != asked][:25]
    for path in folder.rglob("*.yaml"):
        if path.stem in wrong:
            change(path, "status: live", "status: withdrawn")
    load(sqlite, folder)
    answer_all(app, client, address)
    attempt = opened(app, client, address)
    assert attempt.bank.number == 1
    answered = [attempt.bank.at(a.revision).question.id for a in attempt.progress.answers]
    assert not set(answered) & set(wrong)
    for path in folder.rglob("*.yaml"):
        if path.stem == answered[0]:
            change(path, "status: live", "status: withdrawn")
    load(sqlite, folder)
    finish(client, address)
    assert "1 question that you answered has since been found to be wrong" in client.get(f"{address}/result").text
    assert client.get(f"{address}/review").text.count("It is no longer asked") == 1


def test_a_change_of_a_profile_makes_a_version_too(database: Database, folder: Path) -> None:
    profile = folder / "profiles/machine-learning-engineer.yaml"
    change(profile, "junior: 1.5", "junior: 1.0")
    assert load(database, folder) == ((), 2)


def test_a_question_edited_on_both_sides_is_named_and_never_overwritten(database: Database, folder: Path) -> None:
    edit_in_database(database, "password-in-notebook", 61)
    change(folder / ONE, "seconds: 50", "seconds: 55")
    with pytest.raises(FileProblems, match=r"password-in-notebook\.yaml: was edited here and in the database"):
        load(database, folder)
    with database.reading() as session:
        assert store.newest_texts(session)["password-in-notebook"].seconds == 61


def test_a_question_edited_in_the_database_alone_is_kept(database: Database, folder: Path) -> None:
    edit_in_database(database, "password-in-notebook", 61)
    with database.writing() as session:
        plan = load_bank(session, folder, 5)
    assert plan.kept == ("password-in-notebook",)
    with database.reading() as session:
        assert store.newest_texts(session)["password-in-notebook"].seconds == 61


def edit_in_database(database: Database, name: str, seconds: int) -> None:
    with database.writing() as session:
        bank = Banks().newest(session)
        live = next(one for one in bank.live if one.question.id == name)
        edited = live.question.model_copy(update={"seconds": seconds})
        store.write_version(session, bank.catalogue, [store.NewRevision(edited, live.curve)], [], "edited", 3)


def test_an_export_of_what_was_loaded_changes_no_byte(database: Database, whole: Path) -> None:
    with database.reading() as session:
        assert export_bank(session, whole) == []


def test_an_edit_in_the_database_is_exported_as_one_changed_line(database: Database, whole: Path) -> None:
    before = (whole / ONE).read_text(encoding="utf-8").splitlines()
    edit_in_database(database, "password-in-notebook", 61)
    with database.reading() as session:
        assert export_bank(session, whole, dry_run=True) == [whole / ONE]
        assert export_bank(session, whole) == [whole / ONE]
    after = (whole / ONE).read_text(encoding="utf-8").splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [("seconds: 50", "seconds: 61")]


def test_the_files_stand_in_canonical_form() -> None:
    for file in read_folder(QUESTIONS).files:
        assert canonical(file.question) == file.path.read_text(encoding="utf-8"), file.path


def test_published_texts_are_never_changed(database: Database, folder: Path) -> None:
    with database.reading() as session:
        before = session.execute(text("SELECT id, hash FROM revisions ORDER BY id")).all()
    change(folder / ONE, "seconds: 50", "seconds: 55")
    load(database, folder)
    with database.reading() as session:
        after = session.execute(text("SELECT id, hash FROM revisions ORDER BY id")).all()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


def test_a_draft_over_a_live_text_is_neither_exported_nor_a_conflict(database: Database, folder: Path) -> None:
    ada, _ = login(database, "ada", "admin", 5)
    catalogue = read_catalogue(folder)
    name = ONE.stem
    for title, publishes in (("A password that many can read", True), ("A title that is only a draft", False)):
        with database.writing() as session:
            text = newest_text(session, name)
            assert text is not None
            saved = save(session, ada, text.question.model_copy(update={"title": title}), text.revision, 6)
            if publishes:
                publish(session, ada, {name: saved.revision}, catalogue, 7, alone=True)
    with database.reading() as session:
        changed = export_bank(session, folder, dry_run=True)
        assert folder / ONE in changed
        asked = store.settled_texts(session)[name]
    (folder / ONE).write_text(canonical(asked), encoding="utf-8")
    assert "A password that many can read" in (folder / ONE).read_text(encoding="utf-8")
    assert load(database, folder) == ((), None)
    change(folder / ONE, "seconds: 50", "seconds: 55")
    with pytest.raises(FileProblems, match="was edited here and in the database"):
        load(database, folder)


PROFILE = "profiles/machine-learning-engineer.yaml"
BY_AN_EDITOR = ("junior: 1.5", "junior: 1.2")


def edit_in_the_browser(database: Database, kind: str, name: str, old: str, new: str) -> None:
    ada, _ = login(database, f"ada-{kind}", "admin", 5)
    banks = Banks()
    with database.writing() as session:
        text = written(banks.newest(session).catalogue, kind, name) or ""
        assert old in text
        base = store.newest_catalogue_hash(session) or ""
        publish_framework(session, ada, (kind, name), text.replace(old, new), base, banks, 6)


def part(database: Database, kind: str, name: str) -> str:
    with database.reading() as session:
        return written(Banks().newest(session).catalogue, kind, name) or ""


def test_what_an_editor_made_of_a_profile_is_kept_and_told_while_its_file_stays(
    database: Database, folder: Path
) -> None:
    edit_in_the_browser(database, "profile", DEFAULT_ROLE, *BY_AN_EDITOR)
    for other in ("seconds: 55", "seconds: 58"):  # the second load must not take the first one's word for the file's
        change(folder / ONE, "seconds: 50" if other.endswith("55") else "seconds: 55", other)
        with database.writing() as session:
            plan = load_bank(session, folder, 7)
        assert (plan.changed, plan.kept, plan.catalogue_changed) == ((ONE.stem,), (PROFILE,), False)
        assert "junior: 1.2" in part(database, "profile", DEFAULT_ROLE)
    assert load(database, folder) == ((), None)


def test_another_part_of_the_framework_is_loaded_beside_what_an_editor_changed(
    database: Database, folder: Path
) -> None:
    edit_in_the_browser(database, "hours", "programming", "guided: ", "guided: 1")
    edit_in_the_browser(database, "resources", "mathematics", "Essence of linear algebra", "The essence of it")
    edited = [part(database, *one) for one in (("hours", "programming"), ("resources", "mathematics"))]
    change(folder / PROFILE, *BY_AN_EDITOR)
    with database.writing() as session:
        plan = load_bank(session, folder, 7)
    assert plan.catalogue_changed
    assert set(plan.kept) == {"competencies.yaml, hours of programming", "resources/mathematics.yaml"}
    assert "junior: 1.2" in part(database, "profile", DEFAULT_ROLE)
    assert [part(database, *one) for one in (("hours", "programming"), ("resources", "mathematics"))] == edited


def test_a_profile_changed_on_both_sides_is_named_and_never_overwritten(database: Database, folder: Path) -> None:
    edit_in_the_browser(database, "profile", DEFAULT_ROLE, *BY_AN_EDITOR)
    before = (folder / PROFILE).read_text(encoding="utf-8")
    change(folder / PROFILE, "junior: 1.5", "junior: 1.0")
    for dry_run in (True, False):
        with pytest.raises(FileProblems, match=rf"{PROFILE}: was changed here and in the browser"):
            load(database, folder, dry_run=dry_run)
    assert "junior: 1.2" in part(database, "profile", DEFAULT_ROLE)
    (folder / PROFILE).write_text(before.replace(*BY_AN_EDITOR), encoding="utf-8")
    assert load(database, folder) == ((), None)


def test_a_file_can_go_back_to_what_it_was(database: Database, folder: Path) -> None:
    before = (folder / PROFILE).read_text(encoding="utf-8")
    change(folder / PROFILE, *BY_AN_EDITOR)
    assert load(database, folder) == ((), 2)
    (folder / PROFILE).write_text(before, encoding="utf-8")
    assert load(database, folder) == ((), 3)
    assert "junior: 1.5" in part(database, "profile", DEFAULT_ROLE)
