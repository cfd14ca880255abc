"""drafts, revisions, locks, corrections, links to previews."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('correction',
    sa.Column('id', ID, nullable=False),
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_correction_edition_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_correction_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    op.create_index('ix_correction_edition_id', 'correction', ['edition_id'], unique=False)
    op.create_table('edition_draft',
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('version', ID, nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', ID, nullable=True),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('dek', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('related', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_edition_draft_edition_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_edition_draft_staff_id')),
    sa.PrimaryKeyConstraint('edition_id', name=op.f('pk_edition_draft'))
    )
    op.create_table('edition_lock',
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('staff_id', ID, nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_edition_lock_edition_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_edition_lock_staff_id')),
    sa.PrimaryKeyConstraint('edition_id', name=op.f('pk_edition_lock'))
    )
    op.create_table('edition_revision',
    sa.Column('id', ID, nullable=False),
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('number', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', ID, nullable=True),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('dek', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('related', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_edition_revision_edition_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_edition_revision_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_revision')),
    sa.UniqueConstraint('edition_id', 'number', name=op.f('uq_edition_revision_edition_id_number'))
    )
    op.create_table('preview_link',
    sa.Column('id', ID, nullable=False),
    sa.Column('edition_id', ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('under_embargo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', ID, nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_preview_link_edition_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_preview_link_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preview_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_preview_link_token_hash'))
    )
    op.create_index('ix_preview_link_edition_id', 'preview_link', ['edition_id'], unique=False)
    op.add_column('article', sa.Column('letters', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('article', sa.Column('embargo_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('edition', sa.Column('withdrawn_note', sa.Text(), nullable=True))



def downgrade() -> None:
    op.drop_column('edition', 'withdrawn_note')
    op.drop_column('article', 'embargo_until')
    op.drop_column('article', 'letters')
    op.drop_table('preview_link')
    op.drop_table('edition_revision')
    op.drop_table('edition_lock')
    op.drop_table('edition_draft')
    op.drop_table('correction')
