"""Flags as reviewed, beside readings that stay as they are; what was given up of the dead letters."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_review",
        sa.Column("measured_at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "measured_at_ms", "temperature_centi_c", name=op.f("pk_reading_review")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "reading_conflict", sa.Column("flags", sa.SmallInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "dead_letter_pruning",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("received_until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dead_letter_pruning_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter_pruning")),
    )
    op.create_index("ix_dead_letter_pruning_tenant", "dead_letter_pruning", ["tenant_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_dead_letter_pruning_tenant", table_name="dead_letter_pruning")
    op.drop_table("dead_letter_pruning")
    with op.batch_alter_table("reading_conflict") as conflicts:
        conflicts.drop_column("flags")
    op.drop_table("reading_review")
