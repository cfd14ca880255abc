"""declined cards."""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'decline',
        sa.Column('charge_id', sa.String(length=255), nullable=False),
        sa.Column('intent_id', ID, nullable=False),
        sa.Column('declined_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['intent_id'], ['intent.id'], name='fk_decline_intent_id_intent'),
        sa.PrimaryKeyConstraint('charge_id', name='pk_decline'),
    )
    op.create_index('ix_decline_declined_at', 'decline', ['declined_at'])


def downgrade() -> None:
    op.drop_table('decline')
