"""Takers who know nothing and look at the wording alone. Where one does better than chance, wording tells the key.

A robot gives every option a number and chooses the highest; among equals it chooses at random, and what is counted
is the expected credit, so the order in which a taker sees the options plays no part. The credit of a choice, for
every robot:

- single: 1 for the key, else 0; chance 1/n;
- multiple: one option is picked, 1 if it belongs to the key; chance |key|/n;
- judgement: the reply's credit divided by 3; chance the mean over the replies.

The test asks how likely at least this total is if the credits were dealt to the options of each item at random.
For the robots with a fixed rule that distribution is exact, by convolution over the items. The surface model learns
from the keys, so its keys are permuted and it is fitted again. All p-values of a report (every robot, in every area
and over all) are corrected together (Holm 1979, "A simple sequentially rejective multiple test procedure").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import lcm, sqrt

import numpy as np

from quiz.bank import question as q
from quiz.bank.arrange import arrange
from quiz.bank.text import filled, shown_text
from quiz.measure.curve import Floats
from quiz.simulate.surface import ABSOLUTE, Item, convergence, echo, trial

GATE = 180
"""From so many live questions on, a robot that gains is an error."""
SIGNIFICANT = 0.05
PERMUTATIONS = 1999
WIDTH = 1.96
SURFACE = "surface"
EVERYWHERE = ""
SEEDS = range(8)


def _longest(item: Item) -> list[float]:
    return [float(len(text)) for text in item.texts]


def _no_absolutes(item: Item) -> list[float]:
    return [-float(bool(ABSOLUTE.search(text))) for text in item.texts]


def _first(item: Item) -> list[float]:
    """The author's first place; numbers in order have `_middle`."""
    return [float(place == 0 and not item.fixed) for place in range(len(item.texts))]


def _middle(item: Item) -> list[float]:
    """The middle of numbers in order; elsewhere every place is the same."""
    middle = (len(item.texts) - 1) / 2
    return [-abs(place - middle) * item.fixed for place in range(len(item.texts))]


ROBOTS: Mapping[str, Callable[[Item], list[float]]] = {
    "longest": _longest,
    "echo": echo,
    "convergence": convergence,
    "no-absolutes": _no_absolutes,
    "first": _first,
    "middle": _middle,
}


@dataclass(frozen=True)
class Gain:
    """What a robot earns per item, and pure chance; `low` and `high`: 95 % interval of the difference.

    The interval is as wide as pure chance makes it. `p` is one-sided, `holm` the same corrected.
    """

    score: float
    chance: float
    low: float
    high: float
    p: float
    holm: float

    @property
    def difference(self) -> float:
        """Above chance, in credit per item."""
        return self.score - self.chance

    @property
    def caught(self) -> bool:
        """Whether this can't be put down to chance."""
        return self.holm < SIGNIFICANT and self.difference > 0


@dataclass(frozen=True)
class Report:
    """What the robots earned over all and per area. `fed_by`: for each robot that gains, questions, the worst first."""

    questions: int
    items: int
    sizes: Mapping[str, int]
    robots: Mapping[str, Gain]
    areas: Mapping[str, Mapping[str, Gain]]
    fed_by: Mapping[str, tuple[str, ...]]

    @property
    def ok(self) -> bool:
        """Whether no robot is caught, over all or in an area."""
        return not any(gain.caught for table in (self.robots, *self.areas.values()) for gain in table.values())

    @property
    def gate(self) -> bool:
        """Whether there are enough questions for a robot that gains to be an error."""
        return self.questions >= GATE


@dataclass(frozen=True)
class _Choice:
    """A robot's choice in one item: its options, equal in rank, and how far they stand above the next."""

    options: tuple[int, ...]
    lead: float


def items_of(questions: Iterable[q.Question], area_of: Mapping[str, str]) -> tuple[Item, ...]:
    """Every live choice among options; each part of a case is one. Skills without an area stand apart."""
    return tuple(
        item
        for question in questions
        if question.status == "live"
        for item in _items(filled(question), area_of.get(question.skill, "elsewhere"))
    )


def _items(question: q.Question, area: str) -> Iterator[Item]:
    for body in question.parts if isinstance(question, q.Case) else [question]:
        stem = body.stem if body is question else f"{question.stem}\n\n{body.stem}"
        match body:
            case q.Single() | q.SinglePart() | q.Multiple() | q.MultiplePart():
                right = {body.key} if isinstance(body, q.SingleBody) else set(body.key)
                shown = tuple(shown_text(o, body.shown_as) for o in body.options)
                credit = tuple(float(o.id in right) for o in body.options)
                yield Item(question.id, area, stem, shown, credit, _is_fixed(body))
            case q.JudgementBody():
                credit = tuple(body.key[o.id] / 3 for o in body.options)
                yield Item(question.id, area, stem, tuple(o.text for o in body.options), credit, fixed=False)


def _is_fixed(body: q.Single | q.Multiple | q.SinglePart | q.MultiplePart) -> bool:
    """Whether takers see the options in the file's order, whatever their attempt's seed."""
    ids = tuple(option.id for option in body.options)
    return all(arrange(body, seed).options == ids for seed in SEEDS)


