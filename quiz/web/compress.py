"""Compressing pages on their way out."""

from __future__ import annotations

import gzip

from flask import Response, request

SMALLEST = 600
LEVEL = 6
KINDS = ("text/html", "application/json", "text/plain")


def compress(response: Response) -> Response:
    """Gzip a page where the browser takes it and it is worth it."""
    if response.direct_passthrough or response.mimetype not in KINDS or "Content-Encoding" in response.headers:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    if not request.accept_encodings["gzip"] or response.calculate_content_length() is None:
        return response
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
