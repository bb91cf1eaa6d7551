"""What the surface of an option's wording tells: features, and a model that learns from them which option is keyed.

The model knows nothing of the subject. It is trained on half of the questions and chooses on the other half.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.bank.alike import content_words
from quiz.measure.curve import Floats, Ints

ABSOLUTE = re.compile(r"\b(always|never|all|none|only|every|must|cannot)\b", re.IGNORECASE)
HEDGE = re.compile(r"\b(may|might|can|could|usually|often|sometimes|mostly|likely|probably|tends?)\b", re.IGNORECASE)
QUALIFIER = re.compile(r"\b(if|when|unless|because|since|so|but|although|while|until|where|which)\b", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[^\w\s`]")
_TOKEN = re.compile(r"\w+")

RIDGE = 10.0
ROUNDS = 25
HALVINGS = 40
TIED = 1e-9


@dataclass(frozen=True)
class Item:
    """A choice as a taker sees it: the options' texts in the file's order, and the share of full marks of each.

    `fixed`: the options are shown in the file's order (numbers in rising order), so their places can be seen.
    """

    question: str
    area: str
    stem: str
    texts: tuple[str, ...]
    credit: tuple[float, ...]
    fixed: bool


@dataclass(frozen=True)
class Padded:
    """Items of different sizes in one array: `rows` (items, most options) are row numbers, `there` says which exist."""

    rows: Ints
    there: NDArray[np.bool_]

    def of(self, values: Floats, missing: float) -> Floats:
        """Values per row (…, rows) as (…, items, most options)."""
        return np.where(self.there, values[..., self.rows], missing)


def padded(items: Sequence[Item]) -> Padded:
    """Where the options of each item stand in arrays over all options."""
    sizes = np.array([len(item.texts) for item in items])
    place = np.arange(sizes.max())
    there = place < sizes[:, None]
    return Padded(np.where(there, (np.cumsum(sizes) - sizes)[:, None] + place, 0), there)


def echo(item: Item) -> list[float]:
    """How many content words each option shares with the stem."""
    said = set(content_words(item.stem))
    return [float(len(said & set(content_words(text)))) for text in item.texts]


def convergence(item: Item) -> list[float]:
    """How often the content words of each option stand in the other options."""
    own = [set(content_words(text)) for text in item.texts]
    holders = Counter(word for words in own for word in words)
    return [float(sum(holders[word] - 1 for word in words)) for words in own]


def features(items: Sequence[Item]) -> Floats:
    """One row per option, one column per feature, centred within the item and scaled: (rows, features)."""
    blocks = []
    for item in items:
        table = np.array(_described(item), dtype=float)
        blocks.append(table - table.mean(axis=0))
    table = np.vstack(blocks)
    spread = table.std(axis=0)
    return np.asarray(table[:, spread > TIED] / spread[spread > TIED])


def _described(item: Item) -> list[list[float]]:
    lengths = [len(text) for text in item.texts]
    shared, met = echo(item), convergence(item)
    return [
        [
            *_length(text, lengths),
            *_wording(text),
            *_content(text, shared[place], met[place], len(item.texts) - 1),
            *_place(place, len(item.texts), fixed=item.fixed),
        ]
        for place, text in enumerate(item.texts)
    ]


def _length(text: str, lengths: Sequence[int]) -> list[float]:
    """Rank, relative length, whether longest or shortest."""
    shorter = sum(n < len(text) for n in lengths) + (lengths.count(len(text)) - 1) / 2
    relative = len(text) / (sum(lengths) / len(lengths))
    return [shorter, relative, float(len(text) == max(lengths)), float(len(text) == min(lengths))]


def _wording(text: str) -> list[float]:
    """Words, digits, punctuation, code, absolutes, hedges, qualifiers."""
    return [
        float(len(_TOKEN.findall(text))),
        float(sum(map(str.isdigit, text))),
        float(len(_PUNCTUATION.findall(text))),
        float("`" in text),
        *(float(len(pattern.findall(text))) for pattern in (ABSOLUTE, HEDGE, QUALIFIER)),
    ]


def _content(text: str, shared: float, met: float, others: int) -> list[float]:
    """Shares of content words that echo the stem or the other options, type-token ratio, mean length of a word."""
    words, tokens = content_words(text), _TOKEN.findall(text.lower())
    kinds = max(1, len(set(words)))
    varied = len(set(tokens)) / max(1, len(tokens))
    return [shared / kinds, met / kinds / others, varied, sum(map(len, tokens)) / max(1, len(tokens))]


def _place(place: int, size: int, *, fixed: bool) -> list[float]:
    """Where a number stands among ordered ones: from 0 to 1, and how near the middle."""
    share = place / (size - 1) if fixed else 0.5
    return [share, 1 - abs(2 * share - 1) if fixed else 0.5]


def trial(items: Sequence[Item], permutations: int, seed: int) -> tuple[Floats, Floats]:
    """The model's mean credit per item (items,), and the same under permuted keys (permutations, items).

    Forty times the questions are halved at random; each half trains a model that chooses in the other, so every item
    is tested forty times (parts of a case stay together). The same halves are used with the keys permuted within
    each item: what the model earns then is what it earns where wording tells nothing.
    """
    draw = np.random.default_rng(seed)
    where, table = padded(items), features(items)
    credit = np.array([c for item in items for c in item.credit])
    targets = np.vstack([credit, _permuted(credit, where, permutations, draw)])
    earned = np.zeros((len(targets), len(items)))
    for half in _halvings([item.question for item in items], draw):
        for tested in (half, ~half):
            rows = np.repeat(~tested, where.there.sum(axis=1))
            scores = _fit(table[rows], targets[:, rows]) @ table.T
            earned += np.where(tested, _chosen(scores, targets, where), 0.0)
    earned /= HALVINGS
    return earned[0], earned[1:]


def _permuted(credit: Floats, where: Padded, count: int, draw: np.random.Generator) -> Floats:
    """The credits, permuted within each item: (count, rows)."""
    order = np.argsort(where.of(draw.random((count, len(credit))), 2.0), axis=-1)
    mixed = np.take_along_axis(where.of(credit, 0.0)[None], order, axis=-1)
    return np.asarray(mixed[:, where.there])


def _halvings(questions: Sequence[str], draw: np.random.Generator) -> Iterable[NDArray[np.bool_]]:
    """Random halves of the questions, each as a mask over the items."""
    names, number = np.unique(questions, return_inverse=True)
    for _ in range(HALVINGS):
        yield (draw.permutation(len(names)) < len(names) // 2)[number]


def _fit(table: Floats, targets: Floats) -> Floats:
    """Weights (fits, features) of ridge-penalised logistic regressions, one for each row of `targets` (fits, rows).

    Newton steps with the Hessian's fixed bound XᵀX/4, so that all fits share one solve (Böhning and Lindsay 1988,
    "Monotonicity of quadratic-approximation algorithms"). The intercept, which no choice depends on, is dropped.
    """
    design = np.column_stack([np.ones(len(table)), table])
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = TIED
    step = np.linalg.inv(design.T @ design / 4 + np.diag(penalty))
    weights = np.zeros((len(targets), design.shape[1]))
    for _ in range(ROUNDS):
        residual = targets - 1 / (1 + np.exp(-weights @ design.T))
        weights += (residual @ design - weights * penalty) @ step
    return weights[:, 1:]


def _chosen(scores: Floats, targets: Floats, where: Padded) -> Floats:
    """The mean credit of the options with the highest score: (fits, items)."""
    shown = where.of(scores, -np.inf)
    best = shown >= shown.max(axis=-1, keepdims=True) - TIED
    return np.asarray((where.of(targets, 0.0) * best).sum(axis=-1) / best.sum(axis=-1))
