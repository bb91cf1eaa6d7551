"""Standard errors of calibrated items, from the observed information.

The information is the cross-product of the scores: the sum, over people, of the outer product of the gradient of the
log-likelihood of each person's answers (Louis 1982). Priors add their own curvature. The population and the line
that ties the scale are taken as known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.measure.calibration.data import Patterns, posterior
from quiz.measure.calibration.items import Bend, Chances, Columns
from quiz.measure.curve import Floats

PER_PARAMETER = 5
"""People needed per parameter before the whole cross-product can be trusted."""
MOST = 2000
"""Parameters up to which it is affordable: a matrix of 32 MB."""


@dataclass(frozen=True)
class Errors:
    """Standard errors of `log_a` and `b` (items,), not a number where unknown; `kind`: "full" or "per item"."""

    log_a: Floats
    b: Floats
    kind: str


@dataclass(frozen=True)
class Fit:
    """The parameters' place: answers, scores' columns, chances there, slopes `a`, which are `free`, the prior."""

    data: Patterns
    columns: Columns
    at: Chances
    a: Floats
    free: NDArray[np.bool_]
    log_density: Floats
    prior: Bend | None


def standard_errors(fit: Fit) -> Errors:
    """Errors of all parameters.

    From the whole cross-product where there are people enough and not too many parameters, else from the 2 × 2
    block of each item, which leaves out what items share and so is a few per cent too small.
    """
    parameters = len(fit.a) + int(fit.free.sum())
    if parameters <= MOST and fit.data.people.sum() >= PER_PARAMETER * parameters:
        found = _full(fit)
        if found is not None:
            return found
    return _per_item(fit)


def _full(fit: Fit) -> Errors | None:
    items = len(fit.a)
    used = np.concatenate([fit.free, np.ones(items, dtype=bool)])
    information = np.zeros((int(used.sum()),) * 2)
    for people, by_a, by_b in _scores(fit):
        both = np.hstack([by_a[:, fit.free], by_b])
        information += (both * people[:, None]).T @ both
    if fit.prior is not None:
        whole = np.block(
            [[np.diag(fit.prior.aa), np.diag(fit.prior.ab)], [np.diag(fit.prior.ab), np.diag(fit.prior.bb)]]
        )
        information += whole[np.ix_(used, used)]
    try:
        variance = np.diag(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return None
    errors = np.full(2 * items, np.nan)
    errors[used] = _root(variance)
    return Errors(errors[:items], errors[items:], "full")


def _per_item(fit: Fit) -> Errors:
    aa, ab, bb = (np.zeros(len(fit.a)) for _ in range(3))
    for people, by_a, by_b in _scores(fit):
        aa += people @ by_a**2
        ab += people @ (by_a * by_b)
        bb += people @ by_b**2
    if fit.prior is not None:
        aa, ab, bb = aa + fit.prior.aa, ab + fit.prior.ab, bb + fit.prior.bb
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = aa * bb - ab**2
        log_a = np.where(fit.free, _root(bb / rest), np.nan)
        b = np.where(fit.free, _root(aa / rest), _root(1 / bb))
    return Errors(log_a, b, "per item")


def _root(variance: Floats) -> Floats:
    """Square roots; not a number where the variance is none."""
    return np.sqrt(np.where(np.isfinite(variance) & (variance > 0), variance, np.nan))


def _scores(fit: Fit) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Some patterns at a time: people (rows,), and the gradients by each log a and b (rows, items)."""
    item, first = fit.columns.item, fit.columns.first
    by_b = -fit.a[item, None] * fit.at.score
    by_a = fit.at.x[item] * fit.at.score
    log_chance = fit.at.log
    for people, table in fit.data.blocks():
        ability, _ = posterior(table, log_chance, fit.log_density)
        yield (
            people,
            np.add.reduceat((ability @ by_a.T) * table, first, axis=1),
            np.add.reduceat((ability @ by_b.T) * table, first, axis=1),
        )
