"""A person at a browser, over a real connection: sends, and sends the same again where no answer came."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field, replace
from html import unescape
from urllib.parse import urlencode

from flask import Flask

from tests.faults.history import Form, Outcome, Sent
from tests.taker import hidden_fields

PICK = re.compile(r'<input type="(radio|checkbox)" name="((?:part\d+-)?choices?)" id="[^"]+" value="([^"]+)"')
TYPED = re.compile(r'<(?:input|textarea) id="((?:part\d+-)?text)"')
SELECT = re.compile(r'<select name="((?:part\d+-)?(?:place|match)-\d+)".*?</select>', re.DOTALL)
PLACE = re.compile(r'<option value="(\d+)"')
SECONDS = 120.0
"""Patience with a slow machine: the bars judge what is kept, not how fast."""
ANSWERED = {200, 303}


def reply(page: str, draw: random.Random) -> dict[str, list[str]]:
    """Some valid answer to a question page, with its hidden fields."""
    form = {name: [value] for name, value in hidden_fields(page).items()}
    choices: dict[str, list[str]] = {}
    for _, name, value in PICK.findall(page):
        choices.setdefault(name, []).append(unescape(value))
    form |= {name: [draw.choice(values)] for name, values in choices.items()}
    form |= {name: [str(draw.randint(2, 99))] for name in TYPED.findall(page)}
    places: dict[str, list[str]] = {}
    for found in SELECT.finditer(page):
        name, values = found.group(1), PLACE.findall(found.group())
        left = places.setdefault(name.rsplit("-", 1)[0], draw.sample(values, len(values)))
        form[name] = [left.pop()]
    return form


@dataclass
class Person:
    """Takes attempts one after the other. `statuses` counts every answer that is neither a page nor a redirect."""

    port: int
    seed: int
    sent: list[Sent] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def take(self, stop: threading.Event) -> None:
        """Begin, answer, finish, begin anew, until told to stop."""
        draw = random.Random(self.seed)
        while not stop.is_set():
            self.cookies.clear()
            token = self.start(stop)
            if token is not None:
                self._answer_all(token, draw, stop)

    def start(self, stop: threading.Event) -> str | None:
        """Begin an attempt; its token, unless told to stop."""
        status, headers, _ = self._patiently("POST", "/start", {"length": ["15"]}, stop)
        if status != 303:
            return None
        token = headers["Location"].split("/a/")[1].split("/")[0]
        self.secrets[token] = self.cookies["__Host-taker"]
        self.sent.append(Sent("start", token, "acknowledged"))
        return token

    def _answer_all(self, token: str, draw: random.Random, stop: threading.Event) -> None:
        done = 0
        while not stop.is_set():
            status, _, page = self._patiently("GET", f"/a/{token}", None, stop)
            if status != 200:
                return
            if 'name="question"' not in page:
                form: dict[str, list[str]] = {"csrf_token": [hidden_fields(page)["csrf_token"]]}
                status, _, _ = self._patiently("POST", f"/a/{token}/finish", form, stop)
                self.sent.append(Sent("finish", token, _outcome(status)))
                return
            form = reply(page, draw)
            position = int(form["position"][0])
            if position <= done:
                return  # what was confirmed is not there: the comparison in the end says so
            answer = Sent("answer", token, "unknown", position, int(form["question"][0]), form)
            self.sending(answer)
            status, _, _ = self._patiently("POST", f"/a/{token}", form, stop)
            self.sent.append(replace(answer, outcome=_outcome(status)))
            done = position if status == 303 else done

    def sending(self, answer: Sent) -> None:
        """Hears of an answer before it is sent, when nobody knows what will come of it."""

    def _patiently(
        self, method: str, path: str, form: Form | None, stop: threading.Event
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Send until there is an answer that is not "try again"; 0 where told to stop before."""
        nothing = (0, http.client.HTTPMessage(), "")
        while True:
            try:
                status, headers, page = self.ask(method, path, form)
            except (OSError, http.client.HTTPException):
                self.connection = None
                self._count("no answer")
                status, headers, page = nothing
            if status == 503:
                self._count("503" if headers.get("Retry-After") else "503 without Retry-After")
            elif status not in ANSWERED | {0}:
                self._count(str(status))
            if status not in {0, 503}:
                return status, headers, page
            if stop.is_set():
                return nothing
            time.sleep(0.05)

    def ask(self, method: str, path: str, form: Form | None) -> tuple[int, http.client.HTTPMessage, str]:
        """One request, with this person's cookies."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        body = urlencode(form, doseq=True) if form is not None else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        self._keep_cookies(response.headers)
        return response.status, response.headers, response.read().decode()

    def _keep_cookies(self, headers: http.client.HTTPMessage) -> None:
        for cookie in headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value

    def _count(self, what: str) -> None:
        self.statuses[what] = self.statuses.get(what, 0) + 1


def _outcome(status: int) -> Outcome:
    return "acknowledged" if status == 303 else "unknown" if status == 0 else "refused"


class InProcess(Person):
    """The same person, talking to an app in this process."""

    def __init__(self, app: Flask, seed: int) -> None:
        super().__init__(0, seed)
        self.client = app.test_client(use_cookies=False)

    def ask(self, method: str, path: str, form: Form | None) -> tuple[int, http.client.HTTPMessage, str]:
        """One request, with this person's cookies."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.client.open(path, method=method, data=form, headers={"Cookie": cookies})
        headers = http.client.HTTPMessage()
        for name, value in response.headers:
            headers[name] = value
        self._keep_cookies(headers)
        return response.status_code, headers, response.get_data(as_text=True)


class Crowd:
    """Several people at once, each in a thread."""

    def __init__(self, port: int, count: int = 4) -> None:
        self.people = [Person(port, seed) for seed in range(count)]
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=p.take, args=(self.stop,), daemon=True) for p in self.people]
        for thread in self._threads:
            thread.start()

    @property
    def acknowledged(self) -> int:
        """How much was confirmed until now."""
        return sum(one.outcome == "acknowledged" for person in self.people for one in list(person.sent))

    def wait_for(self, more: int) -> None:
        """Wait until so much more was confirmed. Raises TimeoutError: nothing goes on any more."""
        seen, until = self.acknowledged, time.monotonic() + SECONDS
        wanted = seen + more
        while seen < wanted:
            if time.monotonic() > until:
                raise TimeoutError(f"only {seen} of {wanted} confirmed; {self.statuses}")
            time.sleep(0.01)
            now = self.acknowledged
            if now > seen:
                seen, until = now, time.monotonic() + SECONDS

    def leave(self) -> None:
        """Stop them all."""
        self.stop.set()
        for thread in self._threads:
            thread.join(SECONDS * 3)

    @property
    def sent(self) -> list[Sent]:
        """Everything that was sent."""
        return [one for person in self.people for one in list(person.sent)]

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets of all."""
        return {token: secret for person in self.people for token, secret in person.secrets.items()}

    @property
    def statuses(self) -> dict[str, int]:
        """Answers that were neither pages nor redirects, counted."""
        found: dict[str, int] = {}
        for person in self.people:
            for what, count in list(person.statuses.items()):
                found[what] = found.get(what, 0) + count
        return found
