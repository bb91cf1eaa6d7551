"""What editors typed and could not save yet: of parts of the framework too, not of questions alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OLD = sa.table(
    "unfinished",
    *(sa.column("question_id", sa.String), sa.column("user_id", sa.Integer)),
    *(sa.column("form", sa.JSON), sa.column("at", sa.BigInteger)),
)


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    kept = connection.execute(sa.select(OLD)).mappings().all()
    op.drop_table("unfinished")
    unfinished = op.create_table(
        "unfinished",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unfinished_user_id")),
        sa.PrimaryKeyConstraint("kind", "subject", "user_id", name=op.f("pk_unfinished")),
    )
    rows = [
        {"kind": "question", "subject": row["question_id"], **{name: row[name] for name in ("user_id", "form", "at")}}
        for row in kept
    ]
    if rows:
        connection.execute(sa.insert(unfinished), rows)
