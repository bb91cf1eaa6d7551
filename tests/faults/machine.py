"""Anything in any order: start, answer, resend, finish, extend, delete, publish, withdraw, clocks that jump.

A model of what must be is held against the database after every step, on both databases.
"""

from __future__ import annotations

import io
import itertools
import multiprocessing
import random
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from quiz.app import create_app
from quiz.attempt.log import Answered, Extended, Finished
from quiz.config import Settings
from quiz.services.banks import Banks
from quiz.services.taking import OpenAttempt, open_attempt
from quiz.store import bank as store
from quiz.store.engine import Database, open_database
from tests.faults.bar import Bar
from tests.faults.client import InProcess, reply
from tests.faults.history import Sent, is_of
from tests.faults.postgres import postgresql
from tests.faults.server import sqlite
from tests.taker import hidden_fields

CHOICE = st.integers(0, 10**6)
CONTROL = "a forgetful app was noticed"
BEGUN_AT = 1_800_000_000
LEAST_LIVE = 30


@dataclass
class Believed:
    """What must stand in the database of one attempt."""

    token: str
    secret: str
    answers: list[Sent] = field(default_factory=list)
    other_entries: list[str] = field(default_factory=list)
    gone: bool = False


class ModelError(AssertionError):
    """Model and database differ."""


class Machine(RuleBasedStateMachine):
    """One person's doings, and an editor's beside them."""

    app: Flask
    database: Database
    clock: list[int]
    banks: Banks
    steps = 0
    confirmed = 0
    finished = 0
    most_edits = 1

    def __init__(self) -> None:
        super().__init__()
        self.person = InProcess(self.app, 1)
        self.known: list[Believed] = []
        self.edits = 0

    @rule(length=st.sampled_from(["15", "20", "35"]))
    def start(self, length: str) -> None:
        """Begin another attempt."""
        status, headers, _ = self.person.ask("POST", "/start", {"length": [length]})
        _same(status, 303, "start")
        token = headers["Location"].split("/a/")[1].split("/")[0]
        self.known.append(Believed(token, self.person.cookies["__Host-taker"]))
        self._check()

    @precondition(lambda self: self.known)
    @rule(which=CHOICE, draw=CHOICE, times=st.integers(1, 12))
    def answer(self, which: int, draw: int, times: int) -> None:
        """Answer the question that stands, and perhaps some after it: an attempt has 15 at least."""
        for number in range(times):
            believed, page = self._page(which)
            if 'name="question"' not in page:
                break
            form = reply(page, random.Random(draw + number))
            place, revision = int(form["position"][0]), int(form["question"][0])
            _same(place, len(believed.answers) + 1, "the position asked")
            _same(self.person.ask("POST", f"/a/{believed.token}", form)[0], 303, "answer")
            believed.answers.append(Sent("answer", believed.token, "acknowledged", place, revision, form))
            believed.other_entries.append("answered")
            type(self).confirmed += 1
            self._check()

    @precondition(lambda self: any(b.answers and not b.gone for b in self.known))
    @rule(which=CHOICE, draw=CHOICE)
    def resend(self, which: int, draw: int) -> None:
        """Send an old answer again, or another one in its place."""
        answered = [b for b in self.known if b.answers and not b.gone]
        believed = answered[which % len(answered)]
        old = believed.answers[draw % len(believed.answers)]
        _same(self.person.ask("POST", f"/a/{believed.token}", old.form)[0], 303, "the same again")
        broken = {**old.form, "position": [str(old.position + 1)]}
        if self.person.ask("POST", f"/a/{believed.token}", broken)[0] not in {400, 409}:
            raise ModelError("an answer to what was not asked was taken")
        self._check()

    @precondition(lambda self: self.known)
    @rule(which=CHOICE)
    def finish(self, which: int) -> None:
        """Ask for the result."""
        believed, page = self._page(which)
        status = self._post(believed, "finish", page)
        if status not in {303, 404, 409}:
            raise ModelError(f"finish said {status}")
        if status == 303 and believed.other_entries[-1:] != ["finished"]:
            believed.other_entries.append("finished")
            type(self).finished += 1
        self._check()

    @precondition(lambda self: self.known)
    @rule(which=CHOICE)
    def extend(self, which: int) -> None:
        """Ask for five more."""
        believed, page = self._page(which)
        asking = 'name="question"' in page
        status = self._post(believed, "extend", page)
        if status not in {303, 404, 409}:
            raise ModelError(f"extend said {status}")
        if status == 303 and not asking:
            believed.other_entries.append("extended")
        self._check()

    @rule(seconds=st.sampled_from([-86_400 * 400, -1, 0, 1, 3600, 86_400 * 30]))
    def clock_jumps(self, seconds: int) -> None:
        """The machine's clock is set. It stays between 1970 and 2096: all runs share it, and years would run out."""
        moved = self.clock[0] + seconds
        self.clock[0] = moved if 0 <= moved < 4_000_000_000 else BEGUN_AT
        self._check()

    @precondition(lambda self: self.edits < self.most_edits)
    @rule(which=CHOICE, withdraw=st.booleans())
    def edit(self, which: int, *, withdraw: bool) -> None:
        """Publish a changed question, or withdraw one, as a new version. All runs share the bank, so some must stay."""
        self.edits += 1
        with self.database.writing() as session:
            bank = self.banks.newest(session)
            live = bank.live[which % len(bank.live)]
            if withdraw and len(bank.live) > LEAST_LIVE:
                store.set_withdrawn(session, live.question.id, self.clock[0])
                store.write_version(session, bank.catalogue, [], [live.question.id], "withdrawn", self.clock[0])
            else:
                changed = live.question.model_copy(update={"title": f"{live.question.title[:40]} {which}"})
                new = [store.NewRevision(changed, live.curve)]
                store.write_version(session, bank.catalogue, new, [], "edited", self.clock[0])
        self._check()

    @precondition(lambda self: len(self.known) > 2)
    @rule()
    def delete(self) -> None:
        """Delete everything of this person."""
        page = self.person.ask("GET", "/my/data", None)[2]
        token = hidden_fields(page).get("csrf_token")
        if token is not None:
            _same(self.person.ask("POST", "/my/delete", {"csrf_token": [token], "sure": ["yes"]})[0], 200, "delete")
            for believed in self.known:
                believed.gone = True
            self._check()
            self.known, self.person = [], InProcess(self.app, 1)

    def _page(self, which: int) -> tuple[Believed, str]:
        believed = self.known[which % len(self.known)]
        path = f"/a/{believed.token}"
        status, _, page = self.person.ask("GET", path, None)
        return believed, self.person.ask("GET", f"{path}/result", None)[2] if status == 303 else page

    def _post(self, believed: Believed, verb: str, page: str) -> int:
        form = {"csrf_token": [hidden_fields(page).get("csrf_token", "")]}
        return self.person.ask("POST", f"/a/{believed.token}/{verb}", form)[0]

    def _check(self) -> None:
        type(self).steps += 1
        with self.database.reading() as session:
            for believed in self.known:
                _compare(open_attempt(session, self.banks, believed.token, believed.secret), believed)


