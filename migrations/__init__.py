"""Alembic history of the schema."""
