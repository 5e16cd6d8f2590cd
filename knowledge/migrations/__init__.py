"""Brings the catalogue's tables up to date with Alembic, which is only loaded when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection

HEAD = "0002"
"""The newest revision under versions/. A database that is there needs no migration, and no Alembic."""

VERSION_TABLE = "catalogue_revision"
"""Its own name: the event log may live in the same database, with revisions of their own."""


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """To a revision, inside the caller's transaction, so that two processes that open a new database take turns."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