def _compare(found: OpenAttempt | None, believed: Believed) -> None:
    if found is None or believed.gone:
        _same(found is None, believed.gone, "whether it is there")
        return
    entries = found.stored.entries
    kinds = {Answered: "answered", Extended: "extended", Finished: "finished"}
    _same([kinds[type(entry)] for entry in entries if type(entry) in kinds], believed.other_entries, "the log")
    answers = [entry for entry in entries if isinstance(entry, Answered)]
    for answer, sent in zip(answers, believed.answers, strict=True):
        _same(is_of(found, answer, sent), True, f"answer {sent.position}")
    times = [logged.at for logged in found.stored.log]
    _same(times, sorted(times), "times in order")


def _same(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise ModelError(f"{what}: {found}, not {wanted}")


def state_machine(folder: Path, *, long: bool) -> Bar:
    """The control is an app that forgets the second answer of an attempt after confirming it."""
    runs, steps = (2000, 100) if long else (200, 50)
    with postgresql(folder / "control.sqlite3") as server:
        server.run("CREATE DATABASE machine TEMPLATE quiz_template")
        jobs = [(sqlite(folder), runs, steps, False), (server.url("machine"), runs, steps, False)]
        jobs.append((sqlite(folder, "control"), 20, 50, True))
        with multiprocessing.get_context("fork").Pool(2) as pool:
            *found, control = pool.starmap(_walked, jobs, chunksize=1)
    notes = "; ".join(said for said, _ in found if said)
    done, confirmed, finished = (sum(counted) for counted in zip(*(counts for _, counts in found), strict=True))
    note = "; ".join(filter(None, (f"{finished} results", notes)))
    return Bar(done, confirmed, 0, sum(bool(said) for said, _ in found), int(bool(control[0])), CONTROL, note)


def _walked(url: str, runs: int, steps: int, forgetful: bool) -> tuple[str, tuple[int, int, int]]:
    """What was found wrong, and how many steps, answers and results there were. In a process of its own."""
    Machine.most_edits = 3 if steps > 50 else 1
    with ExitStack() as stack:
        machine = _machine(url, stack)
        if forgetful:
            machine.app.wsgi_app = _forgetting(machine.app.wsgi_app)  # type: ignore[method-assign]
        said = _run(machine, runs, steps)
        return said, (machine.steps, machine.confirmed, machine.finished)


def _machine(url: str, stack: ExitStack) -> type[Machine]:
    opened = stack.enter_context(closing(open_database(url)))
    now, seeds = [BEGUN_AT], itertools.count(1)
    options = Settings(url, starts_per_day=0, free_mb=0)
    made = create_app(options, opened, lambda: now[0], lambda: next(seeds))
    return type(
        "Machine", (Machine,), {"app": made, "database": opened, "clock": now, "banks": made.extensions["quiz"].banks}
    )


def _run(machine: type[Machine], runs: int, steps: int) -> str:
    options = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=[Phase.generate],
    )
    try:
        run_state_machine_as_test(machine, settings=options)
    except (ModelError, HypothesisException) as error:
        return str(error)
    return ""


def _forgetting(app: Callable[..., Any]) -> Callable[..., Any]:
    def forgetting(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "POST" and path.startswith("/a/") and path.count("/") == 2:
            body = environ["wsgi.input"].read()
            if b"position=2&" in body:
                start_response("303 See Other", [("Location", path)])
                return [b""]
            environ["wsgi.input"] = io.BytesIO(body)
        return app(environ, start_response)

    return forgetting
