"""What many simulated attempts say together: error, doubt, coverage of ranges, verdicts, chances, exposure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from quiz.attempt.goal import goal_of
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES
from quiz.measure.curve import Floats, Ints
from quiz.report import rounding
from quiz.simulate.attempts import Outcome, Setting

Z90, Z95 = rounding.STANDARD.inv_cdf(0.95), rounding.STANDARD.inv_cdf(0.975)
PROBABLY = (3, 7)
"""Tenths up to and from which a verdict is at least "probably"."""
DECIDED = (1, 9)
"""Tenths up to and from which it is "gap" or "met"."""


@dataclass(frozen=True)
class Accuracy:
    """How true the statements on areas are. Shares are of all (taker, area) pairs, wrong ones of those settled.

    `rmse`, `sd`, `bias` in steps; `coverage90`, `coverage95`: how often the range holds the truth; `brier`: mean
    squared error of the chance that the target is met; `settled`: at least "probably", `decided`: "met" or "gap".
    """

    rmse: float
    sd: float
    bias: float
    coverage90: float
    coverage95: float
    brier: float
    settled: float
    settled_wrong: float
    decided: float
    decided_wrong: float


@dataclass(frozen=True)
class Printed:
    """Of the cases in which a chance (in tenths) was printed, the share in which the target is really met."""

    printed: int
    n: int
    true: float


@dataclass(frozen=True)
class Summary:
    """What a simulation found.

    `unasked`: the same without any answer; `profile`: how often the printed range of the profile's coverage holds
    the truth, and by how much the printed share errs; `seniorities`: mean chance and share met; `exposure`: the
    share of takers who met the most used question, and the number of questions never used.
    """

    takers: int
    questions: float
    minutes: float
    areas: Mapping[str, Accuracy]
    overall: Accuracy
    unasked: Accuracy
    chances: tuple[Printed, ...]
    profile: Mapping[str, float]
    seniorities: Mapping[str, Mapping[str, float]]
    exposure: Mapping[str, float]
    verdicts: Mapping[str, Mapping[str, float]]


def summary(bank: BankVersion, setting: Setting, outcomes: Sequence[Outcome]) -> Summary:
    """Put the outcomes of one setting together."""
    ids = [area.id for area in bank.catalogue.areas]
    job = SENIORITIES.index(setting.seniority)
    table = _answered(outcomes, job, bank.catalogue.competencies.prior.targets)
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
class _Table:
    """Arrays (takers, areas): the truth, the belief with and without the doubt in targets, what was printed."""

    level: Floats
    true: Floats
    mean: Floats
    sd: Floats
    doubted: Floats
    chance: Floats
    tenths: Ints
    met: Floats

    def columns(self, wanted: Sequence[int]) -> _Table:
        """The same for some areas."""
        return _Table(*(getattr(self, field.name)[:, list(wanted)] for field in fields(self)))

    def accuracy(self) -> Accuracy:
        """How true the statements are."""
        error, off = self.mean - self.level, np.abs(self.mean - self.true) / self.doubted
        return Accuracy(
            rmse=float(np.sqrt((error**2).mean())),
            sd=float(self.sd.mean()),
            bias=float(error.mean()),
            coverage90=float((off < Z90).mean()),
            coverage95=float((off < Z95).mean()),
            brier=float(((self.chance - self.met) ** 2).mean()),
            **dict(zip(("settled", "settled_wrong"), self._verdicts(PROBABLY), strict=True)),
            **dict(zip(("decided", "decided_wrong"), self._verdicts(DECIDED), strict=True)),
        )

    def _verdicts(self, ends: tuple[int, int]) -> tuple[float, float]:
        """The share of pairs with a verdict at least this sure, and of these the share that is wrong."""
        low, high = ends
        said = (self.tenths <= low) | (self.tenths >= high)
        wrong = said & ((self.tenths >= high) != (self.met > 0))
        return float(said.mean()), float(wrong.sum() / max(1, said.sum()))

    def reliability(self) -> tuple[Printed, ...]:
        """For each printed chance: how often, and how often the target is met."""
        found = ((int(t), self.met[self.tenths == t]) for t in np.unique(self.tenths))
        return tuple(Printed(tenths, len(met), float(met.mean())) for tenths, met in found)


def _answered(outcomes: Sequence[Outcome], job: int, doubt: float) -> _Table:
    sd = np.array([o.sd for o in outcomes])
    return _Table(
        level=np.array([o.level for o in outcomes]),
        true=np.array([o.true for o in outcomes]),
        mean=np.array([o.mean for o in outcomes]),
        sd=sd,
        doubted=np.hypot(sd, doubt),
        chance=np.array([o.chances[job] for o in outcomes]),
        tenths=np.array([o.tenths for o in outcomes]),
        met=np.array([o.met[job] for o in outcomes]),
    )


def _unasked(bank: BankVersion, setting: Setting, table: _Table) -> _Table:
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
