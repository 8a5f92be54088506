"""INSERT with ON CONFLICT, which SQLite and PostgreSQL spell the same and SQLAlchemy keeps in two dialects."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.db.schema import Table


def insert_into(session: Session, table: type[Table]) -> postgresql.Insert:
    """An insert for the session's database, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)  # type: ignore[return-value]  # the two have the same methods, but no common type
