"""Alembic's entry: run by :func:`usedfor.web.comments.database.migrate` on an open connection."""

from alembic import context

from usedfor.web.comments.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
