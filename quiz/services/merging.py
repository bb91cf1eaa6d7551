"""The framework of the files and what editors have made of it in the browser: neither takes the other back unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy.orm import Session

from quiz.competency.catalogue import Catalogue
from quiz.competency.change import changed, written
from quiz.store.bank import PastCatalogue, past_catalogues
from quiz.yamlfile import FileProblems, Problem

Part = tuple[str, str]
"""A kind of `competency.change.KINDS` and a name."""
BOTH = "was changed here and in the browser since they last agreed; give one of them the text of the other"


def with_edits(session: Session, files: Catalogue) -> tuple[Catalogue, tuple[str, ...]]:
    """The files' framework with what editors changed and no file has changed since, and where the files say otherwise.

    Raises FileProblems with every part that was changed on both sides.
    """
    past = past_catalogues(session)
    edited = [part for part in _parts(past[-1].catalogue) if _differs(past, part, files)] if past else []
    both = [Problem(_file(part), 0, "", BOTH) for part in edited if written(files, *part) != _agreed(past, part)]
    if both:
        raise FileProblems(both)
    merged = files
    for part in edited:
        merged = changed(merged, *part, written(past[-1].catalogue, *part) or "")
    return merged, tuple(map(_file, edited))


def _parts(catalogue: Catalogue) -> Iterator[Part]:
    yield from (("profile", name) for name in catalogue.profiles)
    yield from ((kind, area.id) for area in catalogue.areas for kind in ("resources", "hours"))


def _differs(past: Sequence[PastCatalogue], part: Part, files: Catalogue) -> bool:
    """Whether the part is as an editor made it, and not as in the files."""
    now = written(past[-1].catalogue, *part)
    return now not in {written(files, *part), _agreed(past, part)}


def _agreed(past: Sequence[PastCatalogue], part: Part) -> str | None:
    """The part as it last came from files: its text before the changes that editors have made since."""
    texts = [(written(one.catalogue, *part), one.edited) for one in past]
    for (before, _), (after, edited) in reversed(list(pairwise(texts))):
        if after != before and not edited:
            return after
    return texts[0][0]


def _file(part: Part) -> str:
    kind, name = part
    return {"profile": f"profiles/{name}.yaml", "resources": f"resources/{name}.yaml"}.get(
        kind, f"competencies.yaml, hours of {name}"
    )
