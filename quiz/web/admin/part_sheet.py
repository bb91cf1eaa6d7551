"""A part of the framework as it is being written: what stands in its form or text, and what a button does to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from quiz import yamlfile
from quiz.competency.catalogue import Catalogue
from quiz.competency.change import changed, written
from quiz.competency.form import pressed, typed
from quiz.store.bank import catalogue_hash
from quiz.web.typed import UNSHOWABLE
from quiz.yamlfile import FileProblems


@dataclass(frozen=True)
class PartSheet:
    """What is being written. `data` is what the form shows; None: it is written as text.

    `stored` is the part as it stands now; `base` names the framework that it was opened with.
    """

    catalogue: Catalogue
    kind: str
    name: str
    stored: str
    text: str
    data: dict[str, Any] | None
    base: str

    @property
    def after(self) -> Catalogue:
        """The framework with this part as it is written. Raises FileProblems."""
        return changed(self.catalogue, self.kind, self.name, self.text)

    @property
    def dirty(self) -> bool:
        """Whether it differs from what is stored."""
        return self.text != self.stored

    @property
    def outdated(self) -> bool:
        """Whether someone changed the framework since this was opened."""
        return self.base not in {"", catalogue_hash(self.catalogue)}


def stored_part(catalogue: Catalogue, kind: str, name: str) -> PartSheet | None:
    """A part as it is stored, opened in its form; None: there is no such part."""
    text = written(catalogue, kind, name)
    if text is None:
        return None
    return PartSheet(catalogue, kind, name, text, text, _plain(text), catalogue_hash(catalogue))


def typed_part(part: PartSheet, form: Mapping[str, str], today: str) -> PartSheet:
    """What was typed into the form or the text of a stored part on this day, after what the button does to it."""
    clean = {UNSHOWABLE.sub("", name): UNSHOWABLE.sub("", value) for name, value in form.items()}
    clean = {name: value.replace("\r\n", "\n") for name, value in clean.items()}
    button, base = clean.get("do", ""), clean.get("base", "")
    if "text" in clean:
        sheet = replace(part, text=clean["text"], data=None, base=base)
        into_form = button == "form" or clean.get("from") == "form"
        return replace(sheet, data=_plain(sheet.text)) if into_form and _is_sound(sheet) else sheet
    data = pressed(typed(part.kind, _plain(part.stored), clean, today), button)
    sheet = replace(part, text=yamlfile.write(data), data=data, base=base)
    return as_text(sheet) if button == "yaml" else sheet


def as_text(sheet: PartSheet) -> PartSheet:
    """The same, written as text."""
    return replace(sheet, data=None)


def _is_sound(sheet: PartSheet) -> bool:
    try:
        return bool(sheet.after)
    except FileProblems:
        return False


def _plain(text: str) -> dict[str, Any]:
    """The data of a text that is known to be sound."""
    found: dict[str, Any] = yamlfile.parse(text, "").data
    return found
