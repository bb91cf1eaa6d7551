"""A simulated person over real HTTP: starts, answers every question, finishes, reads the result."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from random import Random
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
UNKNOWN = re.compile(r'name="([^"]+)" id="[^"]+-unknown"')
CHOICES = re.compile(r'<input type="radio" name="choice" value="(\d+)"')
SEE_OTHER = 303
OK = 200
NOT_NOW = frozenset({502, 503, 504})


class UnexpectedError(Exception):
    """The server answered what no person should see."""


@dataclass
class Taken:
    """What happened in one attempt.

    `seconds`: from each submit to the next page, whole. `nodes`: who served each request, where a balancer says so.
    """

    token: str = ""
    acknowledged: int = 0
    seconds: list[float] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What the server sent back."""

    status: int
    location: str
    body: str


class Person:
    """A browser without a face: one connection at a time, cookies, redirects followed.

    `patience`: how often the same request is sent again where no answer comes, or "not now" (503).
    """

    def __init__(self, host: str, port: int, seed: int, patience: int = 0) -> None:
        self._connection = HTTPConnection(host, port, timeout=60)
        self._patience = patience
        self._cookies: dict[str, str] = {}
        self._address, self._page = "", ""
        self.taken = Taken()
        self._random = Random(seed)  # noqa: S311 - which option a simulated person picks is no secret

    def take(self, looked: Callable[[str, str, str], object] = lambda *_: None) -> Taken:
        """One whole attempt. `looked` is called with each question page, its path and the cookies it needs.

        Raises UnexpectedError, OSError or HTTPException where the server fails, as its three parts do.
        """
        self.begin()
        self.answer(looked)
        self.finish()
        return self.taken

    def begin(self) -> None:
        """From the landing page to the first question."""
        self._get("/")
        self._address = attempt_of(self._post("/start", {}))
        self.taken.token = self._address.rsplit("/", 1)[-1]
        self._page = self._get(self._address).body
        self._connection.close()

    def answer(self, looked: Callable[[str, str, str], object] = lambda *_: None) -> None:
        """Every question, each answer followed to the next page."""
        while 'name="question"' in self._page:
            looked(self._page, self._address, self._cookie())
            form = self._filled(self._page)
            began = time.perf_counter()
            onward = self._post(self._address, form)
            self.taken.acknowledged += 1
            self._page = self._get(onward).body
            self.taken.seconds.append(time.perf_counter() - began)
        self._connection.close()

    def finish(self) -> None:
        """From the end of the questions to the result."""
        self._get(self._post(f"{self._address}/finish", hidden(self._page)))
        self._connection.close()

    def _filled(self, page: str) -> dict[str, str]:
        """Some option where one is to be chosen, else "I don't know"."""
        form = hidden(page) | dict.fromkeys(UNKNOWN.findall(page), "unknown")
        choices = CHOICES.findall(page)
        return form | {"choice": self._random.choice(choices)} if choices else form

    def _get(self, path: str) -> Answer:
        answer = self._sent("GET", path, None)
        if answer.status != OK:
            raise UnexpectedError(f"GET {path} answered {answer.status}")
        return answer

    def _post(self, path: str, form: Mapping[str, str]) -> str:
        answer = self._sent("POST", path, urlencode(form))
        if answer.status != SEE_OTHER:
            raise UnexpectedError(f"POST {path} answered {answer.status}: {answer.body[:300]}")
        return answer.location

    def _sent(self, method: str, path: str, body: str | None) -> Answer:
        for _ in range(self._patience):
            try:
                answer = self._send(method, path, body)
            except (OSError, HTTPException):
                self._connection.close()
            else:
                if answer.status not in NOT_NOW:
                    return answer
            time.sleep(0.1)
        return self._send(method, path, body)

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": self._cookie(), "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        self.taken.nodes.append(response.getheader("X-Node", ""))
        sent = response.read()
        if response.getheader("Content-Encoding") == "gzip":
            sent = gzip.decompress(sent)
        return Answer(response.status, response.getheader("Location", ""), sent.decode())

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())


def attempt_of(location: str) -> str:
    """The address of the attempt to which a question's address belongs."""
    return location.split("/q/", maxsplit=1)[0]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}
