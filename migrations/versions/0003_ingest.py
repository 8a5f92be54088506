"""Dead letters seen more than once, messages without a time of their own, bridges, and hourly roll-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dead_letter") as letters:
        letters.add_column(sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False))
        letters.add_column(sa.Column("seen", sa.Integer(), nullable=False, server_default=sa.text("1")))
        letters.add_column(sa.Column("last_received_at_ms", sa.BigInteger(), nullable=False))
    op.create_index(
        "uq_dead_letter_open",
        "dead_letter",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "untimed_message",
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_untimed_message")),
    )
    op.create_index("ix_untimed_message_received", "untimed_message", ["received_at_ms"], unique=False)
    op.create_table(
        "bridge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("gateway_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("application", sa.String(length=160), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_bridge_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_bridge_gateway_id_gateway")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridge")),
        sa.UniqueConstraint("format", "application", name=op.f("uq_bridge_format_application")),
    )
    op.create_table(
        "reading_hour",
        sa.Column("hour_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sum_centi_c", sa.BigInteger(), nullable=False),
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("min_centi_c", sa.SmallInteger(), nullable=False),
        sa.Column("max_centi_c", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "hour_ms", name=op.f("pk_reading_hour")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stale_hours",
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_stale_hours_sensor_id_sensor")),
        sa.PrimaryKeyConstraint("sensor_id", name=op.f("pk_stale_hours")),
    )


def downgrade() -> None:
    op.drop_table("stale_hours")
    op.drop_table("reading_hour")
    op.drop_table("bridge")
    op.drop_index("ix_untimed_message_received", table_name="untimed_message")
    op.drop_table("untimed_message")
    op.drop_index("uq_dead_letter_open", table_name="dead_letter")
    with op.batch_alter_table("dead_letter") as letters:
        letters.drop_column("last_received_at_ms")
        letters.drop_column("seen")
        letters.drop_column("fingerprint")
