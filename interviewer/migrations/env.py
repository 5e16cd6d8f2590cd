"""Alembic's entry: it runs the revisions on the connection that `upgrade` hands over."""

from alembic import context

from interviewer.migrations import VERSION_TABLE
from interviewer.store import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
