"""Four editors on one question: what was told "saved" stands, on top of the text that its editor had read."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from quiz.bank.version import BankVersion
from quiz.services.accounts import Actor
from quiz.services.banks import Banks
from quiz.services.editing import ConflictError, save
from quiz.store.accounts import add_account
from quiz.store.engine import open_database
from quiz.store.revisions import newest_text
from tests.faults.bar import Bar
from tests.faults.postgres import postgresql
from tests.faults.server import sqlite

EDITORS = 4
ORDER = "SELECT id FROM revisions WHERE question_id = :name ORDER BY number"
Told = list[tuple[int, int]]
"""Of each save that was told "saved": the revision that was read before, and the new one."""


def concurrent_editors(folder: Path, *, long: bool) -> Bar:
    """The control saves whatever was read before."""
    times = 500 if long else 50
    with postgresql(folder / "control.sqlite3") as server:
        server.run("CREATE DATABASE editors TEMPLATE quiz_template")
        found = [_edit(url, times, careful=True) for url in (sqlite(folder), server.url("editors"))]
    control = _edit(sqlite(folder, "control"), 50, careful=False)
    told, missing, over = (sum(part) for part in zip(*found, strict=True))
    return Bar(EDITORS * times * 2, told, missing, over, control[2], "saved over a text that its editor had not read")


def _edit(url: str, times: int, *, careful: bool) -> tuple[int, int, int]:
    """How many saves were told, how many of them are not there, how many stand on another text than was read."""
    with closing(open_database(url)) as database, database.writing() as session:
        name = _first(Banks().newest(session))
        people = [add_account(session, f"editor-{n}", "editor", 1) for n in range(EDITORS)]
    with multiprocessing.get_context("fork").Pool(EDITORS) as pool:
        jobs = [(url, name, person, times, careful) for person in people]
        told = [one for some in pool.starmap(_save_often, jobs) for one in some]
    with closing(open_database(url)) as database, database.reading() as session:
        order = list(session.scalars(text(ORDER), {"name": name}))
    before = dict(zip(order[1:], order, strict=False))
    missing = sum(new not in before for _, new in told)
    return len(told), missing, sum(before.get(new) not in {read, None} for read, new in told)


def _first(bank: BankVersion) -> str:
    return bank.live[0].question.id


def _save_often(url: str, name: str, person: int, times: int, careful: bool) -> Told:
    told: Told = []
    with closing(open_database(url)) as database:
        while len(told) < times:
            with database.reading() as session:
                read = newest_text(session, name)
            assert read is not None
            time.sleep(0.002)  # an editor thinks
            changed = read.question.model_copy(update={"title": f"Title {person} {len(told)}"})
            try:
                with database.writing() as session:
                    now = newest_text(session, name)
                    base = read.revision if careful or now is None else now.revision
                    saved = save(session, Actor(person, str(person), "editor"), changed, base, 1)
            except (ConflictError, OperationalError):  # refused, by another's save or by a slow machine
                continue
            told.append((read.revision, saved.revision))
    return told
