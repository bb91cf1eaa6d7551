"""A PostgreSQL server of our own for as long as it is needed, on a free port, durable as in production."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from quiz.bench.server import free_port
from quiz.stopping import whole

SYSTEM_USER = "postgres"


class NoPostgresError(Exception):
    """There is no PostgreSQL on this machine, or it would not start; the message says which."""


@contextmanager
def postgresql(connections: int = 100) -> Iterator[tuple[str, int]]:
    """The URL of an empty database and the server's process id, while the block runs. Raises NoPostgresError."""
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="quiz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, SYSTEM_USER)
        port = free_port()
        data = folder / "data"
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        _run([str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8"], folder)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections={connections}"
        try:
            with whole():  # broken off, it might start when nobody is there to stop it
                _run([*control, "-o", options, "-l", str(folder / "log"), "start"], folder)
            pid = _running(data)
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", pid
        finally:
            if _running(data):
                _run([*control, "-m", "immediate", "stop"], folder)


def _running(data: Path) -> int:
    """The server's process id; 0 where it has none, since its start was broken off."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (OSError, IndexError):
        return 0


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise NoPostgresError("PostgreSQL is not installed: sudo apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


def _run(command: Sequence[str], folder: Path) -> None:
    """Run a server command; PostgreSQL refuses to run as root."""
    as_server = ["runuser", "-u", SYSTEM_USER, "--", *command] if os.geteuid() == 0 else list(command)
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own words
        as_server, cwd=folder, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=60)
        except BaseException:  # with all that it has started
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise NoPostgresError(f"{command[0]}: {said}")
