"""Demand book, harvest declarations, sourcing, and pins of plans."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LOT_COLUMNS = (
    ("variety", sa.String(length=32)),
    ("maturity", sa.String(length=32)),
    ("precooling", sa.String(length=32)),
    ("precooled_at_ms", sa.BigInteger()),
    ("grower_group", sa.String(length=200)),
    ("gap_code", sa.String(length=64)),
    ("packing_house_code", sa.String(length=64)),
    ("certificates", sa.JSON()),
    # no foreign key, here and for a plan's parent: SQLite could not drop the column again; neither is ever deleted
    ("declaration_id", sa.Uuid()),
)


def upgrade() -> None:
    op.create_table(
        "harvest_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("commodity_id", sa.String(length=32), nullable=False),
        sa.Column("variety", sa.String(length=32), nullable=True),
        sa.Column("grade", sa.String(length=32), nullable=True),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.Column("harvest_on", sa.Date(), nullable=False),
        sa.Column("confidence_pct", sa.Integer(), nullable=False),
        sa.Column("grower_group", sa.String(length=200), nullable=True),
        sa.Column("gap_code", sa.String(length=64), nullable=True),
        sa.Column("packing_house_code", sa.String(length=64), nullable=True),
        sa.Column("certificates", sa.JSON(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=200), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_harvest_declaration_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_harvest_declaration_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_declaration")),
    )
    op.create_index("ix_harvest_declaration_day", "harvest_declaration", ["tenant_id", "state", "harvest_on"])
    for name, kind in LOT_COLUMNS:
        op.add_column("lot", sa.Column(name, kind, nullable=True))
    op.create_table(
        "demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("exporter", sa.String(length=64), nullable=False),
        sa.Column("buyer", sa.String(length=200), nullable=False),
        sa.Column("commodity_id", sa.String(length=32), nullable=False),
        sa.Column("variety", sa.String(length=32), nullable=True),
        sa.Column("grade", sa.String(length=32), nullable=True),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("transit_s", sa.BigInteger(), nullable=False),
        sa.Column("transit_centi_c", sa.Integer(), nullable=True),
        sa.Column("min_life_s", sa.BigInteger(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("price_satang_per_kg", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=200), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_demand_hub_id_hub")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_demand_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_demand_tenant_id_code")),
    )
    op.create_index("ix_demand_days", "demand", ["tenant_id", "state", "from_on", "to_on"])
    op.create_table(
        "demand_version",
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_version_demand_id_demand")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_demand_version_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("demand_id", "version", name=op.f("pk_demand_version")),
    )
    op.create_table(
        "sourcing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("market", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sourcing_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing")),
    )
    op.create_index("ix_sourcing_state", "sourcing", ["state", "created_at_ms"])
    op.create_index("ix_sourcing_tenant_created", "sourcing", ["tenant_id", "created_at_ms"])
    op.create_table(
        "sourcing_line",
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("demand_version", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("declaration_id", sa.Uuid(), nullable=True),
        sa.Column("deliver_on", sa.Date(), nullable=False),
        sa.Column("proposed_g", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["harvest_declaration.id"], name=op.f("fk_sourcing_line_declaration_id_harvest_declaration")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_sourcing_line_demand_id_demand")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_sourcing_line_lot_id_lot")),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcing.id"], name=op.f("fk_sourcing_line_sourcing_id_sourcing")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sourcing_line_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_sourcing_line_village_id_village")),
        sa.PrimaryKeyConstraint("sourcing_id", "number", name=op.f("pk_sourcing_line")),
    )
    op.create_index("ix_sourcing_line_lot", "sourcing_line", ["lot_id", "state"])
    op.create_index("ix_sourcing_line_declaration", "sourcing_line", ["declaration_id", "state"])
    op.create_index("ix_sourcing_line_demand", "sourcing_line", ["demand_id", "state"])
    op.add_column("plan", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_table(
        "plan_pin",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lot_code", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("truck_code", sa.String(length=64), nullable=False),
        sa.Column("pinned_by", sa.String(length=200), nullable=False),
        sa.Column("pinned_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_pin_plan_id_plan")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_pin_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("plan_id", "lot_code", name=op.f("pk_plan_pin")),
    )


def downgrade() -> None:
    op.drop_table("plan_pin")
    op.drop_column("plan", "parent_id")
    op.drop_table("sourcing_line")
    op.drop_table("sourcing")
    op.drop_table("demand_version")
    op.drop_table("demand")
    for name, _ in reversed(LOT_COLUMNS):
        op.drop_column("lot", name)
    op.drop_table("harvest_declaration")

