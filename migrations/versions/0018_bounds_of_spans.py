"""what begins and ends spans; indexes for the morning."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ELSEWHERE = sa.text("source <> 'membership'")
SINGLE = sa.text('membership_id IS NULL')
# The highest revision of what begins, or ends, when the span does; of several the first by source.
BOUND = """
UPDATE member_span SET {column} = (
    SELECT e.id FROM entitlement AS e
    WHERE e.person_id = member_span.person_id AND e.{edge} = member_span.{edge} AND e.counts
        AND (e.ends_at IS NULL OR e.ends_at > e.starts_at)
        AND NOT EXISTS (SELECT 1 FROM entitlement AS later
                        WHERE later.source = e.source AND later.source_ref = e.source_ref
                            AND later.revision > e.revision)
    ORDER BY e.source, e.ends_at IS NULL, e.ends_at, e.id LIMIT 1)
"""


def upgrade() -> None:
    number = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    for column, edge in (('begun_by_id', 'starts_at'), ('ended_by_id', 'ends_at')):
        op.execute(f'ALTER TABLE member_span ADD COLUMN {column} {number}')
        op.execute(BOUND.format(column=column, edge=edge))
    op.create_index('ix_entitlement_ends_at_elsewhere', 'entitlement', ['ends_at'],
                    postgresql_where=ELSEWHERE, sqlite_where=ELSEWHERE)
    op.create_index('ix_payment_paid_at', 'payment',
                    ['paid_at', 'currency', 'amount_minor', 'refunded_minor'])
    op.create_index('ix_payment_paid_at_single', 'payment', ['paid_at'],
                    postgresql_where=SINGLE, sqlite_where=SINGLE)
    op.create_index('ix_intent_created_at', 'intent', ['created_at'])


def downgrade() -> None:
    op.drop_index('ix_intent_created_at', 'intent')
    op.drop_index('ix_payment_paid_at_single', 'payment')
    op.drop_index('ix_payment_paid_at', 'payment')
    op.drop_index('ix_entitlement_ends_at_elsewhere', 'entitlement')
    for column in ('ended_by_id', 'begun_by_id'):
        op.execute(f'ALTER TABLE member_span DROP COLUMN {column}')
