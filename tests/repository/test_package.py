"""The wheel is whole: it serves from any folder, with templates, stylesheet and questions inside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 40
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
    with urlopen(request, timeout=5) as response:
        return str(response.read().decode())


@pytest.mark.slow
def test_the_wheel_serves_from_any_folder(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", QUIZ, "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(
        command, cwd=tmp_path, env=environment(installed, tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        landing = wait_for(port, server)
        assert "Are you ready for a job" in landing
        style = landing.split('rel="stylesheet" href="')[1].split('"')[0]
        assert "--accent" in get(port, style)
        assert '"ready":true' in get(port, "/readyz").replace(" ", "")
    finally:
        server.send_signal(signal.SIGINT)
        output, _ = server.communicate(timeout=20)
    text = output.decode()
    assert f"Serving on http://127.0.0.1:{port}" in text
    assert "Loaded" in text
    assert "Traceback" not in text


def wait_for(port: int, server: subprocess.Popen[bytes]) -> str:
    """The landing page as soon as it is served."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            return get(port, "/")
        except (URLError, ConnectionError):
            time.sleep(0.2)
    server.kill()
    raise AssertionError(f"the server did not answer: {server.communicate()[0].decode()}")


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
                timeout=30,
            )
            assert done.returncode == 1, sentence
            assert sentence in done.stderr
            assert done.stderr.count("\n") <= 1, done.stderr
