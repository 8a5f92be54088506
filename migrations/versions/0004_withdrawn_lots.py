"""When and why a lot was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lot", sa.Column("withdrawn_at_ms", sa.BigInteger(), nullable=True))
    op.add_column("lot", sa.Column("withdrawn_reason", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("lot", "withdrawn_reason")
    op.drop_column("lot", "withdrawn_at_ms")
