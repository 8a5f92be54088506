"""Heartbeats of workers, kept answers of creating requests, the stream of changes, and until when a subject keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_heartbeat",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("instance", sa.String(length=64), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("beat_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "instance", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "kept_answer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_kept_answer_key_id_api_key")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_kept_answer_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "key_id", "idempotency_key", name=op.f("pk_kept_answer")),
    )
    op.create_index("ix_kept_answer_tenant_created", "kept_answer", ["tenant_id", "created_at_ms"], unique=False)
    op.create_table(
        "stream_event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_stream_event_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_event")),
    )
    op.create_index("ix_stream_event_tenant", "stream_event", ["tenant_id", "id"], unique=False)
    op.create_index("ix_stream_event_at", "stream_event", ["at_ms"], unique=False)
    op.add_column("freshness_status", sa.Column("keeps_until_ms", sa.BigInteger(), nullable=True))
    op.add_column(
        "freshness_status", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.create_index(
        "ix_freshness_status_keeps",
        "freshness_status",
        ["tenant_id", "subject_kind", "keeps_until_ms", "subject_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_freshness_status_keeps", table_name="freshness_status")
    op.drop_column("freshness_status", "version")
    op.drop_column("freshness_status", "keeps_until_ms")
    op.drop_index("ix_stream_event_at", table_name="stream_event")
    op.drop_index("ix_stream_event_tenant", table_name="stream_event")
    op.drop_table("stream_event")
    op.drop_index("ix_kept_answer_tenant_created", table_name="kept_answer")
    op.drop_table("kept_answer")
    op.drop_table("worker_heartbeat")
