"""Words of a text: counted, or reduced to crude stems that can be compared."""

from __future__ import annotations

import re

from quiz.bank.text import prose

_WORD = re.compile(r"[A-Za-z0-9][\w'’%.,-]*")
_NAME = re.compile(r"[a-z]+")
_EXACT = re.compile(r"`[^`]*`|\$[^$]*\$")
_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n\s*\n|\n\s*[-*|]")
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly")

_COMMON = """
a about after again all also am an and any are as at be because been before being below between both but by can
come could did do does done down each either else ever few first for from get give given go goes had has have he
her here him his how i if in into is it its itself just last let like made make makes many may me might more
most much must my need needs next no nor not now of off on once one only onto or other others our out over own
per put same say says see set she should show so some still such take takes than that the their them then there
these they this those three though to too two under until up upon us use used uses using very want was way we
well were what when where whether which while who whom whose why will with within without would yet you your
"""
COMMON = frozenset(re.findall(r"\w+", _COMMON))
"""Words that say nothing about the subject."""


def words(text: str) -> list[str]:
    """The words of a text, code left out."""
    return _WORD.findall(_EXACT.sub(" x ", prose(text)))


def sentences(text: str) -> list[str]:
    """The sentences of a text, code left out; an item of a list or row of a table counts as one."""
    return _SENTENCE_END.split(prose(text))


def stemmed(word: str) -> str:
    """A word without its ending, so that `arrive`, `arrives` and `arriving` are one."""
    word = word.lower()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e")


def content(text: str) -> set[str]:
    """The stems of the words that carry a text's meaning: no code, no formulas, no numbers, no common words."""
    plain = _without_contractions(_EXACT.sub(" ", prose(text)))
    return {stemmed(word) for word in _NAME.findall(plain) if len(word) > 2 and word not in COMMON}


def everything(text: str) -> set[str]:
    """Like `content`, and the names and numbers within code and formulas too."""
    found = re.findall(r"[a-z_]+|\d[\d.,]*", _without_contractions(text))
    return {stemmed(word.rstrip(".,")) for word in found if word not in COMMON}


def _without_contractions(text: str) -> str:
    return re.sub(r"'s\b|n't\b|'(?:re|ll|ve|d)\b", " ", text.lower().replace("’", "'"))
