"""Response curves: how likely each score is for a person at a level.

One family serves every type. A question has categories 0..m (its scores). With x = a(θ − b),

    G_k ∝ w_k · exp(k·x)            generalised partial credit with equal steps (Muraki 1992)
    P_k = G_k·[k > 0] + G_0·luck_k  a person who knows nothing still scores by luck

With m = 1, w = (1, 1) and luck = (1 − c, c) this is the three-parameter logistic curve c + (1 − c)·σ(x).
`w` holds binomial counts for a case (its parts are alike) and 1 or 0 for credits that a judgement has or lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TWO_THIRDS = 2 / 3
FLATTENING = 0.35
"""How much doubt about b flattens the marginal curve: σ averaged over N(b, s²) ≈ slope a/√(1 + .35·a²s²)."""
MAX_CATEGORIES = 5
MAX_X = 30.0
SMALLEST = 1e-12
"""A chance below which a score counts as impossible; its slope is as small."""


@dataclass(frozen=True)
class Curve:
    """One question's curve: slope per step, location on the steps, category weights, luck (both sum over k)."""

    a: float
    b: float
    weights: tuple[float, ...]
    luck: tuple[float, ...]


def authored(level: float, slope: float, weights: Sequence[float], luck: Sequence[float], doubt: float) -> Curve:
    """The curve an author's level implies: who stands at `level` expects two thirds of the score, luck included.

    `slope` is flattened for the doubt (sd, in steps) in the author's level. See docs/method.md.
    Raises ValueError where luck alone brings two thirds of the score: such a question measures nothing.
    """
    if sum(k * p for k, p in enumerate(luck)) / (len(luck) - 1) >= TWO_THIRDS:
        raise ValueError("luck alone brings two thirds of the score")
    a = slope / sqrt(1 + FLATTENING * slope**2 * doubt**2)
    return Curve(a, level - two_thirds_at(weights, luck) / a, tuple(weights), tuple(luck))


def two_thirds_at(weights: Sequence[float], luck: Sequence[float]) -> float:
    """The x = a(θ − b) at which two thirds of the score are expected, luck included."""
    low, high = -MAX_X, MAX_X
    for _ in range(80):  # the expected score crosses two thirds once on its way up, so halving finds where
        middle = (low + high) / 2
        low, high = (middle, high) if _expected_share(middle, weights, luck) < TWO_THIRDS else (low, middle)
    return low


def _expected_share(x: float, weights: Sequence[float], luck: Sequence[float]) -> float:
    g = [w * exp(k * x) for k, w in enumerate(weights)]
    total = sum(g)
    score = sum(k * part for k, part in enumerate(g)) + g[0] * sum(k * p for k, p in enumerate(luck))
    return score / total / (len(weights) - 1)


@dataclass(frozen=True)
class Curves:
    """Many curves as arrays: `a`, `b` (n,), `weights`, `luck` (n, K), K the most categories, padded with 0."""

    a: Floats
    b: Floats
    weights: Floats
    luck: Floats

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: Ints) -> Curves:
        """The curves at these rows."""
        return Curves(self.a[rows], self.b[rows], self.weights[rows], self.luck[rows])

    def with_guessing(self, share: float, affected: NDArray[np.bool_]) -> Curves:
        """The curves of a person who guesses, where they don't know, only this share of the time."""
        luck = self.luck.copy()
        luck[affected] *= share
        luck[affected, 0] += 1 - share
        return Curves(self.a, self.b, self.weights, luck)


def stack(curves: Sequence[Curve]) -> Curves:
    """Many curves as arrays."""

    def padded(rows: list[tuple[float, ...]]) -> Floats:
        table = np.zeros((len(rows), MAX_CATEGORIES))
        for i, row in enumerate(rows):
            table[i, : len(row)] = row
        return table

    return Curves(
        np.array([c.a for c in curves], dtype=float),
        np.array([c.b for c in curves], dtype=float),
        padded([c.weights for c in curves]),
        padded([c.luck for c in curves]),
    )


def _power(curves: Curves, theta: Floats) -> Floats:
    """exp(x) for theta (n, q): (n, q)."""
    x = curves.a[:, None] * (theta - curves.b[:, None])
    return np.asarray(np.exp(np.minimum(np.maximum(x, -MAX_X), MAX_X)))  # np.clip takes longer than all of this


def _shares(curves: Curves, theta: Floats) -> Floats:
    """G_k for theta (n, q), adding up to 1 over k: (K, n, q), by multiplication instead of K exponentials."""
    e = _power(curves, theta)
    terms = np.empty((curves.weights.shape[1], *theta.shape))
    terms[0] = 1.0
    for k in range(1, len(terms)):
        np.multiply(terms[k - 1], e, out=terms[k])
    terms *= curves.weights.T[:, :, None]
    terms /= terms.sum(axis=0)
    return terms


def _with_luck(curves: Curves, shares: Floats) -> Floats:
    """P_k from G_k: who knows nothing scores by luck."""
    chances: Floats = curves.luck.T[:, :, None] * shares[0]
    chances[1:] += shares[1:]
    return chances


def probabilities(curves: Curves, theta: Floats) -> Floats:
    """P of each score at each level: theta (n, q) gives (K, n, q); impossible scores have 0."""
    return _with_luck(curves, _shares(curves, theta))


def likelihood(curves: Curves, scores: Ints) -> Callable[[Floats], Floats]:
    """P of the given scores (n,) as a function of levels theta (n, q): (n, q).

    What does not depend on the level is worked out once, since a belief asks again and again. Both the score's own
    terms and all terms are polynomials in exp(x), worked out side by side (Horner's rule).
    """
    rows, weights = np.arange(len(curves)), curves.weights
    powers = np.zeros((_categories(curves), 2, len(rows), 1))
    own, all_ = powers[:, 0, :, 0], powers[:, 1, :, 0]
    all_[:] = weights.T[: len(powers)]
    own[scores, rows] = weights[rows, scores]
    own[0] = weights[:, 0] * curves.luck[rows, scores]

    def at(theta: Floats) -> Floats:
        e = _power(curves, theta)
        sums = powers[-1]
        for power in powers[-2::-1]:
            sums = sums * e + power
        return np.asarray(sums[0] / sums[1])

    return at


def _categories(curves: Curves) -> int:
    """The most categories that one of these curves has; two at least."""
    return max(2, int(np.flatnonzero(curves.weights.any(axis=0))[-1]) + 1)


def information(curves: Curves, theta: Floats) -> Floats:
    """Fisher information about the level, per step squared: theta (n, q) gives (n, q)."""
    shares = _shares(curves, theta)
    chances = _with_luck(curves, shares)
    k = np.arange(len(shares), dtype=float)
    slopes = k[:, None, None] * shares - chances * np.tensordot(k, shares, 1)
    return np.asarray(curves.a[:, None] ** 2 * (slopes * slopes / np.maximum(chances, SMALLEST)).sum(axis=0))
