"""Which field a sentence of the schema is about, where the schema looks at several fields together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
ABOUT: Sequence[tuple[str, tuple[str, ...]]] = (
    (r"trap", ("traps",)),
    (r"more than 20 lines", ("code",)),
    (r"`fix`", ("fix",)),
    (r"`why`|premise|response", ("premises",)),
    (r"option|repl|key may not be", ("options",)),
    (r"line", ("lines",)),
    (r"part", ("parts",)),
)
"""Words of a sentence, and the fields that it may be about: the first that stands in the text."""
TWICE = re.compile(r"stands here twice: (.+)")


def blamed(path: Path, message: str, data: Any) -> Path:
    """A place in the text for a sentence about all that stands at `path`: a list, or the row whose name is taken."""
    here = data
    for part in path:
        here = here[part]
    if not isinstance(here, Mapping):
        return path
    for words, names in ABOUT:
        found = [name for name in names if name in here]
        if found and re.search(words, message):
            return (*path, *_row(here, found[0], message))
    return path


def _row(here: Mapping[str, Any], name: str, message: str) -> Path:
    """The second row of a name that stands twice, or the list."""
    twice = TWICE.search(message)
    lists = [name, *(other for other in ("unused", "responses") if other in here and name in {"lines", "premises"})]
    if twice is not None and "content" not in message and "key" not in message:
        taken = twice[1].split(", ")
        rows = [(one, i, row.get("id")) for one in lists for i, row in enumerate(here[one]) if isinstance(row, Mapping)]
        same = [(one, i) for one, i, own in rows if own in taken]
        if len(same) > 1:
            return (*same[1], "id")
    return (name,)
