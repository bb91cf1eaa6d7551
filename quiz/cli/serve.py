"""`quiz serve`: the app on a production server."""

from __future__ import annotations

import gc
import logging.config
import os
import signal
import socket
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from sqlalchemy.exc import SQLAlchemyError

from quiz.app import create_app, now
from quiz.bank.shown import RENDERED, shown
from quiz.cli.environment import data_folder, database_or_stop, settings_or_stop
from quiz.cli.user import link
from quiz.config import Settings, read_settings
from quiz.paths import QUESTIONS
from quiz.services.accounts import first_link
from quiz.services.banks import Banks, EmptyBankError
from quiz.services.load import load_bank
from quiz.services.upkeep import expire, shorten_log
from quiz.store.bank import newest_version
from quiz.store.engine import Database, open_database
from quiz.web import metrics
from quiz.web.log import log_config
from quiz.web.request import is_loopback

THREADS = 384
"""Threads a process may use at most. They start when needed: a sender that dawdles holds one, and only one."""
MOST_WORKERS = 8
HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 10
A_MINUTE, AN_HOUR = 60, 3600

log = logging.getLogger("quiz.serve")


@click.command()
@click.option("--host", help="The address to listen on [default: QUIZ_HOST or 127.0.0.1].")
@click.option("--port", help="The port [default: QUIZ_PORT or 8000].")
@click.option("--workers", help="How many processes [default: QUIZ_WORKERS, or one per processor].")
def serve(host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the app. Brings the database up to date first, and loads the questions into an empty one.

    SIGTERM or Ctrl+C lets requests end and stops; SIGHUP replaces the workers one by one.
    """
    for name, value in (("QUIZ_HOST", host), ("QUIZ_PORT", port), ("QUIZ_WORKERS", workers)):
        if value is not None:
            os.environ[name] = value
    settings = settings_or_stop()
    _port_free(settings)
    database = database_or_stop(settings, migrate=True)
    _prepare(database, settings)
    database.close()  # workers are forked, and a connection may not cross a fork
    if not is_loopback(settings.host) and not settings.proxies:
        click.echo("Warning: beyond this machine, put a proxy with https in front and set QUIZ_PROXIES=1.", err=True)
    click.echo(f"Serving on http://{settings.host}:{settings.port} (stop with Ctrl+C)")
    run(settings, "quiz.cli.serve:worker")


def run(settings: Settings, target: str) -> None:
    """Serve an app factory until stopped."""
    with ExitStack() as stack:
        if settings.metrics:
            counts = stack.enter_context(tempfile.TemporaryDirectory(prefix="quiz-metrics-"))
            os.environ[metrics.FOLDER] = counts
        _server(settings, target).serve()


def _server(settings: Settings, target: str) -> Any:
    return Granian(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # connections of HTTP/2 have no time limit here: a thousand idle ones stop everything
        workers=settings.workers or min(max(len(os.sched_getaffinity(0)), 2), MOST_WORKERS),
        blocking_threads=THREADS,
        factory=True,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        log_level=LogLevels.warning,
        log_dictconfig=log_config(),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )


def worker() -> Flask:
    """The app as a worker process builds it from its environment.

    Ctrl+C goes to every process of a terminal. A worker leaves it to its supervisor, which then asks it to end: asked
    twice at a bad moment, it may hold on until it is killed.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    settings = read_settings(os.environ, data_folder(os.environ))
    logging.config.dictConfig(log_config("INFO" if settings.log == "requests" else "WARNING"))
    database = open_database(settings.database_url)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    threading.Thread(target=_every_minute, args=(database, settings), daemon=True).start()
    app = create_app(settings, database)
    _warm(app.extensions["quiz"].banks, database)
    return app


def _warm(banks: Banks, database: Database) -> None:
    """Read and render the bank before the first request, so that nobody waits for it: .8 s for 441 questions.

    The garbage collector leaves it alone, for it never changes: else each full collection walks hundreds of thousands
    of its objects while somebody waits.
    """
    with suppress(SQLAlchemyError, EmptyBankError), database.reading() as session:
        for live in banks.newest(session).live[:RENDERED]:
            shown(live, 0)
    gc.collect()
    gc.freeze()


def _end_with(supervisor: int) -> None:
    """Stop where the supervising process was killed: an orphan would hold the port, and nobody would watch it."""
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def _prepare(database: Database, settings: Settings) -> None:
    if settings.metrics and not metrics.available():
        raise click.ClickException("QUIZ_METRICS=1 needs the extra: pip install 'mle-quiz[metrics]'")
    with database.writing() as session:
        if newest_version(session) is None:
            plan = load_bank(session, Path(QUESTIONS), now())
            click.echo(f"Loaded {len(plan.new)} questions.")
        token = first_link(session, now())
        if token is not None:
            click.echo(
                f"No editor has an account yet. To make the first one, open (good once): {link(settings, token)}"
            )
    expire(database, settings.idle_months, now())


def _every_minute(database: Database, settings: Settings) -> None:
    """Keep the write-ahead log short, and once an hour forget whose data has expired; log what fails."""
    passed = 0
    while True:
        time.sleep(A_MINUTE)
        passed += A_MINUTE
        try:
            shorten_log(database)
            if passed % AN_HOUR == 0:
                log.info("expired", extra={"deleted": expire(database, settings.idle_months, now())})
        except Exception:
            log.exception("upkeep failed; the next try is in a minute")


def _port_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise click.ClickException(f"can't listen on {where}: {error.strerror}. Choose another --port.") from None
