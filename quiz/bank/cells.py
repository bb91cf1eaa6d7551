"""Cells of a CSV file that a spreadsheet opens as text, never as a formula (CWE-1236).

A cell that a spreadsheet might run gets an apostrophe in front, and loses it when it is read again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_RISKY = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MARKED = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-\d+(\.\d+)?\Z", re.ASCII)


def safe(cell: str) -> str:
    """A cell's text as it is written; plain negative numbers stay numbers."""
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.match(cell) else cell


def unsafe(cell: str) -> str:
    """What `safe` was given."""
    return cell[1:] if _MARKED.match(cell) else cell


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Rows as lines of a CSV file (RFC 4180), one text per row."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([safe(str(cell)) for cell in row])
        yield line.getvalue()
