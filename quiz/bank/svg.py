"""Figures: a small, safe subset of SVG, drawn in the page's own colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "g", "path", "line", "rect", "circle", "ellipse", "polyline", "polygon", "text", "tspan"}
ATTRIBUTES = {
    *("viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "transform", "dx", "dy", "font-size"),
    *("opacity", "class"),
}
_VALUE = re.compile(r"^[\w\s.,#%()+-]*$")


class UnsafeSvgError(ValueError):
    """The drawing uses more than the subset; the message says what."""


def safe_svg(source: str) -> str:
    """The drawing, rebuilt from the allowed elements and attributes alone. Raises UnsafeSvgError."""
    if "<!" in source or "<?" in source:
        raise UnsafeSvgError("a figure may not hold a declaration, comment or processing instruction")
    try:
        root = ET.fromstring(source)  # noqa: S314 - declarations, and so entities, are refused above  # nosec B314
    except ET.ParseError as error:
        raise UnsafeSvgError(f"the figure is not XML: {error}") from None
    if root.tag.removeprefix(NAMESPACE) != "svg" or "viewBox" not in root.attrib:
        raise UnsafeSvgError("a figure is one <svg> with a viewBox")
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
        if element.tag not in ELEMENTS:
            raise UnsafeSvgError(f"a figure may not hold <{element.tag}>")
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES or not _VALUE.match(value):
                raise UnsafeSvgError(f"a figure may not hold {name}={value!r}")
    root.set("aria-hidden", "true")
    return ET.tostring(root, encoding="unicode")
