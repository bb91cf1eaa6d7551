"""The question list's long words apart from its rows, and titles as they are sorted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "listed_words",
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_listed_words_question_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_listed_words")),
    )
    op.execute("INSERT INTO listed_words (question_id, words) SELECT question_id, words FROM listed")
    op.drop_column("listed", "words")
    op.add_column("listed", sa.Column("title_folded", sa.String(length=240), nullable=False, server_default=""))
    _fold_titles()


def _fold_titles() -> None:
    connection = op.get_bind()
    titles = connection.execute(sa.text("SELECT question_id, title FROM listed")).all()
    folded = [{"name": name, "folded": title.casefold()} for name, title in titles]
    if folded:
        connection.execute(sa.text("UPDATE listed SET title_folded = :folded WHERE question_id = :name"), folded)
