"""`quiz serve`: the app on a production server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quiz.app import create_app, now
from quiz.cli.environment import data_folder, database_or_stop, settings_or_stop
from quiz.config import Settings, read_settings
from quiz.paths import QUESTIONS
from quiz.services.load import load_bank
from quiz.store.attempts import delete_idle
from quiz.store.bank import newest_version
from quiz.store.engine import Database, open_database
from quiz.web.cookies import is_loopback

THREADS = 256
"""Threads a process may use at most. They start when needed: a sender that dawdles holds one, and only one."""
SECONDS_A_MONTH = 2_629_800


@click.command()
@click.option("--host", help="The address to listen on [default: QUIZ_HOST or 127.0.0.1].")
@click.option("--port", help="The port [default: QUIZ_PORT or 8000].")
@click.option("--workers", help="How many processes [default: QUIZ_WORKERS or 2].")
def serve(host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the app. Brings the database up to date first, and loads the questions into an empty one."""
    for name, value in (("QUIZ_HOST", host), ("QUIZ_PORT", port), ("QUIZ_WORKERS", workers)):
        if value is not None:
            os.environ[name] = value
    settings = settings_or_stop()
    _port_free(settings)
    database = database_or_stop(settings, migrate=True)
    _prepare(database, settings)
    database.close()
    if not is_loopback(settings.host) and not settings.proxies:
        click.echo("Warning: beyond this machine, put a proxy with https in front and set QUIZ_PROXIES=1.", err=True)
    click.echo(f"Serving on http://{settings.host}:{settings.port} (stop with Ctrl+C)")
    Granian(
        "quiz.cli.serve:worker",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def worker() -> Flask:
    """The app as a worker process builds it from its environment."""
    settings = read_settings(os.environ, data_folder(os.environ))
    return create_app(settings, open_database(settings.database_url))


def _prepare(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        if newest_version(session) is None:
            plan = load_bank(session, Path(QUESTIONS), now())
            click.echo(f"Loaded {len(plan.new)} questions.")
        delete_idle(session, now() - settings.idle_months * SECONDS_A_MONTH)


def _port_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise click.ClickException(f"can't listen on {where}: {error.strerror}. Choose another --port.") from None