def run(
    questions: Sequence[q.Question], area_of: Mapping[str, str], seed: int, permutations: int = PERMUTATIONS
) -> Report:
    """Send every robot through the live questions.

    `area_of`: each skill's area; `seed` decides how the surface model halves the bank and permutes the keys.
    """
    live = sum(question.status == "live" for question in questions)
    return judge(items_of(questions, area_of), live, seed, permutations)


def judge(items: Sequence[Item], questions: int, seed: int, permutations: int = PERMUTATIONS) -> Report:
    """What every robot earns on these items of so many live questions."""
    if not items:
        return Report(questions, 0, {}, {}, {}, {})
    groups = _groups(items)
    earned: dict[str, list[tuple[float, float]]] = {}
    found: dict[tuple[str, str], Gain] = {}
    for name, rule in ROBOTS.items():
        choices = [_choose(rule(item)) for item in items]
        earned[name] = [(_credit(item, c), c.lead) for item, c in zip(items, choices, strict=True)]
        found |= {(area, name): _exact([(items[i], choices[i]) for i in rows]) for area, rows in groups.items()}
    own, null = trial(items, permutations, seed)
    earned[SURFACE] = [(float(share), 0.0) for share in own]
    found |= {(area, SURFACE): _permuted(items, own, null, rows) for area, rows in groups.items()}
    corrected = _holm(found)
    tables = {area: {name: corrected[area, name] for name in earned} for area in groups}
    overall = tables.pop(EVERYWHERE)
    fed_by = {name: _fed_by(items, earned[name]) for name, gain in overall.items() if gain.difference > 0}
    return Report(questions, len(items), {area: len(groups[area]) for area in tables}, overall, tables, fed_by)


def _groups(items: Sequence[Item]) -> dict[str, list[int]]:
    """The items of each area in the order of their appearance, and of all together."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        groups[item.area].append(place)
    return {**groups, EVERYWHERE: list(range(len(items)))}


def _choose(ranks: Sequence[float]) -> _Choice:
    best = max(ranks)
    others = [rank for rank in ranks if rank < best]
    chosen = tuple(place for place, rank in enumerate(ranks) if rank == best)
    return _Choice(chosen, best - max(others) if others else 0.0)


def _credit(item: Item, choice: _Choice) -> float:
    return sum(item.credit[place] for place in choice.options) / len(choice.options)


def _chance(item: Item) -> float:
    return sum(item.credit) / len(item.credit)


def _exact(played: Sequence[tuple[Item, _Choice]]) -> Gain:
    """One robot's gain, with the exact distribution of its total under credits dealt at random."""
    unit = lcm(*(3 * len(choice.options) for _, choice in played))
    outcomes = [_outcomes(item, len(choice.options), unit) for item, choice in played]
    total = sum(round(_credit(item, choice) * unit) for item, choice in played)
    spread = np.ones(1)
    variance = 0.0
    for outcome in outcomes:
        longer = np.zeros(len(spread) + max(outcome))
        for points, share in outcome.items():
            longer[points : points + len(spread)] += share * spread
        spread = longer
        mean = sum(points * share for points, share in outcome.items())
        variance += sum(share * (points - mean) ** 2 for points, share in outcome.items())
    score = total / unit / len(played)
    chance = sum(_chance(item) for item, _ in played) / len(played)
    return _gain(score, chance, sqrt(variance) / unit / len(played), min(1.0, float(spread[total:].sum())))


def _outcomes(item: Item, chosen: int, unit: int) -> dict[int, float]:
    """The mean credit of so many options drawn at random, in 1/unit, with the chance of each."""
    found: dict[int, float] = defaultdict(float)
    drawn = list(combinations((round(credit * 3) for credit in item.credit), chosen))
    for credits_ in drawn:
        found[int(Fraction(sum(credits_) * unit, 3 * chosen))] += 1 / len(drawn)
    return found


def _permuted(items: Sequence[Item], own: Floats, null: Floats, rows: Sequence[int]) -> Gain:
    """The surface model's gain; its own total counts among the permuted ones, so p is never 0."""
    totals = null[:, rows].mean(axis=1)
    score = float(own[rows].mean())
    chance = sum(_chance(items[row]) for row in rows) / len(rows)
    at_least = int((totals >= score - 1e-9).sum())
    return _gain(score, chance, float(totals.std()), (1 + at_least) / (1 + len(totals)))


def _gain(score: float, chance: float, sd: float, p: float) -> Gain:
    difference = score - chance
    return Gain(score, chance, difference - WIDTH * sd, difference + WIDTH * sd, p, p)


def _holm(found: Mapping[tuple[str, str], Gain]) -> dict[tuple[str, str], Gain]:
    """Every gain with its corrected p: the k-th smallest of m times m − k + 1, never falling, at most 1."""
    corrected, highest = {}, 0.0
    for place, (name, gain) in enumerate(sorted(found.items(), key=lambda one: one[1].p)):
        highest = max(highest, min(1.0, gain.p * (len(found) - place)))
        corrected[name] = replace(gain, holm=highest)
    return corrected


def _fed_by(items: Sequence[Item], earned: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    """The questions that give a robot most, and among equals those where it sees the clearest difference."""
    gained: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for item, (credit, lead) in zip(items, earned, strict=True):
        before = gained[item.question]
        gained[item.question] = (before[0] + credit - _chance(item), max(before[1], lead))
    rising = sorted((-gain, -lead, name) for name, (gain, lead) in gained.items() if gain > 1e-9)
    return tuple(name for _, _, name in rising)
