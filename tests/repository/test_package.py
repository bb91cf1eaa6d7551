"""The wheel is whole: it serves from any folder, with templates, stylesheet and questions inside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from quiz.bank.files import question_paths
from quiz.bench.accounting import tree
from quiz.paths import QUESTIONS

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 240
"""Seconds: generous, since a slow machine needs them and no other ever waits so long."""
QUIZ = "from quiz.cli.main import main; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    for command in (
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder / "site"), "WHEEL"],
    ):
        wheel = [str(next(folder.glob("*.whl"))) if word == "WHEEL" else word for word in command]
        done = subprocess.run(wheel, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("QUIZ_")}
    return kept | {"PYTHONPATH": str(installed), "QUIZ_DATA": str(tmp_path / "data")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> str:
    request = Request(f"http://127.0.0.1:{port}{path}")
    with urlopen(request, timeout=30) as response:
        return str(response.read().decode())


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path, int]]:
    """The installed app, serving from a folder that has nothing to do with it: its port, and its output so far."""
    folder = tmp_path_factory.mktemp("elsewhere")
    port = free_port()
    command = [sys.executable, "-c", QUIZ, "serve", "--port", str(port), "--workers", "1"]
    output = folder / "output"
    with output.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(installed, folder),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(port, process, output)
            yield port, output, process.pid
        finally:
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does: every process of the terminal is told
            process.wait(timeout=60)
    assert not any(word in output.read_text() for word in ("Traceback", "Killing"))


@pytest.mark.slow
def test_the_wheel_serves_from_any_folder(server: tuple[int, Path, int]) -> None:
    port, output, _ = server
    landing = get(port, "/")
    assert "Are you ready for a job" in landing
    style = landing.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "--accent" in get(port, style)
    assert '"ready":true' in get(port, "/readyz").replace(" ", "")
    assert f"Serving on http://127.0.0.1:{port}" in output.read_text()
    assert f"Loaded {len(question_paths([QUESTIONS]))} questions" in output.read_text()


@pytest.mark.slow
def test_a_worker_leaves_ctrl_c_to_its_supervisor(server: tuple[int, Path, int]) -> None:
    port, _, pid = server
    before = {process.pid for process in tree(pid)}
    for worker in before - {pid}:
        os.kill(worker, signal.SIGINT)
    time.sleep(1)
    get(port, "/healthz")
    assert {process.pid for process in tree(pid)} == before


@pytest.mark.slow
def test_an_answer_cut_off_by_a_lost_connection_is_not_kept(server: tuple[int, Path, int]) -> None:
    port, _, _ = server
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/start", "", {"Content-Type": "application/x-www-form-urlencoded"})
    started = connection.getresponse()
    started.read()
    address, cookie = started.headers["Location"].removesuffix("/q/1"), started.headers["Set-Cookie"].split(";")[0]
    connection.request("GET", address, headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    names = re.findall(r'name="([^"]+)" id="[^"]+-unknown"', page)
    answer = dict.fromkeys(names, "unknown")
    last = fields.pop("whole")
    body = urlencode(fields | answer | {"whole": last})

    def send(part: str) -> None:
        head = (
            f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port), timeout=30) as lost:
            lost.sendall((head + part).encode())
            if part == body:
                lost.recv(100)
        time.sleep(0.3)

    def position() -> str:
        connection.request("GET", address, headers={"Cookie": cookie})
        return str(re.findall(r"question (\d+) of", connection.getresponse().read().decode())[0])

    for missing in (1, len("&whole=yes"), len("&whole=yes") + 1):
        send(body[:-missing])
        assert position() == "1", f"an answer without its last {missing} characters was kept"
    send(body)
    assert position() == "2", "the control: the whole answer is kept"
    connection.close()


def wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    """Wait until the landing page is served."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            get(port, "/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    process.kill()
    raise AssertionError(f"the server did not answer: {output.read_text()}")


@pytest.mark.slow
def test_a_taken_port_an_unwritable_database_and_a_bad_setting_are_one_sentence_each(
    installed: Path, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        elsewhere = ["--port", str(free_port())]
        for arguments, changes, sentence in (
            (["--port", port], {}, "Choose another --port"),
            (elsewhere, {"QUIZ_DATABASE_URL": "sqlite:////proc/nowhere/quiz.sqlite3"}, "can't write the database"),
            (elsewhere, {"QUIZ_DATABASE_URL": "mysql://x"}, "must begin with sqlite:/// or postgresql://"),
            ([], {"QUIZ_PORT": "eighty"}, "QUIZ_PORT is 'eighty'"),
            (elsewhere, {"QUIZ_COLOUR": "red"}, "QUIZ_COLOUR is not a setting"),
        ):
            done = subprocess.run(
                [sys.executable, "-c", QUIZ, "serve", *arguments],
                cwd=tmp_path,
                env=environment(installed, tmp_path) | changes,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 1, sentence
            assert sentence in done.stderr
            assert done.stderr.count("\n") <= 1, done.stderr
