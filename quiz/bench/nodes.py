"""Two nodes and one PostgreSQL behind a balancer: attempts hop between them, and lose nothing when one dies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import pairwise

from quiz.app import now
from quiz.bench.balancer import balanced
from quiz.bench.load import attempts_at, lost
from quiz.bench.postgres import postgresql
from quiz.bench.server import HOST, Running, serving
from quiz.bench.taker import Person, Taken
from quiz.services.banks import Banks
from quiz.store.bank import write_version
from quiz.store.engine import open_database

QUESTION = re.compile(r'name="question" value="(\d+)"')
VERSION = re.compile(r'"bank_version":\s*(\d+)')
TAKERS = 4
PATIENCE = 50


@dataclass(frozen=True)
class Nodes:
    """What two nodes did. All but the two rates must be 0, `hops` more than that.

    `one_node`, `two_nodes`: answers per second. `hops`: how often an attempt's next request met another node.
    `disagreements`: pages on which the two nodes asked different questions. `late`: nodes that did not know a new
    bank version at the first request after it. `errors`: attempts that broke off. `lost`: acknowledged answers that
    the database does not hold, a node killed meanwhile.
    """

    one_node: float
    two_nodes: float
    hops: int
    disagreements: int
    late: int
    errors: int
    lost: int

    @property
    def ok(self) -> bool:
        """Whether the nodes were one."""
        return self.hops > 0 and not (self.disagreements or self.late or self.errors or self.lost)


def two_nodes(attempts: int) -> Nodes:
    """Measure with `attempts` whole attempts in each round. Raises NoPostgresError, NoBalancerError, ServerError."""
    with postgresql() as (url, _), _pair(url) as pair:
        with balanced([pair[0].port]) as door:
            alone = attempts_at(door, TAKERS, attempts)
        with balanced([node.port for node in pair]) as door:
            together = attempts_at(door, TAKERS, attempts)
            watched, disagreements = _watched(door, pair)
            late = _late(url, pair)
            killed = attempts_at(door, TAKERS, attempts, _kill_after_the_first(pair[0]), PATIENCE)
        taken = [*alone.every, *together.every, watched, *killed.every]
        return Nodes(
            one_node=alone.answers_per_second,
            two_nodes=together.answers_per_second,
            hops=sum(a != b for a, b in pairwise(watched.nodes)),
            disagreements=disagreements,
            late=late,
            errors=alone.errors + together.errors + killed.errors,
            lost=lost(url, taken),
        )


@contextmanager
def _pair(url: str) -> Iterator[tuple[Running, Running]]:
    with serving(url, 1) as first, serving(url, 1) as second:
        yield first, second


def _kill_after_the_first(node: Running) -> Callable[[int], None]:
    """Called after each attempt: kills the node once, while the others go on."""
    left = [node]

    def told(_: int) -> None:
        if left:
            left.pop().kill()

    return told


def _watched(door: int, nodes: Sequence[Running]) -> tuple[Taken, int]:
    """One attempt through the balancer, each of its pages asked of every node as well; and how many differed."""
    differing = []

    def look(page: str, path: str, cookie: str) -> None:
        asked = {_found(QUESTION, page), *(_found(QUESTION, _get(node.port, path, cookie)) for node in nodes)}
        differing.append(len(asked) > 1)

    return Person(HOST, door, 0).take(look), sum(differing)


def _late(url: str, nodes: Sequence[Running]) -> int:
    """Publish a version; how many nodes do not know it at their next request."""
    database = open_database(url)
    with database.writing() as session:
        made = write_version(session, Banks().newest(session).catalogue, [], [], "seen by every node at once", now())
    database.close()
    return sum(_found(VERSION, _get(node.port, "/readyz", "")) != str(made) for node in nodes)


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    return match[1] if match else ""


def _get(port: int, path: str, cookie: str) -> str:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    body = connection.getresponse().read().decode()
    connection.close()
    return body
