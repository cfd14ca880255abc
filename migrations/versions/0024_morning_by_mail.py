"""the morning by mail."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('staff_morning_choice',
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_morning_choice_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_staff_morning_choice'))
    )
    op.create_table('staff_morning_sent',
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_morning_sent_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', 'day', name=op.f('pk_staff_morning_sent'))
    )


def downgrade() -> None:
    op.drop_table('staff_morning_sent')
    op.drop_table('staff_morning_choice')
