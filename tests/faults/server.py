"""The real server as a process of its own, to be killed. `python -m tests.faults.server TARGET THREADS`: a control."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quiz.cli import serve
from quiz.cli.environment import data_folder
from quiz.cli.serve import THREADS, run
from quiz.config import read_settings
from quiz.services.load import load_bank
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade
from tests.databases import LOADED_AT, part_of_the_bank

SKILLS = ("python-core", "sql", "array-dataframe", "collaboration", "communication", "project-management")
MORE_SKILLS = ("probability", "linear-algebra", "deep-learning", "classical-ml", "monitoring", "problem-framing")
QUIZ = "from quiz.cli.main import main; main()"
READY_SECONDS = 300.0


def load_part(url: str, folder: Path) -> None:
    """A database with a part of the bank."""
    database = open_database(url)
    upgrade(database)
    with database.writing() as session:
        load_bank(session, part_of_the_bank(folder / "questions", *SKILLS, *MORE_SKILLS), LOADED_AT)
    shutil.rmtree(folder / "questions")
    database.close()


def sqlite(folder: Path, name: str = "quiz") -> str:
    """The address of one of the two databases that every bar finds in its folder."""
    return f"sqlite:///{folder / name}.sqlite3"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server that can be killed and started again on the same port and database."""

    def __init__(self, url: str, *, workers: int = 2, target: str | None = None, threads: int = THREADS) -> None:
        self.port = free_port()
        program = ["-m", "tests.faults.server", target, str(threads)] if target else ["-c", QUIZ, "serve"]
        self._command = [sys.executable, *program]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUIZ_")},
            **{"QUIZ_DATABASE_URL": url, "QUIZ_PORT": str(self.port), "QUIZ_WORKERS": str(workers)},
            **{"QUIZ_STARTS_PER_DAY": "0", "QUIZ_FREE_MB": "1"},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start, wait until it is ready; the seconds that took."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait_until_ready()
        return time.monotonic() - began

    def wait_until_ready(self) -> None:
        """Ask /readyz until it is 200. Raises TimeoutError."""
        until = time.monotonic() + READY_SECONDS
        while self.readiness() != 200:
            if time.monotonic() > until:
                raise TimeoutError("the server did not become ready")
            time.sleep(0.02)

    def readiness(self) -> int:
        """The status of /readyz, 0 where there is no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def workers(self) -> list[int]:
        """The process ids of the workers, the oldest first."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="utf-8")
        return [int(child) for child in children.split()]

    def kill_a_worker(self) -> None:
        """kill -9 the oldest worker."""
        os.kill(self.workers()[0], signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 everything at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to stop, as an operator does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(READY_SECONDS)


@contextmanager
def serving(url: str, *, workers: int = 2, target: str | None = None, threads: int = THREADS) -> Iterator[Server]:
    """A server that is killed in the end, whatever happens. `threads` goes with a `target`."""
    server = Server(url, workers=workers, target=target, threads=threads)
    server.start()
    try:
        yield server
    finally:
        server.kill()


if __name__ == "__main__":
    serve.THREADS = int(sys.argv[2])
    run(read_settings(os.environ, data_folder(os.environ)), sys.argv[1])
