"""The hash-chained journal of changes, the chain of readings, and rows that stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("reading", "reading_conflict", "reading_batch", "journal_entry")


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_journal_entry")),
    )
    op.create_index("ix_journal_entry_object", "journal_entry", ["tenant_id", "object_kind", "object_id", "number"])
    op.create_index("ix_journal_entry_actor", "journal_entry", ["tenant_id", "actor", "number"])
    op.create_index("ix_journal_entry_at", "journal_entry", ["tenant_id", "at_ms"])
    op.create_table(
        "chain_head",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "reading_batch",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_reading_batch")),
    )
    op.create_table(
        "retention",
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("object_kind", name=op.f("pk_retention")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # a row that every change of a tenant updates: room for it in its page
        op.execute("ALTER TABLE chain_head SET (fillfactor = 40)")
        op.execute(
            "CREATE FUNCTION coldchain_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION coldchain_append_only()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION coldchain_append_only()"
            )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        kept = "WHEN NOT EXISTS (SELECT 1 FROM retention WHERE object_kind = 'reading' AND OLD.measured_at_ms < before_ms)"
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {kept if table == 'reading' else ''}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
    else:
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        op.execute("DROP FUNCTION coldchain_append_only()")
    op.drop_table("retention")
    op.drop_table("reading_batch")
    op.drop_table("chain_head")
    op.drop_index("ix_journal_entry_at", table_name="journal_entry")
    op.drop_index("ix_journal_entry_actor", table_name="journal_entry")
    op.drop_index("ix_journal_entry_object", table_name="journal_entry")
    op.drop_table("journal_entry")
