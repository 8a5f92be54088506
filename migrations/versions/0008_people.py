"""Users, sessions, second factors, sign-in by OIDC, and whose records a key sees."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_key") as keys:
        keys.add_column(sa.Column("scope", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("kept_answer") as answers:
        answers.drop_constraint("fk_kept_answer_key_id_api_key", type_="foreignkey")
        answers.alter_column(
            "key_id", new_column_name="actor_id", type_=sa.String(length=48), existing_type=sa.String(length=16)
        )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("oidc_subject", sa.String(length=255), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_sign_in_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_user_account_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_user_account_tenant_id_email")),
        sa.UniqueConstraint("tenant_id", "oidc_subject", name=op.f("uq_user_account_tenant_id_oidc_subject")),
    )
    op.create_table(
        "user_session",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_user_session_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_user_session")),
    )
    op.create_index("ix_user_session_user", "user_session", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "user_ticket",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_user_ticket_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_ticket_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_user_ticket")),
    )
    op.create_index("ix_user_ticket_user", "user_ticket", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_recovery_code_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", "code_sha256", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "oidc_attempt",
        sa.Column("state_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.String(length=128), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_oidc_attempt_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("state_sha256", name=op.f("pk_oidc_attempt")),
    )
    op.create_table(
        "guest_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_guest_link_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_guest_link_shipment_id_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_guest_link_token_sha256")),
    )
    op.create_index("ix_guest_link_shipment", "guest_link", ["tenant_id", "shipment_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_guest_link_shipment", table_name="guest_link")
    op.drop_table("guest_link")
    op.drop_table("oidc_attempt")
    op.drop_table("recovery_code")
    op.drop_index("ix_user_ticket_user", table_name="user_ticket")
    op.drop_table("user_ticket")
    op.drop_index("ix_user_session_user", table_name="user_session")
    op.drop_table("user_session")
    op.drop_table("user_account")
    # what people have asked for has no key to belong to
    op.execute("DELETE FROM kept_answer WHERE actor_id NOT IN (SELECT id FROM api_key)")
    with op.batch_alter_table("kept_answer") as answers:
        answers.alter_column(
            "actor_id", new_column_name="key_id", type_=sa.String(length=16), existing_type=sa.String(length=48)
        )
    with op.batch_alter_table("kept_answer") as answers:
        answers.create_foreign_key("fk_kept_answer_key_id_api_key", "api_key", ["key_id"], ["id"])
    with op.batch_alter_table("api_key") as keys:
        keys.drop_column("scope")
