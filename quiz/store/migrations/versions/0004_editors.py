"""The editors' room: accounts, reviews, the audit log, and what the question list shows."""

import json

import sqlalchemy as sa
from alembic import op

from quiz.bank.question import TYPES
from quiz.store.listed import columns_of, words_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFUSE = "the audit log is only ever added to"


def upgrade() -> None:
    """Apply."""
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('disabled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('name', name=op.f('uq_users_name'))
    )
    op.create_table('logins',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_logins_user_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_logins'))
    )
    op.create_index(op.f('ix_logins_user_id'), 'logins', ['user_id'], unique=False)
    op.create_table('invitations',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_invitations_user_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_invitations'))
    )
    op.create_index(op.f('ix_invitations_user_id'), 'invitations', ['user_id'], unique=False)
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('verb', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_audit_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_at'), 'audit', ['at'], unique=False)
    op.create_index('ix_audit_kind_subject', 'audit', ['kind', 'subject'], unique=False)
    op.create_table('reviews',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.String(length=16), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_reviews_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_reviews_decided_by')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_reviews_question_id')),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_reviews_revision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews'))
    )
    op.create_index(op.f('ix_reviews_question_id'), 'reviews', ['question_id'], unique=False)
    op.create_table('comments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_comments_question_id')),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_comments_revision_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_comments_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments'))
    )
    op.create_index(op.f('ix_comments_question_id'), 'comments', ['question_id'], unique=False)
    listed = op.create_table('listed',
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('live_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('type', sa.String(length=16), nullable=False),
    sa.Column('skill', sa.String(length=64), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('proved_how', sa.String(length=16), nullable=False),
    sa.Column('proof_content', sa.String(length=64), nullable=False),
    sa.Column('wording_hash', sa.String(length=64), nullable=False),
    sa.Column('worded_at', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['live_id'], ['revisions.id'], name=op.f('fk_listed_live_id')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_listed_question_id')),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_listed_revision_id')),
    sa.PrimaryKeyConstraint('question_id', name=op.f('pk_listed'))
    )
    # as SQL: SQLite takes a reference in ADD COLUMN, alembic would copy the whole table
    for table in ("revisions", "versions"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN author_id INTEGER "
                   f"CONSTRAINT fk_{table}_author_id REFERENCES users (id)")
    _only_added_to("audit")
    _list(listed)


def _only_added_to(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSE}'; END $$ "
                   "LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    else:
        for change in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_stays_{change.lower()} BEFORE {change} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{REFUSE}'); END")


def _list(listed: sa.Table) -> None:
    """List the questions that are there already."""
    connection = op.get_bind()
    newest = connection.execute(sa.text(
        "SELECT r.id, r.question_id, r.content, r.created_at, q.withdrawn_at, "
        "(SELECT l.revision_id FROM live l JOIN revisions o ON o.id = l.revision_id "
        "WHERE o.question_id = r.question_id AND l.to_version IS NULL) AS live_id "
        "FROM revisions r JOIN questions q ON q.id = r.question_id "
        "WHERE r.number = (SELECT max(number) FROM revisions n WHERE n.question_id = r.question_id)"))
    rows = []
    for row in newest:
        content = row.content if isinstance(row.content, dict) else json.loads(row.content)
        question = TYPES[content["type"]].model_validate_json(json.dumps(content))
        columns = {name: value for name, value in columns_of(question).items() if name in listed.c}
        rows.append({"question_id": row.question_id, "revision_id": row.id, "live_id": row.live_id,
                     "changed_at": row.created_at, "worded_at": None, "words": words_of(question), **columns})
    if rows:
        connection.execute(sa.insert(listed), rows)
