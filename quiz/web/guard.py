"""What is refused before Flask sees it: bodies that may be cut off, and hosts that are no host.

A server may say `wsgi.input_terminated`, "the body ends where it ends". A form whose connection broke would
then look whole, and half an answer would be kept as the answer. So we hold every body to its stated length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HOST = re.compile(
    r"(?:(?!-)[A-Za-z0-9-]{1,63}(?:\.(?!-)[A-Za-z0-9-]{1,63})*\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?\Z"
)


def guard(app: WSGIApplication) -> WSGIApplication:
    """Wrap an app so that it meets only requests with a whole body and a possible host."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not HOST.match(str(environ.get("HTTP_HOST") or "localhost")):
            return _refuse(start_response, "400 Bad Request", b"This address names no host.\n")
        if "HTTP_TRANSFER_ENCODING" in environ:
            return _refuse(start_response, "411 Length Required", b"Send the length of the body.\n")
        environ.pop("wsgi.input_terminated", None)
        return app(environ, start_response)

    return guarded


def _refuse(start_response: Callable[..., Any], status: str, text: bytes) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]
