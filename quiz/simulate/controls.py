"""Engines that are wrong on purpose. A gate that lets one of them through checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from quiz.bank import question as q
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.measure.curve import Curve

STEEPER = 1.5
SHRUNK = 0.4
"""How much of a level's distance from the mean of all levels is left."""


def _with(bank: BankVersion, change: Callable[[LiveQuestion], Curve]) -> BankVersion:
    """The bank as an engine sees it that takes these for the curves."""
    live = tuple(LiveQuestion(one.revision, one.question, change(one)) for one in bank.live)
    return BankVersion(bank.number, bank.catalogue, live)


def _sure(bank: BankVersion) -> BankVersion:
    """Takes answers for surer than they are: slopes half as steep again.

    Leaving out the flattening for doubt in levels alone is no control: it is 6 % of the slope, errors of many
    questions average out, and an engine without it passes every bar (docs/method.md).
    """
    return _with(bank, lambda one: replace(one.curve, a=STEEPER * one.curve.a))


def _luckless(bank: BankVersion) -> BankVersion:
    """Takes every right answer for knowledge (c = 0)."""

    def changed(one: LiveQuestion) -> Curve:
        return replace(one.curve, luck=(1.0, *(0.0 for _ in one.curve.luck[1:])))

    return _with(bank, changed)


def _shrunk(bank: BankVersion) -> BankVersion:
    """Takes authors' levels for so uncertain that it moves them towards their mean."""
    levels = [q.LEVELS.index(one.question.level) + 1.0 for one in bank.live]
    mean = sum(levels) / len(levels)

    def changed(one: LiveQuestion) -> Curve:
        level = q.LEVELS.index(one.question.level) + 1.0
        return replace(one.curve, b=one.curve.b + (1 - SHRUNK) * (mean - level))

    return _with(bank, changed)


CONTROLS: Mapping[str, Callable[[BankVersion], BankVersion]] = {
    "answers taken for too sure": _sure,
    "no luck (c = 0)": _luckless,
    "levels shrunk to their mean": _shrunk,
}
"""Name to the bank as the wrong engine believes it to be; clamped sites are a control of the golden attempts."""
