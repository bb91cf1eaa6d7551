"""Attempts with results, for faults that happen to stored data."""

from __future__ import annotations

import threading
from contextlib import closing

from quiz.app import create_app
from quiz.config import Settings
from quiz.store.engine import open_database
from tests.faults.client import InProcess


def take_attempts(url: str, count: int) -> int:
    """Take so many attempts to their results; how many things were confirmed."""
    stop = threading.Event()
    with closing(open_database(url)) as database:
        person = InProcess(create_app(Settings(url, starts_per_day=0, free_mb=0), database), 1)
        finished = 0

        class Counting(list):  # type: ignore[type-arg]
            def append(self, one: object) -> None:
                nonlocal finished
                super().append(one)
                finished += getattr(one, "kind", "") == "finish"
                if finished == count:
                    stop.set()

        person.sent = Counting()
        person.take(stop)
    return sum(one.outcome == "acknowledged" for one in person.sent)
