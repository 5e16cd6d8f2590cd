"""What people decided about drafts, and the rubrics that a model drafted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("workspace_id", sa.String(128), primary_key=True),
        sa.Column("slug", sa.String(80), primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("question", sa.Text),
    )
    op.create_table(
        "written",
        sa.Column("workspace_id", sa.String(128), primary_key=True),
        sa.Column("slug", sa.String(80), primary_key=True),
        sa.Column("checkable", sa.Boolean, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("written", "decisions"):
        op.drop_table(table)
