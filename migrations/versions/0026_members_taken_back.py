"""imports of members taken back."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    for column in (
        sa.Column('import_id', ID, nullable=True),
        sa.Column('undo_asked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone', ID, server_default=sa.text('0'), nullable=False),
    ):
        op.add_column('member_upload', column)


def downgrade() -> None:
    for name in ('undone', 'undone_at', 'undo_asked_at', 'import_id'):
        op.drop_column('member_upload', name)
