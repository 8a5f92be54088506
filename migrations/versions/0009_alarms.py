"""Alarms, their history, channels and deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STILL_OPEN = sa.text("state <> 'cleared'")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("exporter", sa.String(200)),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("raised_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("active_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at_ms", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.String(200)),
        sa.Column("cleared_at_ms", sa.BigInteger()),
        sa.Column("cleared_by", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_alarm_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index(
        "uq_alarm_open",
        "alarm",
        ["tenant_id", "kind", "subject_kind", "subject"],
        unique=True,
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_index("ix_alarm_tenant_raised", "alarm", ["tenant_id", "raised_at_ms", "id"])
    op.create_index("ix_alarm_waiting", "alarm", ["state", "active_at_ms"])
    op.create_table(
        "alarm_entry",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("by", sa.String(200)),
        sa.Column("comment", sa.String(1000)),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_alarm_entry_tenant_id_tenant"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_alarm_entry_alarm_id_alarm"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_entry"),
    )
    op.create_index("ix_alarm_entry_alarm", "alarm_entry", ["alarm_id", "id"])
    op.create_table(
        "maintenance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(32)),
        sa.Column("subject", sa.String(64)),
        sa.Column("starts_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_maintenance_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance"),
    )
    op.create_index("ix_maintenance_tenant", "maintenance", ["tenant_id", "ends_at_ms"])
    op.create_table(
        "channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("shown_address", sa.String(200), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary()),
        sa.Column("min_severity", sa.String(32), nullable=False),
        sa.Column("alarm_kinds", sa.JSON(), nullable=False),
        sa.Column("escalates_after_s", sa.Integer(), nullable=False),
        sa.Column("quiet_from_s", sa.Integer()),
        sa.Column("quiet_until_s", sa.Integer()),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_channel_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_channel_tenant_id_name"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(400)),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_at_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_delivery_tenant_id_tenant"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_delivery_channel_id_channel"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_delivery_alarm_id_alarm"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("uq_delivery_once", "delivery", ["channel_id", "alarm_id", "step"], unique=True)
    op.create_index("ix_delivery_due", "delivery", ["state", "due_at_ms"])
    op.create_index("ix_delivery_channel", "delivery", ["tenant_id", "channel_id", "id"])


def downgrade() -> None:
    for table in ("delivery", "channel", "maintenance", "alarm_entry", "alarm"):
        op.drop_table(table)
