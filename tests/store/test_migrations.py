from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select

from quiz.store.editing_tables import Listed, ListedWords
from quiz.store.engine import Database, open_database
from quiz.store.migrate import is_current, newest, upgrade
from quiz.store.tables import Base
from quiz.store.unfinished import Unfinished, all_unfinished
from tests.databases import Server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    server: Server = request.getfixturevalue("postgres")
    name = f"empty_{tmp_path.name}"[:50].lower().replace("-", "_").replace("[", "").replace("]", "")
    server.run(f'DROP DATABASE IF EXISTS "{name}"')
    server.run(f'CREATE DATABASE "{name}"')
    return server.url(name)


def test_migrations_lead_to_exactly_the_tables_of_the_code(empty_url: str) -> None:
    database = open_database(empty_url)
    assert not is_current(database)
    assert upgrade(database) == (None, newest())
    assert is_current(database)
    with database.read.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    assert upgrade(database) == (newest(), newest())


def test_nodes_that_start_at_once_migrate_once(empty_url: str) -> None:
    databases = [open_database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        before = [found[0] for found in pool.map(upgrade, databases)]
    assert sorted(map(str, before)) == sorted([newest()] * 3 + ["None"])
    for database in databases:
        database.close()


BEFORE = (
    "INSERT INTO users (id, name, role, created_at) VALUES (1, 'ada', 'editor', 1)",
    "INSERT INTO questions (id) VALUES ('a-question')",
    """INSERT INTO revisions (id, question_id, number, hash, content, created_at)
    VALUES (1, 'a-question', 1, '', '{}', 1)""",
    """INSERT INTO listed (question_id, revision_id, state, type, skill, level, seconds, title, words, proved_how,
    proof_content, wording_hash, changed_at) VALUES ('a-question', 1, 'draft', 'single', 'sql', 'guided', 60,
    'Eine Straße', 'eine strasse, lang', 'none', '', '', 1)""",
    "INSERT INTO unfinished (question_id, user_id, form, at) VALUES ('a-question', 1, '{\"title\": [\"Half\"]}', 5)",
)


def test_what_editors_have_listed_and_typed_comes_along(empty_url: str) -> None:
    database = open_database(empty_url)
    upgrade(database, "0007")
    with database.write.begin() as connection:
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
    upgrade(database)
    with database.reading() as session:
        found = session.scalars(select(Listed)).one()
        assert (found.question_id, found.title, found.title_folded) == ("a-question", "Eine Straße", "eine strasse")
        assert session.scalars(select(ListedWords.words)).all() == ["eine strasse, lang"]
        assert all_unfinished(session, ("question", "a-question")) == [Unfinished("ada", {"title": ["Half"]}, 5)]
    database.close()
