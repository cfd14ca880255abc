"""merging two people into one."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STANDING = sa.text('undone_at IS NULL')
MERGED = sa.text('merged_into_id IS NOT NULL')


def upgrade() -> None:
    op.create_table('merge',
    sa.Column('id', ID, nullable=False),
    sa.Column('from_id', ID, nullable=False),
    sa.Column('into_id', ID, nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_by', sa.String(length=80), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_merge_from_id')),
    sa.ForeignKeyConstraint(['into_id'], ['person.id'], name=op.f('fk_merge_into_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge'))
    )
    op.create_index('ix_merge_into_id', 'merge', ['into_id'])
    op.create_index('ix_merge_merged_at', 'merge', ['merged_at'])
    op.create_index('uq_merge_from_id_standing', 'merge', ['from_id'], unique=True,
                    postgresql_where=STANDING, sqlite_where=STANDING)
    op.create_index('ix_person_merged_into_id', 'person', ['merged_into_id'],
                    postgresql_where=MERGED, sqlite_where=MERGED)
    with op.batch_alter_table('subscription') as batch_op:
        batch_op.add_column(sa.Column('address_id', ID, nullable=True))
        batch_op.create_foreign_key(op.f('fk_subscription_address_id'), 'email_address',
                                    ['address_id'], ['id'], ondelete='SET NULL')
    op.create_index('ix_subscription_address_id', 'subscription', ['address_id'],
                    postgresql_where=sa.text('address_id IS NOT NULL'),
                    sqlite_where=sa.text('address_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_subscription_address_id', table_name='subscription')
    with op.batch_alter_table('subscription') as batch_op:
        batch_op.drop_constraint(op.f('fk_subscription_address_id'), type_='foreignkey')
        batch_op.drop_column('address_id')
    op.drop_index('ix_person_merged_into_id', table_name='person')
    op.drop_table('merge')
