"""The canonical form of ordinary data, line by line: what ruamel.yaml would write, in less than a tenth of its time.

Nearly every text of a question is ordinary. What is not is left to ruamel: a value by itself, or the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_SIGNS = "\x20-\x7e\xa1-\u2027\u202a-\ud7ff"
_PLAIN = re.compile(
    rf"(?!(?:true|false|null|yes|no|on|off|y|n)\Z)(?:[a-z]|[0-9(](?=[^:]* )(?!.*:))(?:(?!: | #)[{_SIGNS}]){{0,2000}}"
    r"(?<![ :])",
    re.IGNORECASE,
)
"""Text that needs no quotes: it begins with a letter, or is several words, and looks like nothing but text."""
_QUOTED = re.compile(
    rf"(?:[`\"\[\]{{}}&*!|>%@]|[a-z](?=.*(?:: | #)))(?:(?!')[{_SIGNS}]){{0,2000}}(?<! )", re.IGNORECASE
)
"""Text that begins with a sign of YAML's own or holds one, but no single quote."""
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_LINES = re.compile(rf"[{_SIGNS}\n]*")


class UnusualError(Exception):
    """Something that only ruamel knows how to write."""


class Lines:
    """Writes data; `dump` writes the mapping of one name to one unusual value."""

    def __init__(self, dump: Callable[[Any], str]) -> None:
        self._dump = dump

    def text(self, data: Mapping[Any, Any]) -> str:
        """The whole mapping. Raises UnusualError."""
        if not data:
            raise UnusualError
        return "".join(f"{line}\n" for line in self._mapping(data, ""))

    def _mapping(self, data: Mapping[Any, Any], margin: str) -> Iterator[str]:
        for name, value in data.items():
            yield from self._value(f"{margin}{self._scalar(name)}:", value, margin + "  ")

    def _value(self, head: str, value: Any, margin: str) -> Iterator[str]:
        """The lines of a value, of which `head` begins the first; further ones begin at the margin."""
        match value:
            case Mapping() if value:
                yield head
                yield from self._mapping(value, margin)
            case list() | tuple() if value:
                yield head
                yield from self._sequence(value, margin)
            case str() if "\n" in value:
                yield from _block(head, value, margin)
            case Mapping():
                yield f"{head} {{}}"
            case list() | tuple():
                yield f"{head} []"
            case _:
                yield f"{head} {self._scalar(value)}"

    def _sequence(self, values: list[Any] | tuple[Any, ...], margin: str) -> Iterator[str]:
        for value in values:
            match value:
                case Mapping() if value:
                    yield from _begun(f"{margin}- ", self._mapping(value, margin + "  "))
                case list() | tuple() if value:
                    yield from _begun(f"{margin}-   ", self._sequence(value, margin + "    "))
                case _:
                    yield from self._value(f"{margin}-", value, margin + "  ")

    def _scalar(self, value: Any) -> str:
        if isinstance(value, str):
            if _PLAIN.fullmatch(value):
                return value
            if _QUOTED.fullmatch(value):
                return f"'{value}'"
        elif value is True or value is False:
            return str(value).lower()
        elif type(value) is int or (type(value) is float and _DECIMAL.fullmatch(repr(value))):
            return repr(value)
        written = self._dump({"x": value})
        if written.count("\n") != 1 or not written.startswith("x: "):
            raise UnusualError
        return written.removeprefix("x: ").removesuffix("\n")


def _begun(dash: str, lines: Iterator[str]) -> Iterator[str]:
    """The lines, the first with its margin replaced by the dash of an item."""
    yield dash + next(lines)[len(dash) :]
    yield from lines


def _block(head: str, text: str, margin: str) -> Iterator[str]:
    """The text as a literal block, where that needs no more than a minus."""
    whole = text.removesuffix("\n")
    rows = whole.split("\n")
    if not whole or whole != text.strip() or not _LINES.fullmatch(text) or any(row != row.rstrip() for row in rows):
        raise UnusualError
    yield f"{head} |" if text != whole else f"{head} |-"
    yield from (margin + row if row else "" for row in rows)
