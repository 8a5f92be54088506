"""Freshness ledgers, inspections, treatments, overrides of catalogue figures, and itineraries."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[UUID]:
    return sa.Column("tenant_id", sa.Uuid(), nullable=False)


def _tenant_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id_tenant")


def _key_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    op.add_column("freshness_status", sa.Column("raised", sa.String(120), nullable=False, server_default=""))
    op.create_table(
        "lot_ledger",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        _tenant(),
        sa.Column("settled_ms", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name="pk_lot_ledger"),
        _key_to("lot_ledger", "lot_id", "lot"),
        _tenant_key("lot_ledger"),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        _tenant(),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", "at_ms", name="pk_ledger_checkpoint"),
        _key_to("ledger_checkpoint", "lot_id", "lot"),
        _tenant_key("ledger_checkpoint"),
    )
    op.create_table(
        "commodity_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        _tenant(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("commodity_id", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(64), nullable=False),
        sa.Column("parameter", sa.String(32), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commodity_override"),
        _tenant_key("commodity_override"),
        sa.UniqueConstraint("tenant_id", "version", name="uq_commodity_override_tenant_id_version"),
    )
    op.create_table(
        "lot_treatment",
        sa.Column("id", sa.Uuid(), nullable=False),
        _tenant(),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(400), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lot_treatment"),
        _tenant_key("lot_treatment"),
        _key_to("lot_treatment", "lot_id", "lot"),
        sa.UniqueConstraint("lot_id", "from_ms", "kind", name="uq_lot_treatment_lot_id_from_ms_kind"),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        _tenant(),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("commodity_id", sa.String(32), nullable=False),
        sa.Column("exporter", sa.String(200), nullable=False),
        sa.Column("inspected_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("quality", sa.String(32), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("pulp_centi_c", sa.SmallInteger(), nullable=True),
        sa.Column("kept_days", sa.Float(), nullable=True),
        sa.Column("chilling_injury", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("forecast_p10_s", sa.BigInteger(), nullable=True),
        sa.Column("forecast_p50_s", sa.BigInteger(), nullable=True),
        sa.Column("forecast_p90_s", sa.BigInteger(), nullable=True),
        sa.Column("injury_dose", sa.Float(), nullable=True),
        sa.Column("model_version", sa.String(32), nullable=False),
        sa.Column("catalogue_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inspection"),
        _tenant_key("inspection"),
        _key_to("inspection", "shipment_id", "shipment"),
        _key_to("inspection", "lot_id", "lot"),
        sa.UniqueConstraint("lot_id", "inspected_at_ms", name="uq_inspection_lot_id_inspected_at_ms"),
    )
    op.create_index("ix_inspection_commodity", "inspection", ["tenant_id", "commodity_id", "exporter"])
    op.create_index("ix_inspection_shipment", "inspection", ["shipment_id"])
    op.create_table(
        "itinerary_leg",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        _tenant(),
        sa.Column("custodian", sa.String(200), nullable=True),
        sa.Column("from_place", sa.String(200), nullable=False),
        sa.Column("to_place", sa.String(200), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("starts_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("set_point_centi_c", sa.SmallInteger(), nullable=False),
        sa.Column("border_wait_s", sa.Integer(), nullable=False),
        sa.Column("border_wait_late_s", sa.Integer(), nullable=False),
        sa.Column("required_life_s", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("shipment_id", "position", name="pk_itinerary_leg"),
        _key_to("itinerary_leg", "shipment_id", "shipment"),
        _tenant_key("itinerary_leg"),
    )


def downgrade() -> None:
    for table in (
        "itinerary_leg",
        "inspection",
        "lot_treatment",
        "commodity_override",
        "ledger_checkpoint",
        "lot_ledger",
    ):
        op.drop_table(table)
    op.drop_column("freshness_status", "raised")
