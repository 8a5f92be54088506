"""First schema: tenants, devices, readings, fleet, lots, plans and shipments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("measured_at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger(), nullable=False),
        sa.Column("humidity_centi_pct", sa.SmallInteger(), nullable=True),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "measured_at_ms", name=op.f("pk_reading")),
        postgresql_partition_by="RANGE (measured_at_ms)",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=True),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_api_key_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_api_key_tenant_id_name")),
    )
    op.create_index(op.f("ix_api_key_tenant_id"), "api_key", ["tenant_id"], unique=False)
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=512), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("payload_size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("resolved_by", sa.String(length=200), nullable=True),
        sa.Column("resolved_why", sa.Text(), nullable=True),
        sa.Column("resolved_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dead_letter_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_index("ix_dead_letter_tenant_state", "dead_letter", ["tenant_id", "state", "id"], unique=False)
    op.create_table(
        "freshness_status",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("condition", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("confidence", sa.String(length=32), nullable=False),
        sa.Column("life_used", sa.Float(), nullable=True),
        sa.Column("remaining_p10_s", sa.BigInteger(), nullable=True),
        sa.Column("remaining_p50_s", sa.BigInteger(), nullable=True),
        sa.Column("remaining_p90_s", sa.BigInteger(), nullable=True),
        sa.Column("last_reading_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("assessed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("watermark_ms", sa.BigInteger(), nullable=True),
        sa.Column("model_version", sa.String(length=32), nullable=False),
        sa.Column("catalogue_sha256", sa.String(length=64), nullable=False),
        sa.Column("assessment", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_freshness_status_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "subject_kind", "subject_id", name=op.f("pk_freshness_status")),
    )
    op.create_index("ix_freshness_status_due", "freshness_status", ["due_at_ms"], unique=False)
    op.create_index(
        "ix_freshness_status_verdict", "freshness_status", ["tenant_id", "subject_kind", "verdict"], unique=False
    )
    op.create_table(
        "gateway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_bcrypt", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("status_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_gateway_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_gateway_tenant_id_name")),
    )
    op.create_table(
        "hub",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("opens_s", sa.Integer(), nullable=False),
        sa.Column("closes_s", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_hub_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_hub_tenant_id_code")),
    )
    op.create_table(
        "plan_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("best_cost_satang", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_job_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_job")),
    )
    op.create_index("ix_plan_job_state", "plan_job", ["state", "created_at_ms"], unique=False)
    op.create_table(
        "village",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_th", sa.String(length=200), nullable=True),
        sa.Column("province", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("opens_s", sa.Integer(), nullable=False),
        sa.Column("closes_s", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_village_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_village_tenant_id_code")),
    )
    op.create_table(
        "gateway_gap",
        sa.Column("gateway_id", sa.Uuid(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_gateway_gap_gateway_id_gateway")),
        sa.PrimaryKeyConstraint("gateway_id", "first_seq", name=op.f("pk_gateway_gap")),
    )
    op.create_table(
        "gateway_sequence",
        sa.Column("gateway_id", sa.Uuid(), nullable=False),
        sa.Column("stored_up_to", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_gateway_sequence_gateway_id_gateway")),
        sa.PrimaryKeyConstraint("gateway_id", name=op.f("pk_gateway_sequence")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=32), nullable=False),
        sa.Column("cost_satang", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("data_as_of_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("published_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["plan_job.id"], name=op.f("fk_plan_job_id_plan_job")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("job_id", name=op.f("uq_plan_job_id")),
    )
    op.create_index("ix_plan_tenant_created", "plan", ["tenant_id", "created_at_ms"], unique=False)
    op.create_table(
        "sensor",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("gateway_id", sa.Uuid(), nullable=True),
        sa.Column("expected_interval_s", sa.Integer(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_sensor_gateway_id_gateway")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sensor_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_sensor_tenant_id_external_id")),
    )
    op.create_table(
        "shipment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("exporter", sa.String(length=200), nullable=True),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("set_point_centi_c", sa.SmallInteger(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("departs_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("eta_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_shipment_hub_id_hub")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_shipment_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_shipment_tenant_id_code")),
    )
    op.create_index("ix_shipment_state", "shipment", ["tenant_id", "state"], unique=False)
    op.create_table(
        "truck",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("home_hub_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_g", sa.BigInteger(), nullable=False),
        sa.Column("capacity_crates", sa.Integer(), nullable=False),
        sa.Column("min_temperature_centi_c", sa.SmallInteger(), nullable=True),
        sa.Column("max_temperature_centi_c", sa.SmallInteger(), nullable=True),
        sa.Column("shift_starts_s", sa.Integer(), nullable=False),
        sa.Column("shift_ends_s", sa.Integer(), nullable=False),
        sa.Column("fixed_cost_satang", sa.BigInteger(), nullable=False),
        sa.Column("cost_per_km_satang", sa.BigInteger(), nullable=False),
        sa.Column("cost_per_hour_satang", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["home_hub_id"], ["hub.id"], name=op.f("fk_truck_home_hub_id_hub")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_truck_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_truck")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_truck_tenant_id_code")),
    )
    op.create_table(
        "dirty",
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("touched_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_dirty_sensor_id_sensor")),
        sa.PrimaryKeyConstraint("sensor_id", name=op.f("pk_dirty")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("commodity_id", sa.String(length=32), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=True),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("crates", sa.Integer(), nullable=False),
        sa.Column("value_satang", sa.BigInteger(), nullable=False),
        sa.Column("harvested_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ready_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("loaded_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("truck_id", sa.Uuid(), nullable=True),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_lot_hub_id_hub")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_lot_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["truck_id"], ["truck.id"], name=op.f("fk_lot_truck_id_truck")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_lot_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_lot_tenant_id_code")),
    )
    op.create_index("ix_lot_state", "lot", ["tenant_id", "state"], unique=False)
    op.create_table(
        "reading_conflict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sensor_id", sa.Integer(), nullable=False),
        sa.Column("measured_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger(), nullable=False),
        sa.Column("humidity_centi_pct", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_reading_conflict_sensor_id_sensor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_conflict")),
    )
    op.create_index("ix_reading_conflict_sensor", "reading_conflict", ["sensor_id", "measured_at_ms"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("truck_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("departs_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("arrives_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("distance_m", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_run_hub_id_hub")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_run_plan_id_plan")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_run_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["truck_id"], ["truck.id"], name=op.f("fk_run_truck_id_truck")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_run_tenant_id_code")),
    )
    op.create_index("ix_run_plan", "run", ["plan_id"], unique=False)
    op.create_table(
        "sensor_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sensor_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.String(length=32), nullable=False),
        sa.Column("from_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_sensor_assignment_sensor_id_sensor")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sensor_assignment_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_assignment")),
    )
    op.create_index("ix_sensor_assignment_sensor", "sensor_assignment", ["sensor_id", "from_at_ms"], unique=False)
    op.create_index(
        "ix_sensor_assignment_subject", "sensor_assignment", ["tenant_id", "subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "sensor_latest",
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measured_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("temperature_centi_c", sa.SmallInteger(), nullable=False),
        sa.Column("humidity_centi_pct", sa.SmallInteger(), nullable=True),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("battery_pct", sa.SmallInteger(), nullable=True),
        sa.Column("battery_mv", sa.Integer(), nullable=True),
        sa.Column("signal_dbm", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_sensor_latest_sensor_id_sensor")),
        sa.PrimaryKeyConstraint("sensor_id", name=op.f("pk_sensor_latest")),
    )
    op.create_table(
        "run_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("arrives_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("departs_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_run_stop_lot_id_lot")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_stop_run_id_run")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_run_stop_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_stop")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_run_stop_run_id_position")),
    )
    op.create_index(
        "uq_run_stop_live_lot",
        "run_stop",
        ["lot_id"],
        unique=True,
        sqlite_where=sa.text("state != 'skipped'"),
        postgresql_where=sa.text("state != 'skipped'"),
    )
    op.create_table(
        "shipment_lot",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("loaded_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shipment_lot_lot_id_lot")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_lot_shipment_id_shipment")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_shipment_lot_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("shipment_id", "lot_id", name=op.f("pk_shipment_lot")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_shipment_lot_lot_id")),
    )


def downgrade() -> None:
    op.drop_table("shipment_lot")
    op.drop_index(
        "uq_run_stop_live_lot",
        table_name="run_stop",
        sqlite_where=sa.text("state != 'skipped'"),
        postgresql_where=sa.text("state != 'skipped'"),
    )
    op.drop_table("run_stop")
    op.drop_table("sensor_latest")
    op.drop_index("ix_sensor_assignment_subject", table_name="sensor_assignment")
    op.drop_index("ix_sensor_assignment_sensor", table_name="sensor_assignment")
    op.drop_table("sensor_assignment")
    op.drop_index("ix_run_plan", table_name="run")
    op.drop_table("run")
    op.drop_index("ix_reading_conflict_sensor", table_name="reading_conflict")
    op.drop_table("reading_conflict")
    op.drop_index("ix_lot_state", table_name="lot")
    op.drop_table("lot")
    op.drop_table("dirty")
    op.drop_table("truck")
    op.drop_index("ix_shipment_state", table_name="shipment")
    op.drop_table("shipment")
    op.drop_table("sensor")
    op.drop_index("ix_plan_tenant_created", table_name="plan")
    op.drop_table("plan")
    op.drop_table("gateway_sequence")
    op.drop_table("gateway_gap")
    op.drop_table("village")
    op.drop_index("ix_plan_job_state", table_name="plan_job")
    op.drop_table("plan_job")
    op.drop_table("hub")
    op.drop_table("gateway")
    op.drop_index("ix_freshness_status_verdict", table_name="freshness_status")
    op.drop_index("ix_freshness_status_due", table_name="freshness_status")
    op.drop_table("freshness_status")
    op.drop_index("ix_dead_letter_tenant_state", table_name="dead_letter")
    op.drop_table("dead_letter")
    op.drop_index(op.f("ix_api_key_tenant_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("tenant")
    op.drop_table("reading")
