"""Fixed people, to see what the report tells each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from quiz.attempt.goal import goal_of
from quiz.bank.version import BankVersion
from quiz.measure.curve import Floats
from quiz.simulate.attempts import Setting
from quiz.simulate.people import Person


def _by_area(bank: BankVersion, levels: Mapping[str, float]) -> Floats:
    return np.array([levels[bank.catalogue.area_of[skill].id] for skill in bank.skill_ids])


def _backend(bank: BankVersion, _: Setting) -> Person:
    levels = {"programming": 3.0, "system-design": 2.5, "soft-skills": 2.0, "frameworks": 1.25, "mathematics": 1.0}
    return Person(_by_area(bank, levels))


def _statistician(bank: BankVersion, _: Setting) -> Person:
    levels = {"mathematics": 3.5, "frameworks": 2.0, "soft-skills": 2.0, "programming": 1.5, "system-design": 0.75}
    return Person(_by_area(bank, levels))


def _beside(step: float) -> Callable[[BankVersion, Setting], Person]:
    """Someone so far from every target."""

    def person(bank: BankVersion, setting: Setting) -> Person:
        targets = goal_of(bank, setting.role, setting.seniority).targets[0]
        return Person(targets[bank.area_of_skill] + step)

    return person


def _guesser(bank: BankVersion, _: Setting) -> Person:
    return Person(np.full(len(bank.skill_ids), -4.0), habit="guesses")


def _honest(bank: BankVersion, _: Setting) -> Person:
    return Person(np.full(len(bank.skill_ids), -4.0), habit="honest")


PERSONAS: Mapping[str, Callable[[BankVersion, Setting], Person]] = {
    "backend-engineer": _backend,
    "statistician": _statistician,
    "one-step-above": _beside(1.0),
    "at-the-target": _beside(0.0),
    "one-step-below": _beside(-1.0),
    "guesser": _guesser,
    "does-not-know": _honest,
}
"""Name to person: two real careers; someone above, at and below every target; two who know nothing."""
