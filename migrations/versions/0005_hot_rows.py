"""Room in the pages of the rows that every batch updates, so that PostgreSQL updates them in place (HOT)."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HOT_TABLES = ("sensor_latest", "dirty", "stale_hours", "gateway_sequence")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in HOT_TABLES:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 40)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in HOT_TABLES:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
