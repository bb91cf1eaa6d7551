"""What editors typed and could not save yet."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unfinished",
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_unfinished_question_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unfinished_user_id")),
        sa.PrimaryKeyConstraint("question_id", "user_id", name=op.f("pk_unfinished")),
    )
