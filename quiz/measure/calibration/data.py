"""Answers as arrays for calibration: which can be used, and what each ability makes of them.

Answers stay in long form; only a block of people at a time is spread into a table of zeros and ones (person by
score of an item), so that each step is a matrix product and memory depends on the number of answers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.measure.curve import Floats, Ints

BLOCK = 1 << 19
"""How many cells a block holds: 4 MB, which stay in the processor's cache from one product to the next."""


@dataclass(frozen=True)
class Prior:
    """What an author's level says before any answer: `level` in steps, its `doubt` (sd), the assumed `slope`.

    `drop` is how far b lies below the level at a slope of 1 (at slope a: drop/a), so that whoever stands at the
    level expects two thirds of the score.
    """

    level: float
    doubt: float
    slope: float
    drop: float


@dataclass(frozen=True)
class Item:
    """An item as calibration sees it: the weights and luck of its scores (quiz/measure/curve.py), perhaps a prior."""

    id: str
    weights: tuple[float, ...] = (1.0, 1.0)
    luck: tuple[float, ...] = (1.0, 0.0)
    prior: Prior | None = None


@dataclass(frozen=True)
class Responses:
    """Answers in long form: `person`, `item` and `score` (answers,), numbered from 0 up to `people` and `items`."""

    person: Ints
    item: Ints
    score: Ints
    people: int
    items: int

    def only(self, keep: Ints) -> Responses:
        """The answers to these items, which are numbered anew in the given order."""
        number = np.full(self.items, -1)
        number[keep] = np.arange(len(keep))
        inside = number[self.item] >= 0
        person, item, score = self.person[inside], number[self.item[inside]], self.score[inside]
        return Responses(person, item, score, self.people, len(keep))


def items_without_prior(ids: Sequence[str], responses: Responses) -> list[Item]:
    """Items of which nothing is known: their scores are those that occur, and luck brings none."""
    found = []
    top = int(responses.score.max(initial=1)) + 1
    seen = np.bincount(responses.item * top + responses.score, minlength=responses.items * top) > 0
    for name, row in zip(ids, seen.reshape(-1, top), strict=True):
        last = max(1, int(np.flatnonzero(row).max(initial=1)))
        weights = tuple(float(k in {0, last} or row[k]) for k in range(last + 1))
        found.append(Item(name, weights, (1.0, *(0.0 for _ in range(last)))))
    return found


def usable(responses: Responses, items: Sequence[Item]) -> tuple[Responses, list[Item], list[str]]:
    """The answers and items that can be calibrated, and a sentence for each thing that was left out or assumed.

    Items that nobody answered are left out, and without priors those that all answered alike, whose maximum
    likelihood lies at infinity. People without answers to the rest are left out.
    """
    top = np.array([len(item.weights) - 1 for item in items])
    n = np.bincount(responses.item, minlength=len(items))
    total = np.bincount(responses.item, responses.score, len(items))
    keep, warnings = [], []
    for row, item in enumerate(items):
        alike = {0: "wrong", n[row] * top[row]: "right"}.get(total[row], "")
        if n[row] == 0:
            warnings.append(f"item {item.id}: no answers; left out")
            continue
        if not alike:
            warnings.extend(_missing_scores(item))
        elif item.prior is None:
            warnings.append(f"item {item.id}: all {n[row]} answers are {alike}; left out")
            continue
        else:
            warnings.append(f"item {item.id}: all {n[row]} answers are {alike}; only the author's level holds it")
        keep.append(row)
    kept = responses.only(np.array(keep, dtype=np.int64))
    present, person = np.unique(kept.person, return_inverse=True)
    if silent := responses.people - len(present):
        warnings.append(f"{silent} {'person' if silent == 1 else 'people'} without answers; left out")
    return Responses(person, kept.item, kept.score, len(present), len(keep)), [items[row] for row in keep], warnings


def _missing_scores(item: Item) -> Iterator[str]:
    if item.prior is None and 0 in item.weights:
        missing = ", ".join(str(k) for k, weight in enumerate(item.weights) if not weight)
        yield f"item {item.id}: nobody has a score of {missing}; taken for a score that it does not have"


@dataclass(frozen=True)
class Patterns:
    """Distinct sets of answers and how many `people` (patterns,) gave each.

    `column` (answers,) is the score of an item, numbered over all items up to `columns`; the answers of pattern i
    stand from `start[i]` up to `start[i + 1]`.
    """

    people: Floats
    column: Ints
    start: Ints
    columns: int

    def blocks(self) -> Iterator[tuple[Floats, Floats]]:
        """Some patterns at a time: their `people` (rows,) and answers as zeros and ones (rows, columns).

        The table is overwritten by the next block.
        """
        step = max(64, min(len(self.people), BLOCK // self.columns))
        table = np.zeros((step, self.columns))
        for begin in range(0, len(self.people), step):
            end = min(begin + step, len(self.people))
            places = self.start[begin : end + 1]
            row = np.repeat(np.arange(end - begin), np.diff(places))
            column = self.column[places[0] : places[-1]]
            table[row, column] = 1.0
            yield self.people[begin:end], table[: end - begin]
            table[row, column] = 0.0


def patterns(responses: Responses, first_column: Ints, columns: int) -> Patterns:
    """People with the same answers as one pattern; `first_column` (items,) is where each item's scores begin.

    Two sets of answers are taken for the same where the sums of their columns' mixed 64-bit numbers agree
    (Zobrist 1970): among a million differing people the chance that any two meet is 3 in 100 million.
    """
    order = np.argsort(responses.person, kind="stable")
    person = responses.person[order]
    column = (first_column[responses.item] + responses.score)[order]
    start = np.searchsorted(person, np.arange(responses.people))
    _, first, count = np.unique(np.add.reduceat(_mixed(columns)[column], start), return_index=True, return_counts=True)
    wanted = np.zeros(responses.people, dtype=bool)
    wanted[first] = True
    lengths = np.diff(np.append(start, len(person)))[wanted]
    people = count[np.argsort(first)].astype(float)
    return Patterns(people, column[wanted[person]], np.concatenate([[0], np.cumsum(lengths)]), columns)


def _mixed(count: int) -> NDArray[np.uint64]:
    """Numbers that look as if drawn at random, the same in every run (splitmix64: Steele, Lea and Flood 2014)."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def posterior(table: Floats, log_chance: Floats, log_density: Floats) -> tuple[Floats, Floats]:
    """How likely each ability is after each row of answers (rows, nodes), and the log of the answers' chance (rows,).

    `log_chance` (columns, nodes) of each score, `log_density` (nodes,) of the abilities.
    """
    chance = table @ log_chance
    chance += log_density
    most = chance.max(axis=1)
    chance -= most[:, None]
    np.exp(chance, out=chance)
    total = chance.sum(axis=1)
    chance /= total[:, None]
    return chance, most + np.log(total)


@dataclass(frozen=True)
class Expected:
    """What the people are expected to be.

    `counts` (columns, nodes) of each score at each ability, `mass` (nodes,) of people, and the log-likelihood.
    """

    counts: Floats
    mass: Floats
    loglik: float


def expect(data: Patterns, log_chance: Floats, log_density: Floats) -> Expected:
    """The E-step (Bock and Aitkin 1981)."""
    counts, mass, loglik = np.zeros(log_chance.shape), np.zeros(len(log_density)), 0.0
    for people, table in data.blocks():
        chance, log_total = posterior(table, log_chance, log_density)
        chance *= people[:, None]
        counts += table.T @ chance
        mass += chance.sum(axis=0)
        loglik += float(people @ log_total)
    return Expected(counts, mass, loglik)
