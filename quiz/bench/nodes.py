"""Two nodes and one PostgreSQL behind a balancer: attempts hop between them, and lose nothing when one dies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count as count_from
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from quiz.bench.balancer import balanced
from quiz.bench.load import attempts_at, lost
from quiz.bench.postgres import postgresql
from quiz.bench.server import HOST, Running, ServerError, ready, serving
from quiz.bench.taker import Person, Taken, attempt_of
from quiz.paths import QUESTIONS
from quiz.store.bank import newest_version
from quiz.store.engine import open_database
from quiz.store.tables import Attempt

QUESTION = re.compile(r'name="question" value="(\d+)"')
VERSION = re.compile(r'"bank_version":\s*(\d+)')
LIVE = re.compile(r"^status: live$", re.MULTILINE)
TITLE = re.compile(r"^title: .*$", re.MULTILINE)
TAKERS = 4
PATIENCE = 50
PAGES_BEFORE = 3
"""Question pages of each attempt, on average, before a node is killed: in the middle of all of them."""


@dataclass(frozen=True)
class Nodes:
    """What two nodes did.

    `one_node`, `two_nodes`: answers per second. `hops`: how often an attempt's next request met another node, and
    `stayed`: the same one. `compared`: question pages that were asked of both nodes; `disagreements`: those on which
    they did not ask the same question. `late`: nodes that did not begin their next attempt with a new bank version.
    `killed`: nodes that were gone after the last round; `after_kill`: answers acknowledged since. `errors`: attempts
    that broke off. `lost`: acknowledged answers that the database does not hold.
    """

    one_node: float
    two_nodes: float
    hops: int
    stayed: int
    compared: int
    disagreements: int
    late: int
    killed: int
    after_kill: int
    errors: int
    lost: int

    @property
    def ok(self) -> bool:
        """Whether the nodes were one, and that this was tried at all: nothing can be lost where nothing was done."""
        tried = self.one_node, self.two_nodes, self.hops, self.compared, self.after_kill
        faults = self.stayed, self.disagreements, self.late, self.errors, self.lost
        return min(tried) > 0 and self.killed == 1 and not any(faults)


def two_nodes(attempts: int) -> Nodes:
    """Measure with `attempts` whole attempts in each round. Raises NoPostgresError, NoBalancerError, ServerError."""
    with postgresql() as (url, _), _pair(url) as pair:
        with balanced([pair[0].port]) as door:
            alone = attempts_at(door, TAKERS, attempts)
        with balanced([node.port for node in pair]) as door:
            together = attempts_at(door, TAKERS, attempts)
            watched, differing = _watched(door, pair)
            late = _late(url, pair)
            last = attempts * PAGES_BEFORE
            killed = attempts_at(door, TAKERS, attempts, patience=PATIENCE, looked=_killing(pair[0], last))
        gone = sum(not ready(node.port) for node in pair)
        hops = [a != b for a, b in pairwise(watched.nodes)]
        return Nodes(
            one_node=alone.answers_per_second,
            two_nodes=together.answers_per_second,
            hops=sum(hops),
            stayed=len(hops) - sum(hops),
            compared=len(differing),
            disagreements=sum(differing),
            late=late,
            killed=gone,
            after_kill=max(killed.answers - last, 0),
            errors=alone.errors + together.errors + killed.errors,
            lost=lost(url, [*alone.every, *together.every, watched, *killed.every]),
        )


@contextmanager
def _pair(url: str) -> Iterator[tuple[Running, Running]]:
    with serving(url, 1) as first, serving(url, 1) as second:
        yield first, second


def _killing(node: Running, page: int) -> Callable[[str, str, str], None]:
    """Called with each question page: kills the node at this one, while others are being answered."""
    pages = count_from(1)

    def looked(*_: str) -> None:
        if next(pages) == page:
            node.kill()

    return looked


def _watched(door: int, nodes: Sequence[Running]) -> tuple[Taken, list[bool]]:
    """One attempt through the balancer, each of its pages asked of every node as well; and which of them differed."""
    differing = []

    def look(page: str, path: str, cookie: str) -> None:
        differing.append(disagree([page, *(_get(node.port, path, cookie) for node in nodes)]))

    return Person(HOST, door, 0).take(look), differing


def disagree(pages: Iterable[str]) -> bool:
    """Whether these pages ask different questions. One that asks none agrees with nothing."""
    asked = {_found(QUESTION, page) for page in pages}
    return len(asked) > 1 or "" in asked


def _late(url: str, nodes: Sequence[Running]) -> int:
    """Load changed files as an operator does; how many nodes begin their next attempt with another version.

    That attempt's start is the first request after it, and what the balancer asks (`/readyz`) the second.
    """
    with closing(open_database(url)) as database:
        with database.reading() as session:
            before = newest_version(session) or 0
        _load_changed_files(url)
        begun = [_begun(node.port) for node in nodes]
        with database.reading() as session:
            made = newest_version(session) or 0
            began = dict(session.execute(select(Attempt.token, Attempt.version).where(Attempt.token.in_(begun))).all())
    if made <= before:
        raise ServerError("quiz bank load made no new version")
    told = [_found(VERSION, _get(node.port, "/readyz", "")) for node in nodes]
    return sum((began.get(token), said) != (made, str(made)) for token, said in zip(begun, told, strict=True))


def _load_changed_files(url: str) -> None:
    """`quiz bank load` over a copy of the question files, one of which has got another title."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "questions"
        shutil.copytree(QUESTIONS, folder)
        file = next(path for path in sorted(folder.glob("*/*/*.yaml")) if LIVE.search(path.read_text(encoding="utf-8")))
        file.write_text(TITLE.sub("title: Another title", file.read_text(encoding="utf-8")), encoding="utf-8")
        program = [str(Path(sys.executable).with_name("quiz")), "bank", "load", "--folder", str(folder)]
        done = subprocess.run(  # noqa: S603 - our own command
            program, env={**os.environ, "QUIZ_DATABASE_URL": url}, capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise ServerError(f"quiz bank load failed: {done.stdout}{done.stderr}")


def _begun(port: int) -> str:
    """The name of a new attempt at this node, begun by somebody who has never been there."""
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", "/start", "", {"Content-Type": "application/x-www-form-urlencoded"})
    location = connection.getresponse().getheader("Location", "")
    connection.close()
    return attempt_of(location).rsplit("/", 1)[-1]


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    return match[1] if match else ""


def _get(port: int, path: str, cookie: str) -> str:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    body = connection.getresponse().read().decode()
    connection.close()
    return body
