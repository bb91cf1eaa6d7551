"""What many simulated attempts say together: error, doubt, coverage of ranges, verdicts, chances, exposure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from quiz.attempt.goal import goal_of
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES
from quiz.measure.curve import Floats, Ints
from quiz.report import rounding
from quiz.report.accuracy import Accuracy, Printed, Summary
from quiz.simulate.attempts import Outcome, Setting

Mask = NDArray[np.bool_]
Z90, Z95 = rounding.STANDARD.inv_cdf(0.95), rounding.STANDARD.inv_cdf(0.975)
PROBABLY = (3, 7)
"""Tenths up to and from which a verdict is at least "probably"."""
DECIDED = (1, 9)
"""Tenths up to and from which it is "gap" or "met"."""


def summary(bank: BankVersion, setting: Setting, outcomes: Sequence[Outcome]) -> Summary:
    """Put the outcomes of one setting together."""
    ids = [area.id for area in bank.catalogue.areas]
    table = answered(bank, setting, outcomes)
    used = np.bincount(np.concatenate([o.rows for o in outcomes]), minlength=len(bank.live))
    return Summary(
        takers=len(outcomes),
        questions=float(np.mean([len(o.rows) for o in outcomes])),
        minutes=float(np.mean([o.seconds for o in outcomes])) / 60,
        areas={name: table.columns([i]).accuracy() for i, name in enumerate(ids)},
        overall=table.accuracy(),
        unasked=_unasked(bank, setting, table).accuracy(),
        chances=table.reliability(),
        profile=_profile(outcomes),
        seniorities={
            seniority: {
                "mean_chance": float(np.mean([o.chances[i] for o in outcomes])),
                "met": float(np.mean([o.met[i] for o in outcomes])),
            }
            for i, seniority in enumerate(SENIORITIES)
        },
        exposure={"max": float(used.max()) / len(outcomes), "never": float((used == 0).sum())},
        verdicts={name: _shares([o.verdicts[i] for o in outcomes]) for i, name in enumerate(ids)},
    )


@dataclass(frozen=True)
class Table:
    """Arrays (takers, areas): the truth, the belief with and without the doubt in targets, what was printed."""

    level: Floats
    true: Floats
    mean: Floats
    sd: Floats
    doubted: Floats
    chance: Floats
    tenths: Ints
    met: Floats

    def columns(self, wanted: Sequence[int]) -> Table:
        """The same for some areas."""
        return Table(*(getattr(self, field.name)[:, list(wanted)] for field in fields(self)))

    def accuracy(self) -> Accuracy:
        """How true the statements are."""
        error = self.mean - self.level
        return Accuracy(
            rmse=float(np.sqrt((error**2).mean())),
            sd=float(self.sd.mean()),
            bias=float(error.mean()),
            coverage90=float(self.inside(Z90).mean()),
            coverage95=float(self.inside(Z95).mean()),
            brier=float(((self.chance - self.met) ** 2).mean()),
            **dict(zip(("settled", "settled_wrong"), self._verdicts(PROBABLY), strict=True)),
            **dict(zip(("decided", "decided_wrong"), self._verdicts(DECIDED), strict=True)),
        )

    def _verdicts(self, ends: tuple[int, int]) -> tuple[float, float]:
        """The share of pairs with a verdict at least this sure, and of these the share that is wrong."""
        said, wrong = self.said(ends)
        return float(said.mean()), float(wrong.sum() / max(1, said.sum()))

    def inside(self, z: float) -> Mask:
        """Where the range of so many standard deviations holds the truth."""
        return np.asarray(np.abs(self.mean - self.true) < z * self.doubted)

    def said(self, ends: tuple[int, int]) -> tuple[Mask, Mask]:
        """Where a verdict is at least this sure, and where it is and is wrong."""
        low, high = ends
        said = (self.tenths <= low) | (self.tenths >= high)
        return said, said & ((self.tenths >= high) != (self.met > 0))

    def reliability(self) -> tuple[Printed, ...]:
        """For each printed chance: how often, and how often the target is met."""
        found = ((int(t), self.met[self.tenths == t]) for t in np.unique(self.tenths))
        return tuple(Printed(tenths, len(met), float(met.mean())) for tenths, met in found)


def answered(bank: BankVersion, setting: Setting, outcomes: Sequence[Outcome]) -> Table:
    """The outcomes of one setting as arrays."""
    job, doubt = SENIORITIES.index(setting.seniority), bank.catalogue.competencies.prior.targets
    sd = np.array([o.sd for o in outcomes])
    return Table(
        level=np.array([o.level for o in outcomes]),
        true=np.array([o.true for o in outcomes]),
        mean=np.array([o.mean for o in outcomes]),
        sd=sd,
        doubted=np.hypot(sd, doubt),
        chance=np.array([o.chances[job] for o in outcomes]),
        tenths=np.array([o.tenths for o in outcomes]),
        met=np.array([o.met[job] for o in outcomes]),
    )


def _unasked(bank: BankVersion, setting: Setting, table: Table) -> Table:
    """The same people judged by the prior alone: a prior settles some by itself."""
    goal = goal_of(bank, setting.role, setting.seniority)
    prior, chance = bank.prior.of(goal.weights), goal.chances(bank.prior)[0]
    shape = table.level.shape
    return replace(
        table,
        mean=np.broadcast_to(prior.mean, shape),
        sd=np.broadcast_to(prior.sd, shape),
        doubted=np.broadcast_to(np.hypot(prior.sd, goal.doubt), shape),
        chance=np.broadcast_to(chance, shape),
        tenths=np.broadcast_to([rounding.tenths(float(p)).tenths for p in chance], shape),
    )


def _profile(outcomes: Sequence[Outcome]) -> dict[str, float]:
    about, low, high, true = np.array([o.coverage for o in outcomes]).T
    reaches = (true >= np.where(low <= 5, 0, low - 2.5)) & (true <= np.where(high >= 95, 100, high + 2.5))
    error = about - true
    return {
        "in_range": float(reaches.mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "bias": float(error.mean()),
    }


def _shares(verdicts: Sequence[str]) -> dict[str, float]:
    return {verdict: count / len(verdicts) for verdict, count in sorted(Counter(verdicts).items())}
