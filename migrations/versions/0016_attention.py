"""What staff must be shown: deadlines, faults of DNS, work that was set aside."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
ASIDE = sa.text('parked_at IS NOT NULL AND done_at IS NULL')
LEASED = (
    'address_change', 'dirty_key', 'job', 'mail_event', 'outgoing_mail', 'settings_link',
    'sign_in', 'signup_request', 'webhook_delivery',
)


def upgrade() -> None:
    op.create_table('dns_finding',
    sa.Column('id', ID, nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('topic', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('record', sa.Text(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dns_finding'))
    )
    # Plain ALTER on either database: making the table anew on SQLite would lose what refers to it.
    op.add_column('dispute', sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_stripe_event_received_at', 'stripe_event', ['received_at'], unique=False)
    for table in LEASED:
        op.create_index(f'ix_{table}_parked', table, ['parked_at'], unique=False,
                        sqlite_where=ASIDE, postgresql_where=ASIDE)


def downgrade() -> None:
    for table in LEASED:
        op.drop_index(f'ix_{table}_parked', table)
    op.drop_index('ix_stripe_event_received_at', 'stripe_event')
    op.execute('ALTER TABLE dispute DROP COLUMN answer_by')
    op.drop_table('dns_finding')
