"""Statistics of a question in sentences: what an editor reads before any table."""

from __future__ import annotations

from quiz.bank.pieces import Level
from quiz.measure.item_statistics import LEAST, Correlation, Drift, Figures, Fit, Share


def headline(figures: Figures | None, n: int) -> str:
    """How many are right, or that too few have answered."""
    if figures is None:
        return f"{n} of {LEAST} answers: too few to say anything yet"
    return f"{percent(figures.right.share)} of {n} people are right"


def summary(figures: Figures, level: Level, says: str | None) -> str:
    """The range of that share, and where answers place the question beside where it is set."""
    where = f"Answers say {says}, as it is set." if says == level else f"It is set {level}; answers say {says}."
    return f"Likely {between(figures.right)} of all who would be asked. {where}"


def told_apart(found: Correlation | None) -> str:
    """Whether strong people do better."""
    if found is None:
        return "Everybody got the same score, so it tells nobody from anybody."
    if found.high <= 0.2:
        said = "It hardly tells strong people from weak ones"
    elif found.low > 0:
        said = "Strong people do better than weak ones"
    else:
        said = "Strong people probably do better, but that is not sure yet"
    return f"{said} (correlation {found.r:.2f}, likely {found.low:.2f} to {found.high:.2f})."


def fit_told(fit: Fit) -> str:
    """Whether answers follow the curve."""
    near = max(fit.groups, key=lambda group: abs(group.observed - group.expected))
    detail = f"{percent(near.observed)} where {percent(near.expected)} are expected, near level {near.level:.1f}"
    said = "do not follow" if fit.p < 0.001 else "follow"
    return f"Answers {said} the expected curve; the farthest group got {detail} (n {near.n})."


def drift_told(drift: Drift | None) -> str:
    """Whether it has become easier."""
    if drift is None:
        return f"Nothing can be said of a change: that takes {LEAST} answers before and since the newest bank version."
    if abs(drift.difference) <= 2 * drift.error:
        return f"No clear change since the newest bank version ({drift.since} answers, {drift.before} before)."
    way = "easier" if drift.difference > 0 else "harder"
    points = round(100 * abs(drift.difference))
    return f"It is {way} by about {points} points since the newest bank version ({drift.since}, {drift.before} before)."


def exposed(asked: int, attempts: int) -> str:
    """How often it is used."""
    if not attempts:
        return "Nobody has answered anything yet."
    return f"Asked in {asked} of the newest {attempts} attempts ({percent(asked / attempts)})."


def between(share: Share) -> str:
    """A share's interval."""
    return f"{100 * share.low:.0f} to {100 * share.high:.0f} %"


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.0f} %"
