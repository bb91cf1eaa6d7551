from __future__ import annotations

import pytest

from quiz.services.banks import Banks
from quiz.services.calibration import (
    BankCalibration,
    BankChangedError,
    TooFewAnswersError,
    apply_calibration,
    calibrate_bank,
)
from quiz.services.results import replay
from quiz.store.engine import Database
from tests.answered import answered, newest
from tests.conftest import Clock, make_app
from tests.services.test_statistics import PEOPLE, asked, reply
from tests.taker import answer_all, begin, finish


def calibration(database: Database) -> BankCalibration:
    with database.reading() as session:
        return calibrate_bank(session, Banks())


def apply(database: Database, made: BankCalibration) -> int:
    with database.writing() as session:
        return apply_calibration(session, made, 7)


def test_without_answers_there_is_nothing_to_calibrate(database: Database) -> None:
    with pytest.raises(TooFewAnswersError):
        calibration(database)


def test_applying_makes_a_version_with_new_curves_and_leaves_stored_results_as_they_are(
    database: Database, clock: Clock
) -> None:
    app = make_app(database, clock)
    client = app.test_client()
    address = begin(client, length="15")
    answer_all(app, client, address, lambda question: question.level != "leading")
    finish(client, address)
    before = newest(database)
    answered(database, before, asked(before), range(PEOPLE), reply)

    made = calibration(database)
    number = apply(database, made)
    after = newest(database)

    assert (number, after.number) == (before.number + 1, before.number + 1)
    assert [live.revision for live in after.live] == [live.revision for live in before.live]
    changed = {live.revision for live, old in zip(after.live, before.live, strict=True) if live.curve != old.curve}
    assert changed == {one.live.revision for one in made.curves}
    assert {live.revision for live in asked(before)} <= changed
    with database.reading() as session:
        found = replay(session, Banks())
    assert (found.attempts, found.different) == (1, ())
    assert client.get(f"{address}/result").status_code == 200


def test_what_was_calibrated_on_an_older_version_is_not_applied(database: Database) -> None:
    bank = newest(database)
    answered(database, bank, asked(bank), range(PEOPLE), reply)
    made = calibration(database)
    apply(database, made)

    with pytest.raises(BankChangedError):
        apply(database, made)
    assert newest(database).number == bank.number + 1
