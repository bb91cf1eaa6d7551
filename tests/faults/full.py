"""A full disk: a small one of its own, in a mount namespace. `python -m tests.faults.full` runs inside it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask, redirect, request
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from quiz.app import create_app
from quiz.config import Settings
from quiz.services.upkeep import shorten_log
from quiz.store.engine import Database, open_database
from tests.faults.bar import Bar
from tests.faults.client import InProcess, reply
from tests.faults.history import Sent, compare

SIZE = "24m"
ROOM = 1024 * 1024
AFTER = 50
ATTEMPTS = 40


def disk_full(folder: Path, *, long: bool) -> Bar:
    """Answers until the log has filled the disk, then refusals, then room again."""
    refusals = 5000 if long else 1000
    found = _inside(folder, refusals, "quiz")
    control = _inside(folder, 50, "control")
    problems = {name: found[name] for name in ("refused but kept", "reads failed", "failed after freeing", "others")}
    note = f"{found['refused']} refused; {', '.join(f'{k}: {v}' for k, v in problems.items())}; ready: {found['ready']}"
    said = "lost by an app that says saved whatever the disk says"
    wrong = sum(problems.values()) + (found["ready"] != "200, 503, 200")
    return Bar(refusals, found["acknowledged"], found["lost"], wrong, control["lost"], said, note)


def _inside(folder: Path, refusals: int, name: str) -> dict[str, Any]:
    """Run this module on a small disk that only it sees."""
    place = folder / f"disk-{name}"
    place.mkdir()
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    program = [sys.executable, "-m", "tests.faults.full", str(folder / f"{name}.sqlite3"), str(place), str(refusals)]
    done = subprocess.run(
        ["unshare", *user, "--mount", "--", *program, name], capture_output=True, text=True, check=False, timeout=7200
    )
    if done.returncode != 0:
        raise RuntimeError(f"the small disk could not be tried: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(template: Path, place: Path, refusals: int, name: str) -> None:
    """Inside the namespace."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "quiz", str(place)], check=True)
    shutil.copy(template, place / "quiz.sqlite3")
    url = f"sqlite:///{place / 'quiz.sqlite3'}"
    database = open_database(url)
    app = create_app(Settings(url, starts_per_day=0, free_mb=1), database)
    if name == "control":
        app.register_error_handler(OperationalError, _saved_anyway)
    with closing(database):
        sys.stdout.write(json.dumps(_fill(app, database, place, refusals)) + "\n")


def _saved_anyway(_error: OperationalError) -> Response:
    return redirect(request.path, 303)


def _fill(app: Flask, database: Database, place: Path, refusals: int) -> dict[str, int | str]:
    """Fill the disk with answers, be refused so often, make room, answer again."""
    person, draw = InProcess(app, 1), random.Random(1)
    tokens = [_begin(person) for _ in range(ATTEMPTS)]
    ready = [app.test_client().get("/readyz").status_code]
    found = {"refused": 0, "reads failed": 0, "failed after freeing": 0, "others": 0}
    ballast = place / "ballast"
    ballast.write_bytes(bytes(max(shutil.disk_usage(place).free - ROOM, 0)))
    tried = 0
    with database.read.connect() as reader:  # a reader keeps the log from being cut, so that it grows
        reader.exec_driver_sql("SELECT 1 FROM takers").all()
        while tried < refusals:
            page = _question(person, tokens)
            found["reads failed"] += not page
            status = _send(person, tokens[-1], page, draw)
            found["refused"] += status == 503
            found["others"] += status not in {303, 503}
            tried += status == 503 or shutil.disk_usage(place).free == 0
        ready.append(app.test_client().get("/readyz").status_code)
        early = compare(database, person.secrets, person.sent)
    ballast.unlink()
    shorten_log(database)
    for _ in range(AFTER):
        page = _question(person, tokens)
        found["failed after freeing"] += _send(person, tokens[-1], page, draw) != 303
    ready.append(app.test_client().get("/readyz").status_code)
    late = compare(database, person.secrets, person.sent)
    return {
        **found,
        **{"acknowledged": late.acknowledged, "lost": early.lost + late.lost},
        **{"refused but kept": early.wrong["refused but kept"], "ready": ", ".join(map(str, ready))},
    }


def _begin(person: InProcess) -> str:
    token = person.start(threading.Event())
    assert token is not None
    return token


def _question(person: InProcess, tokens: list[str]) -> str:
    """The page of the question that stands to be answered, in the last attempt that still has one; else nothing."""
    person.cookies["__Host-taker"] = person.secrets[tokens[-1]]
    status, _, page = person.ask("GET", f"/a/{tokens[-1]}", None)
    if status == 200 and 'name="question"' not in page:
        tokens.pop()
        return _question(person, tokens)
    return page if status == 200 else ""


def _send(person: InProcess, token: str, page: str, draw: random.Random) -> int:
    form = reply(page, draw)
    status, _, _ = person.ask("POST", f"/a/{token}", form)
    outcome = "acknowledged" if status == 303 else "refused"
    person.sent.append(
        Sent("answer", token, outcome, int(form["position"][0]), int(form["question"][0]), form)  # type: ignore[arg-type]
    )
    return status


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
