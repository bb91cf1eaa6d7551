"""Reading numbers as people write them: `0.17`, `17 %`, `1/6`, `1e-3`, `12,5`, `20 replicas`.

What could mean two things, such as `1,000`, is refused with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from fractions import Fraction

MAX_LENGTH = 60
SPACES = dict.fromkeys(map(ord, "\u00a0\u2009\u202f\u2007"), " ")
MINUS = {ord("\u2212"): "-", ord("\u2013"): "-"}

_PLAIN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = re.compile(rf"({_PLAIN})(?:\s*[eE]\s*([+-]?\d{{1,3}}))?")
_FRACTION = re.compile(rf"({_PLAIN})\s*/\s*({_PLAIN})")
_GROUPED_BY_SPACE = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_GROUPED_BY_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GROUPED_BY_DOT = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_TRAILING = re.compile(r"^(.*?[\d.])\s*(%|[^\d\s.,/%+-][^\d]*)$")


class UnreadableError(ValueError):
    """The text is not one number; the message says what to write instead."""


def read_number(text: str, unit: str | None = None) -> tuple[Fraction, bool]:
    """The number in `text`, exactly, and whether a percent sign stood behind it.

    `unit` is the unit shown beside the field; repeating it is harmless, another one is refused.
    The value is as written: `17 %` gives (17, True). Raises UnreadableError.
    """
    clean = text.translate(SPACES).translate(MINUS).strip()
    if not clean:
        raise UnreadableError("Type a number, or choose “I don't know”.")
    if len(clean) > MAX_LENGTH:
        raise UnreadableError("This is too long for one number. Type digits only, such as 0.17.")
    number, percent = _strip_unit(clean, unit)
    return _value(number, text.strip()), percent


def read_share(text: str) -> Fraction:
    """A share as a value between 0 and 1: `0.17` and `17 %` mean the same; `17` can only mean percent."""
    value, percent = read_number(text)
    return value / 100 if percent or value > 1 else value


def read_clear_share(text: str) -> Fraction:
    """The same, but what could mean two shares, such as `0.4`, is refused: it may be 0.4 % or 40 %."""
    share = read_share(text)
    value, percent = read_number(text)
    if not percent and 0 < value <= 1 and "/" not in text:
        typed = text.strip()
        raise UnreadableError(f"“{typed}” could mean {typed} % or {plain(share * 100)} %. Write it with the % sign.")
    return share


def check_dots(text: str, decimals: int) -> None:
    """Raises UnreadableError for what may be thousands with dots, `14.400`, where so many decimals are not asked."""
    typed = text.translate(SPACES).strip().split(" ")[0]
    if decimals < 3 and _GROUPED_BY_DOT.fullmatch(typed):
        asked = f"with at most {decimals} decimals" if decimals else "as a whole number"
        raise UnreadableError(f"“{typed}” could mean {typed.replace('.', '')}. Write it without dots, {asked}.")


def _strip_unit(text: str, unit: str | None) -> tuple[str, bool]:
    trailing = _TRAILING.match(text)
    if trailing is None:
        return text, False
    number, word = trailing[1].strip(), trailing[2].strip()
    if word == "%":
        return number, True
    if _NUMBER.fullmatch(text) or (unit and _same_unit(word, unit)):
        return (text, False) if _NUMBER.fullmatch(text) else (number, False)
    wanted = f" in {unit}" if unit else ""
    raise UnreadableError(f"We can't read “{text}”. Type the number{wanted} alone, in digits.")


def _same_unit(word: str, unit: str) -> bool:
    plain, wanted = word.casefold().strip(" ."), unit.casefold()
    if plain == wanted:
        return True
    return min(len(plain), len(wanted)) > 3 and (plain + "s" == wanted or plain == wanted + "s")


def _value(text: str, typed: str) -> Fraction:
    if _AMBIGUOUS.fullmatch(text):
        joined, point = text.replace(",", ""), text.replace(",", ".")
        raise UnreadableError(f"“{text}” could mean two numbers. Write {joined} or {point}.")
    if _GROUPED_BY_SPACE.fullmatch(text):
        return Fraction(text.replace(" ", ""))
    if _GROUPED_BY_COMMA.fullmatch(text):
        return Fraction(text.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(text):
        return Fraction(text.replace(",", "."))
    if fraction := _FRACTION.fullmatch(text):
        if not Fraction(_padded(fraction[2])):
            raise UnreadableError("A fraction can't have 0 below the line.")
        return Fraction(_padded(fraction[1])) / Fraction(_padded(fraction[2]))
    if number := _NUMBER.fullmatch(text):
        exponent = int(number[2] or 0)
        if abs(exponent) <= 30:
            return Fraction(_padded(number[1])) * Fraction(10) ** exponent
    raise UnreadableError(f"We can't read “{typed}” as a number. Type it in digits, such as 20, 0.17 or 1/6.")


def _padded(text: str) -> str:
    """`5.` and `.5` as Fraction reads them."""
    return text + "0" if text.endswith(".") else text


def plain(value: Fraction) -> str:
    """The number as we read it, for the person to check: exact where short, else to six digits."""
    if value.denominator == 1 and abs(value) < 10**15:
        return f"{value.numerator:,}".replace(",", " ") if abs(value) >= 10_000 else str(value.numerator)
    return f"{float(value):.6g}"
