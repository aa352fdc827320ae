"""Bans say whether they are of a person or of a network address, which is somebody else's after a while."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bans that were there hold for good."""
    op.add_column("bans", sa.Column("kind", sa.String(6), nullable=False, server_default="person"))
    op.create_index("ix_comments_caller", "comments", ["caller", "created"])


def downgrade() -> None:
    """Take it out again."""
    op.drop_index("ix_comments_caller", "comments")
    with op.batch_alter_table("bans") as bans:
        bans.drop_column("kind")
