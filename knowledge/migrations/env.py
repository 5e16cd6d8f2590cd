"""Alembic's entry: it runs the revisions on the connection that `upgrade` hands over."""

from alembic import context

from knowledge.catalogue import METADATA
from knowledge.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
