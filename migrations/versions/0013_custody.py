"""Receiving at hubs, cold store, splits and merges, hand-overs, and links to trace pages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id_tenant")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    op.add_column("shipment", sa.Column("demand_id", sa.Uuid()))
    op.create_table(
        "lot_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("declared_weight_g", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("crates", sa.Integer(), nullable=False),
        sa.Column("refused_weight_g", sa.BigInteger(), nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger()),
        sa.Column("reason", sa.String(32)),
        sa.Column("note", sa.String(400)),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        _tenant("lot_receipt"),
        _to("lot_receipt", "lot_id", "lot"),
        _to("lot_receipt", "hub_id", "hub"),
        _to("lot_receipt", "run_id", "run"),
        sa.PrimaryKeyConstraint("id", name="pk_lot_receipt"),
        sa.UniqueConstraint("lot_id", name="uq_lot_receipt_lot_id"),
    )
    op.create_index("ix_lot_receipt_hub", "lot_receipt", ["tenant_id", "hub_id", "at_ms"])
    op.create_table(
        "lot_part",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _tenant("lot_part"),
        _to("lot_part", "child_id", "lot"),
        _to("lot_part", "parent_id", "lot"),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name="pk_lot_part"),
    )
    op.create_index("ix_lot_part_parent", "lot_part", ["parent_id"])
    op.create_table(
        "cold_store_stay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("from_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_at_ms", sa.BigInteger()),
        _tenant("cold_store_stay"),
        _to("cold_store_stay", "lot_id", "lot"),
        _to("cold_store_stay", "hub_id", "hub"),
        sa.PrimaryKeyConstraint("id", name="pk_cold_store_stay"),
    )
    op.create_index("ix_cold_store_stay_lot", "cold_store_stay", ["lot_id", "from_at_ms"])
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("from_party", sa.String(200), nullable=False),
        sa.Column("to_party", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger()),
        sa.Column("seal", sa.String(64)),
        sa.Column("note", sa.String(400)),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        _tenant("handover"),
        _to("handover", "shipment_id", "shipment"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_shipment", "handover", ["shipment_id", "at_ms"])
    op.create_table(
        "trace_link",
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger()),
        sa.Column("views", sa.BigInteger(), nullable=False),
        _tenant("trace_link"),
        _to("trace_link", "shipment_id", "shipment"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_trace_link"),
    )
    op.create_index("ix_trace_link_shipment", "trace_link", ["shipment_id"])


def downgrade() -> None:
    for table in ("trace_link", "handover", "cold_store_stay", "lot_part", "lot_receipt"):
        op.drop_table(table)
    op.drop_column("shipment", "demand_id")
