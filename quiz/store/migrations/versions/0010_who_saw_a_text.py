"""Which attempts saw a text, and which were finished, without reading everybody's answers."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FINISHED = sa.text("kind = 'finished'")


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_log_revision_attempt", "log", ["revision_id", "attempt_id"])
    op.create_index("ix_log_finished", "log", ["attempt_id"], sqlite_where=FINISHED, postgresql_where=FINISHED)
