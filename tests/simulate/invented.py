"""Invented choices among options: fair ones, and ones whose wording tells the key."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

from quiz.simulate.surface import Item

Tell = Literal["none", "longest", "echo"]
SYLLABLES = ("ba", "co", "di", "fu", "ge", "ho", "ki", "lu", "ma", "ne", "po", "ru", "ta", "vi", "zo")
WORDS = [f"{a}{b}{c}k" for a in SYLLABLES for b in SYLLABLES[:8] for c in SYLLABLES[8:]]


def item(*texts: str, key: Sequence[int] = (0,), name: str = "one", area: str = "coding", fixed: bool = False) -> Item:
    """Options with these texts, of which those in `key` are right."""
    credit = tuple(float(place in key) for place in range(len(texts)))
    return Item(name, area, "What happens to the queue?", texts, credit, fixed)


def bank(count: int, seed: int, tell: Tell = "none") -> list[Item]:
    """So many singles of four options made of random words, in two areas; `tell` is how their keys stand out."""
    draw = random.Random(seed)
    return [_one(draw, f"q{n}", ("coding", "talking")[n % 2], tell) for n in range(count)]


def _one(draw: random.Random, name: str, area: str, tell: Tell) -> Item:
    stem = draw.sample(WORDS, 12)
    options = [draw.sample(WORDS, draw.randint(4, 8)) for _ in range(4)]
    key = draw.randrange(4)
    if tell == "longest":
        options[key] = draw.sample(WORDS, 10)
    if tell == "echo":
        options[key][:2] = stem[:2]
    texts = tuple(" ".join(words) for words in options)
    return Item(name, area, " ".join(stem), texts, tuple(float(place == key) for place in range(4)), fixed=False)
