"""Rules about options: nothing in their form may tell which is right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quiz.bank import question as q
from quiz.bank.lint.rule import Hit, Path, Rule, bodies, choices
from quiz.bank.lint.wording import content, everything

LONGEST_KEY = 1.3
CENTRAL = 1.5
"""How much more a key must share with the other options than any of them does, to be called their centre."""
LEAST_SHARED = 0.15
"""Below this mean overlap the options have so little in common that a centre is chance."""

_ALL_NONE = re.compile(r"\b(?:all|none|both|neither|any) (?:of )?(?:the above|these(?! \w))\b", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\b(always|never|all|none|only|every|must|impossible|cannot|guarantees?)\b", re.IGNORECASE)
_HEDGE = r"(?:about|around|roughly|nearly|exactly|≈|~)"
_AMOUNT = r"[-−]?\d[\d,]*(?:\.\d+)?"
_QUANTITY = re.compile(rf"^(?:{_HEDGE} )?([$€£]?)({_AMOUNT}) ?(%|[A-Za-zµ][^\d]*)?$", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"^(?:{_HEDGE} |from )?({_AMOUNT})[^\d\s–-]{{0,3}} ?(?:to|-|–) ?({_AMOUNT}) ?(\D*)$", re.IGNORECASE
)
_BETWEEN = re.compile(rf"^between ({_AMOUNT})\D{{0,5}} and ({_AMOUNT}) ?(\D*)$", re.IGNORECASE)
_BELOW = re.compile(rf"^(?:under|below|less than|fewer than|up to|at most) ({_AMOUNT}) ?(\D*)$", re.IGNORECASE)
_ABOVE = re.compile(rf"^(?:over|above|more than|at least) ({_AMOUNT}) ?(\D*)$", re.IGNORECASE)
_GERUND = re.compile(
    r"^(?!(?:nothing|something|everything|anything|during|string|bring)\b)[a-z]{3,}ing\b", re.IGNORECASE
)
_INFINITIVE = re.compile(r"^to [a-z]+", re.IGNORECASE)


@dataclass(frozen=True)
class Range:
    """An option that is a range of numbers."""

    low: float
    high: float
    unit: str


def _key_length(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        if isinstance(found.body, q.MultipleBody):
            continue
        key, other = max(map(len, found.key)), max(map(len, found.others))
        if key > LONGEST_KEY * other and key - other > 8:
            yield (*found.path, "options"), f"the key has {key} characters, the longest other option {other}"


def _above(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        for i, text in enumerate(found.texts):
            if _ALL_NONE.search(text):
                yield (*found.path, "options", i), "all or none of the above is no option"


def _numbers_sorted(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        if isinstance(found.body, q.SingleBody | q.MultipleBody):
            values = _values(found.body.options)
            if values is not None and values != sorted(values):
                yield (*found.path, "options"), "options that are numbers stand in rising order"


def _values(options: Sequence[q.Option]) -> list[float] | None:
    """The options as numbers, if all are numbers or quantities of one unit."""
    if all(isinstance(o.value, int | float) for o in options):
        return [float(o.value) for o in options if isinstance(o.value, int | float)]
    found = [_QUANTITY.match(o.text.strip().strip("$`.")) if o.text else None for o in options]
    matches = [match for match in found if match]
    units = {(match[1], (match[3] or "").rstrip("s")) for match in matches}
    return [_float(match[2]) for match in matches] if len(matches) == len(options) and len(units) == 1 else None


def _float(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def _ranges(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        ranges = [_range(text) for text in found.texts]
        known = [one for one in ranges if one is not None]
        if len(known) < len(ranges) or len({one.unit for one in known}) > 1:
            continue
        lows = [one.low for one in known]
        if not any(math.isfinite(one.low) and one.low < one.high < math.inf for one in known):
            continue
        if lows != sorted(lows):
            yield (*found.path, "options"), "options that are ranges stand in rising order"
        ordered = sorted(known, key=lambda one: (one.low, one.high))
        if isinstance(found.body, q.SingleBody) and any(b.low < a.high for a, b in pairwise(ordered)):
            yield (*found.path, "options"), "ranges overlap, so two options can be right"


def _range(text: str) -> Range | None:
    plain = text.strip().rstrip(".").replace("%", " %").replace("  ", " ")
    if match := _FROM_TO.match(plain) or _BETWEEN.match(plain):
        return Range(_float(match[1]), _float(match[2]), match[3].strip())
    if match := _BELOW.match(plain):
        return Range(-math.inf, _float(match[1]), match[2].strip())
    if match := _ABOVE.match(plain):
        return Range(_float(match[1]), math.inf, match[2].strip())
    return None


def _absolutes(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        absolute = [text for text in found.others if _ABSOLUTE.search(text)]
        if len(absolute) >= 2 and not any(_ABSOLUTE.search(text) for text in found.key):
            yield (*found.path, "options"), "absolute words stand in wrong options only"


def _echo(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        stem, options = content(found.stem), [content(text) for text in found.texts]
        alone = [(one & stem) - set().union(*options[:i], *options[i + 1 :]) for i, one in enumerate(options)]
        key = [words for words, keyed in zip(alone, found.keyed, strict=True) if keyed]
        most = max(len(words) for words, keyed in zip(alone, found.keyed, strict=True) if not keyed)
        if len(key) == 1 and len(key[0]) > (most + 1 if most else 0):
            yield (*found.path, "options"), f"only the key repeats these words of the stem: {', '.join(sorted(key[0]))}"


def _convergence(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        if not isinstance(found.body, q.SingleBody) or len(found.texts) < 4:
            continue
        shared = _shared([everything(text) for text in found.texts])
        key = next(n for n, keyed in zip(shared, found.keyed, strict=True) if keyed)
        other = max(n for n, keyed in zip(shared, found.keyed, strict=True) if not keyed)
        if key > max(CENTRAL * other, LEAST_SHARED):
            yield (*found.path, "options"), "the key shares more words with the other options than any of them does"


def _shared(options: Sequence[set[str]]) -> list[float]:
    """For each option the mean share of words that it has in common with another one (Jaccard)."""
    return [
        sum(len(one & other) / len(one | other) for j, other in enumerate(options) if j != i and one | other)
        / (len(options) - 1)
        for i, one in enumerate(options)
    ]


def _grammar(question: q.Question) -> Iterator[Hit]:
    for path, texts in _compared(question):
        for trait, has in _TRAITS.items():
            shown = [found for text in texts if (found := has(text.strip())) is not None]
            if any(shown) and not all(shown):
                yield path, f"some {trait}, and some do not"
        gerunds = sum(bool(_GERUND.match(text)) for text in texts)
        if len(texts) > 3 and gerunds == len(texts) - 1:
            yield path, "all but one begin with a form in -ing"


def _ends_with_stop(text: str) -> bool | None:
    """Whether a full stop ends it; None where code, a formula or a quotation does."""
    return text.endswith(".") if re.search(r"[\w.)%]$", text) else None


def _begins_with_capital(text: str) -> bool | None:
    """Whether it begins with a capital; None for code, formulas, numbers and names such as `pH` or x."""
    found = re.match(r"[A-Za-z][a-z]+(?![A-Za-z_(.])", text)
    return text[0].isupper() if found else None


def _begins_with_infinitive(text: str) -> bool:
    return bool(_INFINITIVE.match(text))


_TRAITS: Mapping[str, Callable[[str], bool | None]] = {
    "end with a full stop": _ends_with_stop,
    "begin with a capital": _begins_with_capital,
    "begin with “to” and a verb": _begins_with_infinitive,
}


def _compared(question: q.Question) -> Iterator[tuple[Path, list[str]]]:
    """Sets of texts that a person compares with each other."""
    for found in choices(question):
        written = isinstance(found.body, q.JudgementBody) or all(o.text is not None for o in found.body.options)  # type: ignore[union-attr]
        if written:
            yield (*found.path, "options"), list(found.texts)
    for path, body in bodies(question):
        if isinstance(body, q.MatchBody):
            yield (*path, "premises"), [one.text for one in body.premises]
            yield (*path, "responses"), [one.text for one in body.responses]


RULES = (
    Rule(
        "key-length",
        "error",
        "The longest option is the first guess of someone who knows nothing.",
        "Haladyna et al. 2002: choices of about equal length",
        _key_length,
    ),
    Rule(
        "above",
        "error",
        "Options about options reward partial knowledge, and make no sense once shuffled.",
        "Haladyna et al. 2002: no all-of-the-above, none-of-the-above with care",
        _above,
    ),
    Rule(
        "numbers-sorted",
        "error",
        "Numbers out of order cost a search that has nothing to do with the question.",
        "Haladyna et al. 2002: choices in logical or numerical order",
        _numbers_sorted,
    ),
    Rule(
        "ranges",
        "error",
        "Where ranges overlap two options are right; out of order they cost a search.",
        "Haladyna et al. 2002: choices independent, not overlapping",
        _ranges,
    ),
    Rule(
        "absolutes",
        "warning",
        "Always and never give a wrong option away when the key has none of them.",
        "Haladyna et al. 2002: no clues by specific determiners",
        _absolutes,
    ),
    Rule(
        "echo",
        "warning",
        "A key that alone repeats words of the stem can be picked by its sound.",
        "Haladyna et al. 2002: no clang associations",
        _echo,
    ),
    Rule(
        "convergence",
        "warning",
        "The option that has most in common with the others is often the key, and readers know it.",
        "Case and Swanson 2001: convergence strategy",
        _convergence,
    ),
    Rule(
        "grammar",
        "warning",
        "An option that is built unlike the others draws the eye.",
        "Haladyna et al. 2002: choices alike in content and grammar",
        _grammar,
    ),
)
