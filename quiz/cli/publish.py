"""Publishing a simulation: for the app, and in a checkout for docs/method.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from quiz.bank.files import write_file
from quiz.competency.catalogue import Catalogue
from quiz.report.accuracy import Published, told, with_section
from quiz.report.accuracy_svg import drawing
from quiz.report.files import write_published

PAGE, FIGURE = "method.md", "reliability.svg"


def publish(found: Published, catalogue: Catalogue, questions: Path, docs: Path) -> Iterator[Path]:
    """Write the figures beside the questions, and into the page and its drawing, each file whole; gives their paths."""
    yield write_published(questions, found)
    page, figure = docs / PAGE, docs / FIGURE
    names = {area.id: area.name for area in catalogue.areas}
    source = page.read_text(encoding="utf-8")
    write_file(page, with_section(source, told(found, names, FIGURE)))
    yield page
    write_file(figure, drawing(found.summary, paper=True))
    yield figure
