"""How often this person guesses where they don't know, from their own answers."""

from __future__ import annotations

EXPECTED = 0.8
"""The share of an unknown single that people guess, before this person has shown otherwise."""


def guessing_share(wrong: int, unknown: int) -> float:
    """ĝ from the wrong and the "I don't know" answers among a person's singles.

    A guess among four goes wrong three times in four, so `wrong`/.75 guesses were made. The start values
    stand for two and a half earlier cases with .8 guessed.
    """
    guesses = wrong / 0.75
    return (2 + guesses) / (2.5 + guesses + unknown)
