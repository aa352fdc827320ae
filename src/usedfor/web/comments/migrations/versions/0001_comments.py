"""The first form: comments, threads, moderators, logins, bans, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "comments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("medicine", sa.String(200), nullable=False),
        sa.Column("parent", sa.String(32), sa.ForeignKey("comments.id", ondelete="CASCADE")),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("caller", sa.String(64), nullable=False),
        sa.Column("same", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_comments_state_created", "comments", ["state", "created"])
    op.create_index("ix_comments_medicine_state", "comments", ["medicine", "state", "created"])
    op.create_index("ix_comments_person", "comments", ["person"])
    op.create_index("ix_comments_same", "comments", ["same", "created"])
    op.create_table(
        "threads",
        sa.Column("medicine", sa.String(200), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "moderators",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "logins",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column(
            "moderator", sa.String(80), sa.ForeignKey("moderators.name", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "bans",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moderator", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("comment", sa.String(32)),
        sa.Column("detail", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("audit", "bans", "logins", "moderators", "threads", "comments"):
        op.drop_table(name)
