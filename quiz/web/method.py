"""The page on the method: docs/method.md, with the figures of the last published simulation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from quiz.bank.render import block
from quiz.competency.catalogue import Catalogue
from quiz.paths import DOCS, QUESTIONS
from quiz.report.accuracy import Published, replace_section, told
from quiz.report.accuracy_svg import drawing
from quiz.report.files import read_published

NONE_YET = "Nothing has been simulated for these questions yet."


@dataclass(frozen=True)
class Drawing:
    """A figure as the renderer of Markdown takes it."""

    id: str
    svg: str
    text: str


@cache
def published() -> Published | None:
    """The last published simulation."""
    return read_published(QUESTIONS)


def method(catalogue: Catalogue, found: Published | None) -> str:
    """The page as HTML; `catalogue` names the areas."""
    source = (DOCS / "method.md").read_text(encoding="utf-8")
    if found is None:
        return block(replace_section(source, NONE_YET))
    figure = Drawing("reliability", drawing(found.summary), "Printed chances against how often they came true")
    names = {area.id: area.name for area in catalogue.areas}
    return block(replace_section(source, told(found, names, "figure:reliability")), [figure])
