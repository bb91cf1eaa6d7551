"""The page audit: what must be true of every HTML page that a test receives."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
FIELDS = ("input", "select", "textarea")


def audit(page: str) -> list[str]:
    """Everything that is wrong with a page, as sentences."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    root = parser.parse(page)
    wrong = [f"HTML error {code} at {place}: {data}" for place, code, data in parser.errors]
    wrong += _structure(root)
    wrong += _labels(root)
    return wrong + _inline(root)


def _structure(root: ET.Element) -> list[str]:
    wrong = []
    if not root.get("lang"):
        wrong.append("the page has no language")
    headings = list(root.iter(f"{XHTML}h1"))
    if len(headings) != 1 or not "".join(headings[0].itertext()).strip():
        wrong.append(f"the page has {len(headings)} h1, or an empty one")
    title = root.find(f".//{XHTML}title")
    if title is None or not (title.text or "").split(" · ")[0].strip():
        wrong.append("the page has no title")
    twice = [i for i, n in Counter(e.get("id") for e in root.iter() if e.get("id")).items() if n > 1]
    if twice:
        wrong.append(f"ids stand twice: {twice}")
    return wrong


def _labels(root: ET.Element) -> list[str]:
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    labelled = {label.get("for") for label in root.iter(f"{XHTML}label")}
    fields = [e for tag in FIELDS for e in root.iter(f"{XHTML}{tag}") if e.get("type") != "hidden"]
    wrong = [f"a label points nowhere: {name}" for name in labelled - ids]
    wrong += [f"a field has no label: {e.get('name')}" for e in fields if e.get("id") not in labelled]
    wrong += [
        f"{attribute} points nowhere: {name}"
        for element in root.iter()
        if str(element.tag).startswith(XHTML)  # MathML has a `form` of its own
        for attribute in ("aria-describedby", "aria-labelledby", "form")
        for name in (element.get(attribute) or "").split()
        if name not in ids
    ]
    links = (a.get("href", "") for a in root.iter(f"{XHTML}a"))
    return wrong + [f"a link within the page points nowhere: {h}" for h in links if h[:1] == "#" and h[1:] not in ids]


def _inline(root: ET.Element) -> list[str]:
    wrong = []
    for element in root.iter():
        tag = str(element.tag).removeprefix(XHTML)
        if tag == "style" or (tag == "script" and not element.get("src")):
            wrong.append(f"an inline {tag}")
        wrong += [f"an inline {name} on {tag}" for name in element.attrib if name == "style" or name.startswith("on")]
    return wrong
