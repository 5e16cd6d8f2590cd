"""The catalogue: documents and where they lie, what was found in them, and which questions ask the same."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WORKSPACE = sa.String(128)
_HASH = sa.String(64)
_SLUG = sa.String(80)


def _of_document() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "document_id"], ["documents.workspace_id", "documents.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("id", _HASH, primary_key=True),
        sa.Column("candidate_id", sa.String(128), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("document_id", _HASH, nullable=False),
        _of_document(),
    )
    op.create_table(
        "passages",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("document_id", _HASH, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", _HASH, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("heading", sa.Text),
        sa.Column("first_line", sa.Integer, nullable=False),
        sa.Column("last_line", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        _of_document(),
    )
    op.create_table(
        "questions",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("document_id", _HASH, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("slug", _SLUG, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("section", sa.Text),
        sa.Column("checkable", sa.Boolean, nullable=False),
        sa.Column("draft", sa.Text, nullable=False),
        _of_document(),
    )
    op.create_index("questions_by_slug", "questions", ["workspace_id", "slug"])
    op.create_table(
        "refusals",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("document_id", _HASH, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("last_line", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _of_document(),
    )
    op.create_table(
        "merges",
        sa.Column("workspace_id", _WORKSPACE, primary_key=True),
        sa.Column("alias", _SLUG, primary_key=True),
        sa.Column("slug", _SLUG, nullable=False),
    )


def downgrade() -> None:
    for table in ("merges", "refusals", "questions", "passages", "files", "documents"):
        op.drop_table(table)
