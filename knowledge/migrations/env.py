"""Alembic's entry: it runs the revisions on the connection that `databases.upgrade` hands over."""

from alembic import context

from knowledge.catalogue_tables import METADATA
from knowledge.migrations import MIGRATIONS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=MIGRATIONS.version_table,
)
context.run_migrations()
