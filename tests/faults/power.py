"""A power cut: of all that was written, only what was synced is there afterwards."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import threading
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import event

from quiz.app import create_app
from quiz.config import Settings
from quiz.store.engine import open_database
from tests.faults.bar import Bar
from tests.faults.client import InProcess
from tests.faults.disk_that_forgets import ForgetfulDisk
from tests.faults.history import Found, Sent, compare

LEAST = 50
"""Lines that were written down: two for each answer, before it is sent and when it is confirmed."""
SECONDS = 600.0


def power_cut(folder: Path, *, long: bool) -> Bar:
    """Cut after cut, each with a new disk; the control syncs less often (synchronous=NORMAL)."""
    draw = random.Random(1)
    cuts = 100 if long else 10
    found = [_cut(folder, draw, "FULL") for _ in range(cuts)]
    control = [_cut(folder, draw, "NORMAL") for _ in range(2)]
    wrong = sum(one.wrong.total() for one in found)
    said = f"of {sum(one.acknowledged for one in control)} by synchronous=NORMAL"
    lost = sum(one.lost for one in found)
    return Bar(cuts, sum(one.acknowledged for one in found), lost, wrong, sum(one.lost for one in control), said)


def _cut(folder: Path, draw: random.Random, synchronous: str) -> Found:
    """One cut: a process answers, dies at some moment, and what its disk kept is held against what it said."""
    running, kept = folder / "running", folder / "kept"
    for place in (running, kept):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copy(folder / "quiz.sqlite3", place / "quiz.sqlite3")
    said = folder / "said.jsonl"
    said.write_text("", encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(target=_answer, args=(running, kept, said, synchronous))
    process.start()
    until = time.monotonic() + SECONDS
    while said.read_text(encoding="utf-8").count("\n") < LEAST and time.monotonic() < until:
        if process.exitcode is not None:
            raise RuntimeError(f"the process that was to be cut off ended by itself ({process.exitcode})")
        time.sleep(0.02)
    time.sleep(draw.uniform(0, 0.5))
    process.kill()
    process.join()
    sent, secrets = _read(said)
    database = open_database(f"sqlite:///{kept / 'quiz.sqlite3'}")
    with closing(database):
        return compare(database, secrets, sent)


def _answer(running: Path, kept: Path, said: Path, synchronous: str) -> None:
    """What the process does until it dies: take attempts, and write down what it was told."""
    ForgetfulDisk(kept)
    url = f"sqlite:///{running / 'quiz.sqlite3'}"
    database = open_database(url)

    def less_often(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    for engine in (database.write, database.add):
        event.listen(engine, "connect", less_often)
    with said.open("a", encoding="utf-8", buffering=1) as file:

        def write(one: Sent) -> None:
            file.write(json.dumps({**asdict(one), "secret": person.secrets[one.token]}) + "\n")

        class Told(list[Sent]):
            """Writes down each thing at once."""

            def append(self, one: Sent) -> None:
                write(one)

        class Writing(InProcess):
            """Writes down an answer before it is sent, too: it may be kept and the process die before it is told."""

            def sending(self, answer: Sent) -> None:
                write(answer)

        app = create_app(Settings(url, starts_per_day=0, free_mb=0), database)
        person = Writing(app, seed=time.monotonic_ns())
        person.sent = Told()
        person.take(threading.Event())


def _read(said: Path) -> tuple[list[Sent], dict[str, str]]:
    lines = [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    secrets = {line["token"]: line.pop("secret") for line in lines}
    sent = [Sent(**line) for line in lines]
    return [one for one in sent[:-1] if one.outcome != "unknown"] + sent[-1:], secrets  # of one on its way: the last
