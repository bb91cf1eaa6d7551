"""A server process as an operator starts it: `quiz serve` on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile

from quiz.stopping import whole

HOST = "127.0.0.1"
START_WITHIN = 300
"""Seconds. A machine that many share may take minutes; one that does not start at all ends by itself, and is told."""
END_WITHIN = 20
"""Seconds that requests have to end."""
READY = 200


class ServerError(Exception):
    """The server did not start; the message holds what it said."""


@dataclass(frozen=True)
class Running:
    """A running server: where it listens and its main process, which leads the group of all of them."""

    port: int
    pid: int

    def kill(self) -> None:
        """End it as a power cut ends a machine: all its processes at once, without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database_url: str, workers: int, settings: Mapping[str, str] = {}) -> Iterator[Running]:
    """Run `quiz serve` over this database while the block runs. Raises ServerError."""
    port = free_port()
    environment = {**os.environ, "QUIZ_DATABASE_URL": database_url, "QUIZ_STARTS_PER_DAY": "0", **settings}
    program = [str(Path(sys.executable).with_name("quiz")), "serve", "--port", str(port), "--workers", str(workers)]
    with TemporaryFile() as said, ExitStack() as stack:  # a pipe that nobody reads would stop it once it is full
        with whole():
            process = subprocess.Popen(  # noqa: S603 - our own command
                program, env=environment, stdout=said, stderr=said, start_new_session=True
            )
            stack.push(partial(_stop, process))
        if not _ready_in_time(process, port):
            said.seek(0)
            raise ServerError(f"quiz serve did not get ready: {said.read().decode(errors='replace')}")
        yield Running(port, process.pid)


def _stop(process: subprocess.Popen[bytes], error: type[BaseException] | None, *_: object) -> None:
    """Let it end its requests; after an error, or when all is stopped meanwhile, nobody waits for them.

    None of its processes outlives the block: the database that they serve is deleted next.
    """
    try:
        if error is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_WITHIN)
    finally:
        with whole():
            if process.returncode is None:  # once it has been waited for, its number may be another's
                Running(0, process.pid).kill()
                process.wait()


def _ready_in_time(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if ready(port):
            return True
        time.sleep(0.1)
    return False


def ready(port: int) -> bool:
    """Whether the server on this port says that it can serve."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == READY
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
