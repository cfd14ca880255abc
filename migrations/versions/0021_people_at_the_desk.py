"""What staff do for people: orders to Stripe, notes, forms that act once; finding people."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text('done_at IS NULL AND parked_at IS NULL')
# By these people are found. They are over expressions, and PostgreSQL's alone: on SQLite the names
# of a small newsroom are read one by one. Made without keeping writers out.
SEARCHED_BY = {
    'ix_person_name_search': "person USING gin (to_tsvector('simple', name))",
    'ix_person_name_order_search': 'person (lower(name), id)',
    'ix_email_address_key_search': 'email_address (key COLLATE "C")',
    'ix_email_address_domain_search':
        """email_address ((split_part(key, '@', 2)) COLLATE "C")""",
}


def upgrade() -> None:
    op.create_table('acted_once',
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('nonce', name=op.f('pk_acted_once'))
    )
    op.create_table('person_note',
    sa.Column('id', ID, nullable=False),
    sa.Column('public_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_person_note_author_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_note_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_note')),
    sa.UniqueConstraint('public_id', name=op.f('uq_person_note_public_id'))
    )
    op.create_index('ix_person_note_deleted_at', 'person_note', ['deleted_at'], unique=False)
    op.create_index('ix_person_note_person_id_created_at', 'person_note', ['person_id', 'created_at'], unique=False)

    op.create_table('membership_change',
    sa.Column('id', ID, nullable=False),
    sa.Column('membership_id', ID, nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('before_minor', ID, nullable=True),
    sa.Column('after_minor', ID, nullable=True),
    sa.CheckConstraint("what IN ('amount','card','paused','resumed','cancelled','undone')", name=op.f('ck_membership_change_what')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_membership_change_membership_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_change'))
    )
    op.create_index('ix_membership_change_membership_id_at', 'membership_change', ['membership_id', 'at'], unique=False)

    op.create_table('staff_order',
    sa.Column('id', ID, nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('who', sa.String(length=80), nullable=False),
    sa.Column('payment_id', ID, nullable=True),
    sa.Column('membership_id', ID, nullable=True),
    sa.Column('amount_minor', ID, nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('code', sa.String(length=100), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', ID, server_default=sa.text('0'), nullable=False),
    sa.Column('lost', ID, server_default=sa.text('0'), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease', sa.String(length=32), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('refund','cancel','end','undo','pause','resume')", name=op.f('ck_staff_order_kind')),
    sa.CheckConstraint("outcome IN ('done','refused','overtaken','lapsed')", name=op.f('ck_staff_order_outcome')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_staff_order_membership_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_staff_order_payment_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_staff_order_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_order')),
    sa.UniqueConstraint('nonce', name=op.f('uq_staff_order_nonce'))
    )
    op.create_index('ix_staff_order_due', 'staff_order', ['due_at'], unique=False, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index('ix_staff_order_membership_id', 'staff_order', ['membership_id'], unique=False)
    op.create_index('ix_staff_order_payment_id', 'staff_order', ['payment_id'], unique=False)
    op.create_index('ix_staff_order_person_id_created_at', 'staff_order', ['person_id', 'created_at'], unique=False)

    op.add_column('payment', sa.Column('charge_id', sa.String(length=255), nullable=True))
    op.create_index('ix_payment_charge_id', 'payment', ['charge_id'], unique=False)
    op.create_index('ix_payment_invoice_id', 'payment', ['invoice_id'], unique=False)

    if op.get_context().dialect.name == 'postgresql':
        with op.get_context().autocommit_block():
            for name, what in SEARCHED_BY.items():
                op.execute(f'CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {what}')


def downgrade() -> None:
    if op.get_context().dialect.name == 'postgresql':
        for name in SEARCHED_BY:
            op.execute(f'DROP INDEX IF EXISTS {name}')
    op.drop_index('ix_payment_invoice_id', 'payment')
    op.drop_index('ix_payment_charge_id', 'payment')
    op.drop_column('payment', 'charge_id')
    op.drop_table('staff_order')
    op.drop_table('membership_change')
    op.drop_table('person_note')
    op.drop_table('acted_once')
