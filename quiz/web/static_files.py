"""Stylesheet and scripts: each one file, named by its content, compressed once, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, abort, request

from quiz.paths import STATIC

blueprint = Blueprint("static_files", __name__)
SHEETS = {
    "style": ("tokens.css", "base.css", "forms.css", "text.css", "pages.css", "report.css", "print.css"),
    "admin": ("admin.css",),
    "scheme": ("tokens.css",),
}
"""The stylesheets and their parts: one for every page, and what the editors' room and its previews add to it."""
TOKENS = re.compile(r":root \{(.*?)\}", re.DOTALL)
ONE_DAY = "public, max-age=86400"
ONE_YEAR = "public, max-age=31536000, immutable"
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b5cad"/>'
    '<path d="M4 8.5l3 3 5-7" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)


@dataclass(frozen=True)
class Asset:
    """A file that pages name: its name with a hash of its content, its type, bytes, and the same compressed."""

    name: str
    mimetype: str
    plain: bytes
    compressed: bytes


@cache
def the_stylesheet(name: str = "style") -> Asset:
    """A stylesheet, its parts joined."""
    text = "\n".join((STATIC / part).read_text(encoding="utf-8") for part in SHEETS[name])
    return _asset(name, "css", "text/css", _schemes(text) if name == "scheme" else text)


def _schemes(tokens: str) -> str:
    """The tokens once more, so that a preview can be light or dark whatever the editor's own screen is."""
    light, dark = (block[1] for block in TOKENS.finditer(tokens))
    light = light.replace("color-scheme: light dark", "color-scheme: light")
    return f":root.light {{ {light} }}\n:root.dark {{ {light} {dark} color-scheme: dark; }}"


@cache
def the_script(name: str) -> Asset:
    """A module of static/, by its name without the ending; comments on lines of their own are left out."""
    lines = (STATIC / f"{name}.js").read_text(encoding="utf-8").splitlines()
    return _asset(name, "js", "text/javascript", "\n".join(line for line in lines if line.strip()[:2] != "//"))


def _asset(stem: str, ending: str, mimetype: str, text: str) -> Asset:
    lines = (line.strip() for line in text.splitlines())
    plain = "\n".join(line for line in lines if line).encode()
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return Asset(f"{stem}.{digest}.{ending}", mimetype, plain, gzip.compress(plain, 9, mtime=0))


@cache
def _assets() -> dict[str, Asset]:
    scripts = [the_script(path.stem) for path in sorted(STATIC.glob("*.js"))]
    return {asset.name: asset for asset in (*map(the_stylesheet, SHEETS), *scripts)}


@blueprint.get("/static/<name>")
def asset(name: str) -> Response:
    """The stylesheet or a script under its current name; an old name is gone."""
    found = _assets().get(name)
    if found is None:
        abort(404)
    return _sent(found, ONE_YEAR)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon. Browsers ask for it at this address whatever a page says, so it has no name of its content."""
    return _sent(_the_icon(), ONE_DAY)


@cache
def _the_icon() -> Asset:
    return _asset("favicon", "ico", "image/svg+xml", FAVICON)


def _sent(found: Asset, kept: str) -> Response:
    small = bool(request.accept_encodings["gzip"])
    response = Response(found.compressed if small else found.plain, mimetype=found.mimetype)
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = kept
    return response
