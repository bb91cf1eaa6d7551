"""A server process as an operator starts it: `quiz serve` on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
START_WITHIN = 60
READY = 200


class ServerError(Exception):
    """The server did not start; the message holds what it said."""


@dataclass(frozen=True)
class Running:
    """A running server: where it listens and its main process."""

    port: int
    pid: int


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
    process = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
    try:
        _wait_until_ready(process, port)
        yield Running(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if ready(port):
            return
        time.sleep(0.1)
    process.kill()
    said = process.communicate()[0].decode(errors="replace")
    raise ServerError(f"quiz serve did not get ready: {said}")


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
