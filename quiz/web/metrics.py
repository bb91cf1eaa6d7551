"""Counting what is done, for Prometheus.

Labels are routes, methods and statuses, never an address: those hold secrets. The library is loaded when an app
wants to count, since it reads PROMETHEUS_MULTIPROC_DIR then: with that folder (`quiz serve` makes one) every
process counts in a file of its own, and the page adds them up.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
DONE = {
    "start.begin": ("quiz_attempts_started", "Attempts begun"),
    "take.answer": ("quiz_answers_confirmed", "Answers confirmed, the same answer sent again included"),
    "take.finish": ("quiz_attempts_finished", "Results asked for and given"),
}
"""What a redirect (303) from these routes means."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""A method is a word that the client makes up. Counted each for itself, they would fill memory and disk."""


@dataclass(frozen=True)
class Metrics:
    """The counters of one app. `page` gives all counts of this node in Prometheus' text format."""

    requests: Any
    seconds: Any
    refused: Any
    faults: Any
    done: Mapping[str, Any]
    page: Callable[[], bytes]

    def overload(self) -> None:
        """Count a request that the gate turned away."""
        self.refused.labels("503").inc()

    def count(self, response: Response, seconds: float) -> None:
        """Count a request that the app answered."""
        route, status = str(request.url_rule or "none"), response.status_code
        method = request.method if request.method in METHODS else OTHER
        self.requests.labels(route, method, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        if status == 500:
            self.faults.inc()
        elif status >= 400:
            self.refused.labels(str(status)).inc()
        elif status == 303 and (done := self.done.get(str(request.endpoint))):
            done.inc()


def available() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("prometheus_client") is not None


def install(app: Flask, clock: Callable[[], float] = time.perf_counter) -> Metrics:
    """Count every request of an app."""
    metrics = _make()

    def begin() -> None:
        g.metrics_began = clock()

    def count(response: Response) -> Response:
        metrics.count(response, clock() - g.get("metrics_began", clock()))
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(count)
    app.extensions["quiz-metrics"] = metrics
    return metrics


def _make() -> Metrics:
    prometheus = importlib.import_module("prometheus_client")
    registry = prometheus.CollectorRegistry()

    def counter(name: str, text: str, *labels: str) -> Any:
        return prometheus.Counter(name, text, labels, registry=registry)

    def page() -> bytes:
        shown = registry
        if FOLDER in os.environ:
            shown = prometheus.CollectorRegistry()
            importlib.import_module("prometheus_client.multiprocess").MultiProcessCollector(shown)
        found: bytes = prometheus.generate_latest(shown)
        return found

    return Metrics(
        requests=counter("quiz_requests", "Requests answered", "route", "method", "status"),
        seconds=prometheus.Histogram(
            "quiz_request_seconds", "From request to answer", ("route",), buckets=SECONDS, registry=registry
        ),
        refused=counter("quiz_refused", "Requests refused: 4xx, and 503 while something is away or busy", "status"),
        faults=counter("quiz_faults", "Faults of ours (500)"),
        done={route: counter(name, text) for route, (name, text) in DONE.items()},
        page=page,
    )
