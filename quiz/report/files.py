"""The published simulation: a file beside the questions it speaks of."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from quiz.bank.files import write_file
from quiz.report.accuracy import Published

NAME = "accuracy.json"
_SHAPE = TypeAdapter(Published)


def read_published(folder: Path) -> Published | None:
    """What was last published for the bank in this folder; None where nothing was, or another release wrote it."""
    path = folder / NAME
    try:
        return _SHAPE.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def write_published(folder: Path, found: Published) -> Path:
    """Publish; gives the file's path."""
    path = folder / NAME
    write_file(path, _SHAPE.dump_json(found, indent=1).decode() + "\n")
    return path
