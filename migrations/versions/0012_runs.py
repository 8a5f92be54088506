"""Runs on the road: when they left, what was loaded, repairs of their plan and the sheets that came of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IS_PROPOSED = sa.text("state = 'proposed'")

COLUMNS = (
    ("run", "departed_at_ms", sa.BigInteger()),
    ("run_stop", "arrived_at_ms", sa.BigInteger()),
    ("run_stop", "loaded_weight_g", sa.BigInteger()),
    ("run_stop", "loaded_crates", sa.Integer()),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind))
    op.add_column("run", sa.Column("sheet_version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.create_table(
        "repair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("concessions", sa.JSON(), nullable=False),
        sa.Column("cost_satang", sa.BigInteger(), nullable=False),
        sa.Column("change_cost_satang", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("noticed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger()),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("comment", sa.String(1000)),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_repair_tenant_id_tenant"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_repair_plan_id_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_repair"),
    )
    op.create_index("ix_repair_plan", "repair", ["plan_id", "created_at_ms"])
    op.create_index("ix_repair_tenant", "repair", ["tenant_id", "created_at_ms", "id"])
    op.create_index(
        "uq_repair_proposed", "repair", ["plan_id"], unique=True, sqlite_where=IS_PROPOSED, postgresql_where=IS_PROPOSED
    )
    op.create_table(
        "dispatch_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("applies", sa.String(32), nullable=False),
        sa.Column("most_changes", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_dispatch_rule_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_dispatch_rule"),
    )
    op.create_table(
        "run_sheet",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("repair_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_run_sheet_run_id_run"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_run_sheet_tenant_id_tenant"),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name="fk_run_sheet_repair_id_repair"),
        sa.PrimaryKeyConstraint("run_id", "version", name="pk_run_sheet"),
    )
    op.create_table(
        "run_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("lot", sa.String(64)),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(400)),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_run_event_run_id_run"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_run_event_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_run_event"),
        sa.UniqueConstraint("run_id", "client_id", name="uq_run_event_run_id_client_id"),
    )
    op.create_table(
        "run_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("lot", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_run_proof_run_id_run"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_run_proof_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_run_proof"),
        sa.UniqueConstraint("run_id", "client_id", name="uq_run_proof_run_id_client_id"),
    )
    op.create_table(
        "truck_position",
        sa.Column("truck_id", sa.Uuid(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("accuracy_m", sa.Integer()),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["truck_id"], ["truck.id"], name="fk_truck_position_truck_id_truck"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_truck_position_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("truck_id", "at_ms", name="pk_truck_position"),
    )


def downgrade() -> None:
    for table in ("truck_position", "run_proof", "run_event", "run_sheet", "dispatch_rule", "repair"):
        op.drop_table(table)
    op.drop_column("run", "sheet_version")
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
