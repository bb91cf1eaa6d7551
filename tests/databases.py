"""Databases for tests: SQLite files, and a real PostgreSQL server that lives as long as the test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from quiz.paths import QUESTIONS
from quiz.services.load import load_bank
from quiz.store.backup import restore_backup
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade

LOADED_AT = 1_700_000_000


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server with a template that holds schema and bank."""

    port: int
    binaries: Path
    folder: Path

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def start(self) -> None:
        """Start it, with nothing durable about it."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100"
        self.control("-o", options, "-l", str(self.folder / "log"), "start")

    def control(self, *words: str) -> None:
        """Start or stop it."""
        run_as_postgres(
            [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-t", "240", *words], self.folder
        )


def prepare(url: str) -> None:
    """Bring a database to the current schema and load the bank."""
    database = open_database(url)
    upgrade(database)
    with database.writing() as session:
        load_bank(session, QUESTIONS, LOADED_AT)
    database.close()


def prepare_as(template: Path, url: str) -> None:
    """Bring a database to the current schema and copy a prepared SQLite file into it: loading the bank costs more."""
    database = open_database(url)
    upgrade(database)
    restore_backup(template, database)
    database.close()


def find_binaries() -> Path | None:
    """Where initdb and pg_ctl are, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def postgresql_server(binaries: Path, fill: Callable[[str], None]) -> Iterator[Server]:
    """A server of our own on a free port, with nothing durable about it. `fill` makes its template."""
    folder = Path(tempfile.mkdtemp(prefix="quiz-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(port, binaries, folder)
    make = [str(binaries / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"]
    run_as_postgres(make, folder)
    server.start()
    try:
        server.run("CREATE DATABASE quiz_template")
        fill(server.url("quiz_template"))
        yield server
    finally:
        server.control("-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def run_as_postgres(command: list[str], folder: Path) -> None:
    """Run a server command; PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"


def part_of_the_bank(folder: Path, *skills: str) -> Path:
    """A copy of the framework and of these skills' question files: the whole bank takes seconds to read."""
    others = {path.name for path in QUESTIONS.glob("*/*") if path.is_dir()} - set(skills)
    shutil.copytree(QUESTIONS, folder, ignore=lambda _, names: others & set(names))
    return folder
