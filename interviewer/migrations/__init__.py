"""The revisions of the event log's tables, one a file under versions/."""

from pathlib import Path

from knowledge.databases import Migrations

MIGRATIONS = Migrations(Path(__file__).parent, head="0001", version_table="interviewer_revision")
