from __future__ import annotations

from quiz.attempt.pace import minutes
from quiz.bank.version import BankVersion
from tests.domain_factories import KINDS, ROLE, catalogue, question, version


def even(seconds: int) -> BankVersion:
    """A bank whose questions all take the same time."""
    return version(
        [
            question(f"{skill}-{n}", skill, kind, level, seconds=seconds)
            for skill in catalogue().skills
            for n, (kind, level) in enumerate(KINDS[:4])
        ]
    )


def test_fifteen_questions_of_two_minutes_take_half_an_hour() -> None:
    """The rule that stops early needs fifteen answers at least, so that all are asked."""
    assert minutes(even(120), ROLE, "mid", 15) == 30


def test_twenty_questions_take_longer_than_fifteen_but_some_stop_early() -> None:
    assert 15 < minutes(even(60), ROLE, "mid", 20) <= 20


def test_a_bank_that_runs_out_sets_the_time() -> None:
    bank = version([question("alone", "baking-basics", level="guided", seconds=180)])
    assert minutes(bank, ROLE, "mid", 20) == 3
