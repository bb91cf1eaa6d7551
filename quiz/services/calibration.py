"""Calibration of the live questions from stored answers, and the bank version that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from quiz.bank.calibrated import Calibrated, calibrated, item_of
from quiz.bank.version import BankVersion
from quiz.measure.calibration.data import Responses
from quiz.measure.calibration.fit import Calibration, calibrate
from quiz.services.banks import Banks
from quiz.store.answers import AnswerRow, answers, count_answers
from quiz.store.bank import newest_version, write_curves
from quiz.tracking import HUNDREDTHS, Bar, in_hundredths, no_bar

MOST = 200_000
"""Attempts that are used, the newest: twice what was timed (docs/method.md)."""


class TooFewAnswersError(Exception):
    """Nothing can be estimated yet."""


class BankChangedError(Exception):
    """A newer bank version was made while this one was calibrated."""


@dataclass(frozen=True)
class BankCalibration:
    """What the answers to a bank version's questions say: the fit itself, and the curves that follow from it."""

    bank: BankVersion
    attempts: int
    found: Calibration
    curves: tuple[Calibrated, ...]


def calibrate_bank(session: Session, banks: Banks, most: int = MOST, bar: Bar = no_bar) -> BankCalibration:
    """Calibrate the live questions on all answers to their present texts. Raises EmptyBankError, TooFewAnswersError.

    An attempt counts as a person, since people learn between attempts.
    """
    bank = banks.newest(session)
    rows = []
    with bar("Reading", count_answers(session, most)) as step:
        for row in answers(session, most):
            if row.revision in bank.row_of:
                rows.append(row)
            step(1)
    if not rows:
        raise TooFewAnswersError("nobody has answered any of the live questions yet")
    prior = bank.catalogue.competencies.prior
    responses = _responses(bank, rows)
    items = [item_of(live.question, prior.levels) for live in bank.live]
    with bar("Fitting", HUNDREDTHS) as step:
        found = calibrate(responses, items, told=in_hundredths(step))
    questions = {live.question.id: live for live in bank.live}
    curves = calibrated(questions, found.items, prior.area + prior.skill, prior.levels)
    return BankCalibration(bank, responses.people, found, tuple(curves))


def _responses(bank: BankVersion, rows: Sequence[AnswerRow]) -> Responses:
    attempts, person = np.unique([row.attempt for row in rows], return_inverse=True)
    item = np.array([bank.row_of[row.revision] for row in rows], dtype=np.int64)
    score = np.array([row.score for row in rows], dtype=np.int64)
    return Responses(person, item, score, len(attempts), len(bank.live))


def apply_calibration(session: Session, made: BankCalibration, now: int) -> int:
    """Make the bank version in which these curves are live; its number. Attempts keep the version they began with.

    Raises BankChangedError, and then changes nothing.
    """
    if newest_version(session) != made.bank.number:
        raise BankChangedError("a newer bank version was made meanwhile; calibrate again")
    curves = {one.live.revision: one.curve for one in made.curves}
    reason = f"calibrated from {made.attempts} attempts"
    return write_curves(session, made.bank.catalogue, curves, reason, now)
