"""The revisions of the catalogue's tables, one a file under versions/."""

from pathlib import Path

from knowledge.databases import Migrations

MIGRATIONS = Migrations(Path(__file__).parent, head="0002", version_table="catalogue_revision")
