"""drafts and places of campaigns, withdrawn lines of the feed, sections without asks."""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

EVERYWHERE = sa.text("""'["strip", "article", "home"]'""")


def upgrade() -> None:
    op.add_column('feed_item', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('section', sa.Column('asks', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('campaign', sa.Column('is_draft', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('campaign', sa.Column('places', sa.JSON(), server_default=EVERYWHERE, nullable=False))


def downgrade() -> None:
    # Not by copying the tables: rows of others point at them.
    op.drop_column('campaign', 'places')
    op.drop_column('campaign', 'is_draft')
    op.drop_column('section', 'asks')
    op.drop_column('feed_item', 'withdrawn_at')
