"""A simulated person over real HTTP: starts, answers every question, finishes, reads the result."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from random import Random
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
UNKNOWN = re.compile(r'name="([^"]+)" id="[^"]+-unknown"')
CHOICES = re.compile(r'<input type="radio" name="choice" value="(\d+)"')
SEE_OTHER = 303
OK = 200


class UnexpectedError(Exception):
    """The server answered what no person should see."""


@dataclass
class Taken:
    """What happened in one attempt. `seconds`: from each submit to the next page, whole."""

    token: str = ""
    acknowledged: int = 0
    seconds: list[float] = field(default_factory=list)


class Person:
    """A browser without a face: one connection at a time, cookies, redirects followed."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self._connection = HTTPConnection(host, port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._random = Random(seed)  # noqa: S311 - which option a simulated person picks is no secret

    def take(self) -> Taken:
        """One whole attempt. Raises UnexpectedError, OSError or HTTPException where the server fails."""
        taken = Taken()
        self._get("/")
        address = self._post("/start", {})
        taken.token = address.rsplit("/", 1)[-1]
        page = self._get(address)
        while 'name="question"' in page:
            form = self._filled(page)
            began = time.perf_counter()
            onward = self._post(address, form)
            taken.acknowledged += 1
            page = self._get(onward)
            taken.seconds.append(time.perf_counter() - began)
        self._get(self._post(f"{address}/finish", hidden(page)))
        self._connection.close()
        return taken

    def _filled(self, page: str) -> dict[str, str]:
        """Some option where one is to be chosen, else "I don't know"."""
        form = hidden(page) | dict.fromkeys(UNKNOWN.findall(page), "unknown")
        choices = CHOICES.findall(page)
        return form | {"choice": self._random.choice(choices)} if choices else form

    def _get(self, path: str) -> str:
        status, _, body = self._send("GET", path, None)
        if status != OK:
            raise UnexpectedError(f"GET {path} answered {status}")
        return body

    def _post(self, path: str, form: Mapping[str, str]) -> str:
        status, location, body = self._send("POST", path, urlencode(form))
        if status != SEE_OTHER:
            raise UnexpectedError(f"POST {path} answered {status}: {body[:300]}")
        return location

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return response.status, response.getheader("Location", ""), response.read().decode()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}
