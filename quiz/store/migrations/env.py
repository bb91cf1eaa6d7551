"""Run by alembic: migrate over the connection that `quiz.store.migrate` holds its lock on."""

from alembic import context

from quiz.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
