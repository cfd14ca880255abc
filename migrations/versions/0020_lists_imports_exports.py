"""lists, imports and exports at the desk."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
IMPORTED = sa.text('import_id IS NOT NULL')


def moment(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, ID, server_default=sa.text('0'), nullable=False)


def upgrade() -> None:
    op.create_table('former_list_slug',
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('newsletter_id', ID, nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['newsletter_id'], ['newsletter.id'], name=op.f('fk_former_list_slug_newsletter_id')),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_former_list_slug'))
    )
    op.create_index('ix_former_list_slug_newsletter_id', 'former_list_slug', ['newsletter_id'])
    with op.batch_alter_table('subscriber_import', schema=None) as batch_op:
        for column in (
            sa.Column('stored', sa.String(length=64), nullable=True),
            number('size'),
            number('position'),
            sa.Column('brought_by', sa.String(length=80), nullable=True),
            sa.Column('note', sa.String(length=500), nullable=True),
            sa.Column('foreseen', sa.JSON(), nullable=True),
            moment('read_asked_at'),
            moment('apply_asked_at'),
            moment('stop_asked_at'),
            moment('undo_asked_at'),
            moment('undone_at'),
            number('undone'),
            sa.Column('failed', sa.String(length=500), nullable=True),
        ):
            batch_op.add_column(column)
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_import_id', ['import_id'], unique=False, postgresql_where=IMPORTED, sqlite_where=IMPORTED)
    op.create_table('member_upload',
    sa.Column('id', ID, nullable=False),
    sa.Column('stored', sa.String(length=64), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.Column('size', ID, nullable=False),
    sa.Column('brought_by', sa.String(length=80), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(length=40), server_default=sa.text("''"), nullable=False),
    number('position'),
    number('rows'),
    number('problems'),
    sa.Column('foreseen', sa.JSON(), nullable=True),
    sa.Column('effect', sa.JSON(), nullable=True),
    sa.Column('done_by', sa.String(length=80), nullable=True),
    moment('check_asked_at'),
    moment('checked_at'),
    moment('apply_asked_at'),
    moment('applied_at'),
    moment('dropped_at'),
    sa.Column('failed', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_upload'))
    )
    op.create_table('member_upload_problem',
    sa.Column('id', ID, nullable=False),
    sa.Column('upload_id', ID, nullable=False),
    sa.Column('line', ID, nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['member_upload.id'], name=op.f('fk_member_upload_problem_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_upload_problem'))
    )
    op.create_index('ix_member_upload_problem_upload_id', 'member_upload_problem', ['upload_id'])
    op.create_table('prepared_export',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=False),
    sa.Column('asked_by', sa.String(length=80), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('total', ID, nullable=False),
    number('done'),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('stored', sa.String(length=64), nullable=True),
    number('size'),
    moment('ready_at'),
    moment('stop_asked_at'),
    moment('deleted_at'),
    sa.Column('failed', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prepared_export'))
    )


def downgrade() -> None:
    op.drop_table('prepared_export')
    op.drop_table('member_upload_problem')
    op.drop_table('member_upload')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_import_id', postgresql_where=IMPORTED, sqlite_where=IMPORTED)
    for name in (
        'failed', 'undone', 'undone_at', 'undo_asked_at', 'stop_asked_at', 'apply_asked_at',
        'read_asked_at', 'foreseen', 'note', 'brought_by', 'position', 'size', 'stored',
    ):
        op.drop_column('subscriber_import', name)  # in place: consents refer to its rows
    op.drop_table('former_list_slug')
