"""Row-level security on PostgreSQL: what is done for one tenant is done by a role that sees no other's rows."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROLE = "coldchain_app"
OPEN = ("alembic_version", "worker_heartbeat", "untimed_message", "retention")
READ_ONLY = ("alembic_version", "worker_heartbeat", "retention")
APPEND_ONLY = ("reading", "reading_conflict", "reading_batch", "journal_entry")
UNFORCED = ("reading",)  # COPY can't enter a table whose row-level security holds for whoever copies
TENANT = "nullif(current_setting('coldchain.tenant', true), '')::uuid"
EVERY = "current_setting('coldchain.tenant', true) = '*'"


def tables() -> dict[str, set[str]]:
    """Every table but the partitions of the readings, with its columns."""
    inspector = sa.inspect(op.get_bind())
    names = [name for name in inspector.get_table_names() if not name.startswith("reading_w")]
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in names}


def own_rows(table: str, columns: set[str]) -> str:
    """The condition under which a row is the tenant's."""
    if table == "tenant":
        return f"id = {TENANT}"
    if "tenant_id" in columns:
        return f"tenant_id = {TENANT}"
    for owner in ("sensor", "gateway"):
        if f"{owner}_id" in columns:
            return f"EXISTS (SELECT 1 FROM {owner} o WHERE o.id = {table}.{owner}_id AND o.tenant_id = {TENANT})"
    raise RuntimeError(f"Whose are the rows of {table}? Give it a tenant, or name it in OPEN with its reason.")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        f"""DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
            IF NOT pg_has_role('{ROLE}', 'MEMBER') THEN EXECUTE 'GRANT {ROLE} TO ' || quote_ident(current_user); END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN RAISE EXCEPTION
                'The role {ROLE} is missing. As a superuser: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO %', current_user;
        END $$"""
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    for table, columns in tables().items():
        if table in OPEN:
            if table in READ_ONLY:
                op.execute(f"GRANT SELECT ON {table} TO {ROLE}")
            continue
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        if table not in UNFORCED:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY coldchain_own ON {table} TO {ROLE} USING ({own_rows(table, columns)})")
        op.execute(f"CREATE POLICY coldchain_every ON {table} TO CURRENT_USER USING ({EVERY})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables():
        op.execute(f"DROP POLICY IF EXISTS coldchain_own ON {table}")
        op.execute(f"DROP POLICY IF EXISTS coldchain_every ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    # the role stays: other databases of this server may have it
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE ALL ON SCHEMA public FROM {ROLE}")
