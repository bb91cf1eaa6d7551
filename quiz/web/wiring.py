"""What a view needs from outside: settings, database, banks, the clock, randomness. Set once by the factory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from quiz.config import Settings
from quiz.services.banks import Banks
from quiz.store.engine import Database


@dataclass(frozen=True)
class Wiring:
    """The outside world of one app. `clock` gives whole seconds since 1970, `seed` a new attempt's seed."""

    settings: Settings
    database: Database
    clock: Callable[[], int]
    seed: Callable[[], int]
    banks: Banks = field(default_factory=Banks)


def wiring() -> Wiring:
    """The wiring of the app that serves this request."""
    found: Wiring = current_app.extensions["quiz"]
    return found
