"""What takers report about a question."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('problem_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempts.id'], name=op.f('fk_problem_reports_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['revision_id'], ['revisions.id'], name=op.f('fk_problem_reports_revision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_problem_reports')),
    sa.UniqueConstraint('attempt_id', 'revision_id', name='uq_problem_reports_attempt_revision')
    )
    op.create_index(op.f('ix_problem_reports_revision_id'), 'problem_reports', ['revision_id'], unique=False)
