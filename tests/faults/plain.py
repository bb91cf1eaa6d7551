"""A control: the app on the engine as SQLAlchemy makes it, without what store/engine.py sets."""

from __future__ import annotations

import os

from flask import Flask
from sqlalchemy import create_engine

from quiz.app import create_app
from quiz.cli.environment import data_folder
from quiz.config import read_settings
from quiz.store.engine import Database


def worker() -> Flask:
    """The app without our settings."""
    settings = read_settings(os.environ, data_folder(os.environ))
    engine = create_engine(settings.database_url)
    return create_app(settings, Database(engine, engine, engine))
