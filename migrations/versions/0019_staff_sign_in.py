"""what staff sign in with."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('staff_challenge',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('challenge_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_challenge_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_challenge')),
    sa.UniqueConstraint('challenge_hash', name=op.f('uq_staff_challenge_challenge_hash'))
    )
    op.create_index('ix_staff_challenge_expires_at', 'staff_challenge', ['expires_at'], unique=False)
    op.create_table('staff_code_app',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sealed_secret', sa.Text(), nullable=False),
    sa.Column('last_step', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_code_app_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_code_app'))
    )
    op.create_index('ix_staff_code_app_staff_id', 'staff_code_app', ['staff_id'], unique=False)
    op.create_table('staff_device',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_device_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_device')),
    sa.UniqueConstraint('staff_id', 'token_hash', name=op.f('uq_staff_device_staff_id_token_hash'))
    )
    op.create_table('staff_invitation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_invitation_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_invitation')),
    sa.UniqueConstraint('name', name=op.f('uq_staff_invitation_name')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_invitation_token_hash'))
    )
    op.create_index('ix_staff_invitation_staff_id', 'staff_invitation', ['staff_id'], unique=False)
    op.create_table('staff_passkey',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credential_id', sa.String(length=1400), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('is_synced', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_passkey_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_staff_passkey_credential_id'))
    )
    op.create_index('ix_staff_passkey_staff_id', 'staff_passkey', ['staff_id'], unique=False)
    op.create_table('staff_recovery_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_recovery_code_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_recovery_code')),
    sa.UniqueConstraint('staff_id', 'code_hash', name=op.f('uq_staff_recovery_code_staff_id_code_hash'))
    )
    op.create_table('staff_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('invitation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('wanted', sa.String(length=500), nullable=True),
    sa.Column('wrong_codes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invitation_id'], ['staff_invitation.id'], name=op.f('fk_staff_entry_invitation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_entry_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_entry')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_entry_token_hash'))
    )
    op.create_index('ix_staff_entry_staff_id', 'staff_entry', ['staff_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_staff_entry_staff_id', table_name='staff_entry')
    op.drop_table('staff_entry')
    op.drop_table('staff_recovery_code')
    op.drop_index('ix_staff_passkey_staff_id', table_name='staff_passkey')
    op.drop_table('staff_passkey')
    op.drop_index('ix_staff_invitation_staff_id', table_name='staff_invitation')
    op.drop_table('staff_invitation')
    op.drop_table('staff_device')
    op.drop_index('ix_staff_code_app_staff_id', table_name='staff_code_app')
    op.drop_table('staff_code_app')
    op.drop_index('ix_staff_challenge_expires_at', table_name='staff_challenge')
    op.drop_table('staff_challenge')
