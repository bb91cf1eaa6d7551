"""What the bank lacks against its blueprint, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quiz.bank.coverage import AreaCoverage
from quiz.bank.pieces import LEVELS


def lacks(area: AreaCoverage) -> Iterator[str]:
    """What an area still needs; nothing where it has all."""
    missing = area.missing
    if missing.questions:
        yield f"{area.name}: {_more(missing.questions)}."
    if any(missing.level.values()):
        yield f"{area.name}: {_listed(missing.level)}."
    if any(missing.type.values()):
        yield f"{area.name}: {_listed(missing.type, 'of type ')}."
    if missing.provable:
        yield f"{area.name}: {missing.provable} more with a proof."
    for level, lack in zip(LEVELS, missing.information, strict=True):
        if lack:
            yield f"{area.name}: {_more(lack)} near {level}."


def _more(count: int) -> str:
    return f"{count} more question{'s' * (count != 1)}"


def _listed(counts: Mapping[str, int], of: str = "") -> str:
    return ", ".join(f"{n} more {of}{name}" for name, n in counts.items() if n)
