"""A request of ours: how much it may bring, and what is asked of it more than once."""

from __future__ import annotations

import secrets
from functools import lru_cache
from ipaddress import ip_address

from flask import Request, request
from werkzeug.utils import cached_property

MAX_BODY = 64 * 1024
MAX_FIELDS = 200


class QuizRequest(Request):
    """A request with its limits. They are the same for everyone; who is signed in may be given more."""

    max_content_length = MAX_BODY
    max_form_memory_size = MAX_BODY
    max_form_parts = MAX_FIELDS

    @cached_property
    def reference(self) -> str:
        """What the request is called in the log, and on a page that tells of a fault."""
        return secrets.token_hex(4)

    @cached_property
    def blueprints(self) -> list[str]:
        """The names of the blueprints that the request came to, found once."""
        return super().blueprints

    @cached_property
    def keeps_secure_cookies(self) -> bool:
        """Whether the browser will keep a Secure cookie from the answer: over https, and on this machine."""
        return self.is_secure or is_loopback((self.host or "").rsplit(":", 1)[0])


def is_admin(asked: Request) -> bool:
    """Whether a request is for the editors' room."""
    path = asked.path
    return path == "/admin" or path.startswith("/admin/")


def the_request() -> QuizRequest:
    """The request that is served, itself: each use of Flask's `request` looks it up anew."""
    found: QuizRequest = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - documented for this
    return found


def reference() -> str:
    """The reference of the request that is served."""
    return the_request().reference


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    name = host.strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
