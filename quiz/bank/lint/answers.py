"""What authors answer to warnings: a line `lint <rule>: reason` in a question's `notes`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ANSWER = re.compile(r"^lint ([a-z][a-z-]*): *(.*)$", re.MULTILINE)


def answers(notes: str | None) -> Mapping[str, str]:
    """The reason given for each rule; empty where a line gives none."""
    return {match[1]: match[2].strip() for match in _ANSWER.finditer(notes or "")}
