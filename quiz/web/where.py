"""Where an attempt goes on."""

from __future__ import annotations

from flask import url_for

from quiz.attempt.fold import Progress


def where(token: str, progress: Progress) -> str:
    """The address at which the attempt goes on: its question's own, so that Back leads through earlier answers."""
    if progress.phase == "asking":
        return url_for("take.question", token=token, position=progress.position)
    return url_for("take.attempt", token=token)
