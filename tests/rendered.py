"""What a browser would send of a form: every field as it stands in the page."""

from __future__ import annotations

from collections import defaultdict
from xml.etree import ElementTree as ET

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"


def form_of(page: str, name: str) -> dict[str, list[str]]:
    """The fields of the form with this id, buttons left out."""
    root = html5lib.parse(page)
    form = next(e for e in root.iter(f"{XHTML}form") if e.get("id") == name)
    sent: dict[str, list[str]] = defaultdict(list)
    for element in form.iter():
        field = element.get("name")
        if field and (value := _value(element)) is not None:
            sent[field].append(value)
    return dict(sent)


def _value(element: ET.Element) -> str | None:
    match str(element.tag).removeprefix(XHTML):
        case "textarea":
            return "".join(element.itertext()).replace("\n", "\r\n")
        case "select":
            options = list(element.iter(f"{XHTML}option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            return (chosen[0].get("value") or "") if chosen else ""
        case "input" if element.get("type") not in {"radio", "checkbox"} or element.get("checked") is not None:
            return element.get("value", "")
    return None
