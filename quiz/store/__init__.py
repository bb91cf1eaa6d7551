"""Tables, queries and migrations: the only place that knows SQLAlchemy."""

from quiz.store import editing_tables

__all__ = ["editing_tables"]
"""Named here so that the schema is whole, whichever module of the store is imported first."""
