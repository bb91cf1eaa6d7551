"""The first schema: takers and their attempts, the bank and its versions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('catalogues',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogues')),
    sa.UniqueConstraint('hash', name=op.f('uq_catalogues_hash'))
    )
    op.create_table('counters',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'day', name=op.f('pk_counters'))
    )
    op.create_table('questions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=True),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    op.create_table('secrets',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('value', sa.String(length=128), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_secrets'))
    )
    op.create_table('takers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_takers')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_takers_secret_hash'))
    )
    op.create_index(op.f('ix_takers_used_at'), 'takers', ['used_at'], unique=False)
    op.create_table('revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_revisions_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sa.UniqueConstraint('question_id', 'number', name='uq_revisions_question_number')
    )
    op.create_table('versions',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('catalogue_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['catalogue_id'], ['catalogues.id'], name=op.f('fk_versions_catalogue_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_versions'))
    )
    op.create_table('attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('taker_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('seniority', sa.String(length=16), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('first_revision', sa.Integer(), nullable=False),
    sa.Column('excluded', sa.JSON(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['first_revision'], ['revisions.id'], name=op.f('fk_attempts_first_revision')),
    sa.ForeignKeyConstraint(['taker_id'], ['takers.id'], name=op.f('fk_attempts_taker_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version'], ['versions.number'], name=op.f('fk_attempts_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts')),
    sa.UniqueConstraint('token', name=op.f('uq_attempts_token'))
    )
    op.create_index(op.f('ix_attempts_taker_id'), 'attempts', ['taker_id'], unique=False)
    op.create_table('live',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('from_version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('to_version', sa.Integer(), nullable=True),
    sa.Column('a', sa.Double(), nullable=False),
    sa.Column('b', sa.Double(), nullable=False),
    sa.Column('luck', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_live_revision_id')),
    sa.PrimaryKeyConstraint('revision_id', 'from_version', name=op.f('pk_live'))
    )
    op.create_index('ix_live_versions', 'live', ['from_version', 'to_version'], unique=False)
    op.create_table('log',
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=True),
    sa.Column('revision_id', sa.Integer(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('following', sa.Integer(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempts.id'], name=op.f('fk_log_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['following'], ['revisions.id'], name=op.f('fk_log_following')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_log_question_id')),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_log_revision_id')),
    sa.PrimaryKeyConstraint('attempt_id', 'seq', name=op.f('pk_log')),
    sa.UniqueConstraint('attempt_id', 'question_id', name='uq_log_attempt_question')
    )
