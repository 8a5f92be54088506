"""Backups of the whole database as of one instant, and their way back.

A backup is a tar file: `backup.json` (revision, kind of database, rows of each table) and the content. Of SQLite that
is the database itself, copied online by pages (https://www.sqlite.org/backup.html); of PostgreSQL, a file of binary
COPY for each table, all read in one REPEATABLE READ transaction. A backup goes back into the kind that it came from.
"""

import json
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.runtime.migration import MigrationContext
from psycopg.sql import SQL
from sqlalchemy import Connection, inspect, text

from services.db.engine import Database
from services.db.migrate import alembic_config, upgrade
from services.db.registry import complete_metadata
from services.errors import Conflict, FieldFault, InvalidInput

FORM = "coldchain-backup-1"
HEADER = "backup.json"
SQLITE_PAGES_A_STEP = 2000
PARTITION = "reading_w"
BLOCK_BYTES = 1 << 20
TABLE_NAME = re.compile(r"[a-z_]{1,63}")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    form: str
    kind: str
    revision: str
    counts: dict[str, int]
    partitions: tuple[tuple[int, int], ...] = ()
    """The weeks of the readings of PostgreSQL: from when to when, epoch milliseconds."""

    @property
    def tables(self) -> int:
        return len(self.counts)

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def back_up(database: Database, file: Path, progress: Progress) -> Backup:
    """Write a backup; ``file`` is there as a whole or not at all."""
    with tempfile.TemporaryDirectory(prefix="coldchain-backup-", dir=file.absolute().parent) as name:
        work = Path(name)
        made = _copy_out(database, work, progress) if database.is_postgresql else _copy_sqlite(database, work, progress)
        (work / HEADER).write_text(json.dumps(asdict(made), indent=2), encoding="utf-8")
        whole = work / "whole.tar"
        with tarfile.open(whole, "w") as archive:
            for path in (work / HEADER, *sorted(work.glob("*.copy")), *work.glob("*.db")):
                archive.add(path, path.name)
        whole.replace(file)
    return made


def restore_into(database: Database, file: Path, *, force: bool, progress: Progress) -> Backup:
    """Fill the database from a backup. All of it or nothing.

    Raises InvalidInput for a file that is none or of another kind of database, Conflict where tenants are there already
    and ``force`` is not given.
    """
    with tempfile.TemporaryDirectory(prefix="coldchain-restore-") as name:
        work = Path(name)
        made = _unpack(file, work)
        kind = database.engine.dialect.name
        if made.kind != kind:
            fault = FieldFault("FILE", f"was made from {made.kind}, and this is {kind}.", "Set COLDCHAIN_DATABASE_URL.")
            raise InvalidInput("The backup is of another kind of database.", faults=[fault])
        if not force and _holds_tenants(database):
            raise Conflict("The database holds tenants already; give --force to replace all of it.")
        if database.is_postgresql:
            _copy_in(database, made, work, progress)
        else:
            _put_sqlite(database, work, progress)
        upgrade(database)
    return made


def _copy_sqlite(database: Database, work: Path, progress: Progress) -> Backup:
    target = sqlite3.connect(work / "coldchain.db")
    try:
        with database.engine.connect() as connection:
            source: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            connection.rollback()

            def told(_status: int, remaining: int, total: int) -> None:
                progress(f"{total - remaining} of {total} pages")

            source.backup(target, pages=SQLITE_PAGES_A_STEP, progress=told)
        tables = [row[0] for row in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = sorted(set(tables) & set(complete_metadata().tables))
        counts = {table: target.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in ours}  # noqa: S608
        revision = target.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
    return Backup(FORM, "sqlite", revision, counts)


def _put_sqlite(database: Database, work: Path, progress: Progress) -> None:
    source = sqlite3.connect(work / "coldchain.db")
    try:
        if source.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise _not_a_backup("its database is damaged")
        with database.engine.connect() as connection:
            target: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            connection.rollback()
            source.backup(target)
            progress("copied")
    finally:
        source.close()


def _copy_out(database: Database, work: Path, progress: Progress) -> Backup:
    counts: dict[str, int] = {}
    # every tenant's rows, also where the login is no superuser and row-level security holds for it
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET LOCAL coldchain.tenant = '*'"))
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        present = set(inspect(connection).get_table_names())
        for table in complete_metadata().sorted_tables:
            if table.name not in present:
                continue
            # a partitioned table can't be copied out by its name
            statement = (
                f'COPY (SELECT {_columns(connection, table.name)} FROM "{table.name}") TO STDOUT (FORMAT BINARY)'  # noqa: S608
            )
            with (work / f"{table.name}.copy").open("wb") as output, _driver(connection).cursor() as cursor:
                with cursor.copy(SQL(statement)) as copy:
                    for block in copy:
                        output.write(block)
                counts[table.name] = cursor.rowcount
            progress(f"{table.name}: {counts[table.name]} rows")
        weeks = _weeks(connection)
    return Backup(FORM, "postgresql", revision, counts, weeks)


def _copy_in(database: Database, made: Backup, work: Path, progress: Progress) -> None:
    """One transaction: the schema of the backup's revision, its rows, and where its sequences go on."""
    with database.engine.begin() as connection:
        if MigrationContext.configure(connection).get_current_revision() is not None:
            command.downgrade(alembic_config(connection), "base")
        command.upgrade(alembic_config(connection), made.revision)
        for first_ms, end_ms in made.partitions:
            name = f"{PARTITION}{datetime.fromtimestamp(first_ms / 1000, UTC):%Y%m%d}"
            connection.execute(
                text(f"CREATE TABLE {name} PARTITION OF reading FOR VALUES FROM ({first_ms}) TO ({end_ms})")
            )
            connection.execute(text(f"CREATE INDEX {name}_measured ON {name} USING brin (measured_at_ms)"))
        present = set(inspect(connection).get_table_names())
        forced = _forced(connection)
        for name in forced:  # COPY can't enter a table whose row-level security holds for whoever copies
            connection.execute(text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
        for name, rows in made.counts.items():
            if name not in present:
                raise _not_a_backup(f"it has a table {name} that revision {made.revision} has not")
            with (work / f"{name}.copy").open("rb") as content, _driver(connection).cursor() as cursor:
                statement = f'COPY "{name}" ({_columns(connection, name)}) FROM STDIN (FORMAT BINARY)'
                with cursor.copy(SQL(statement)) as copy:
                    while block := content.read(BLOCK_BYTES):
                        copy.write(block)
            progress(f"{name}: {rows} rows")
        _go_on_counting(connection, made)
        for name in forced:
            connection.execute(text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))


def _forced(connection: Connection) -> list[str]:
    query = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace"
    return list(connection.scalars(text(query)))


def _go_on_counting(connection: Connection, made: Backup) -> None:
    for name in made.counts:
        for column in inspect(connection).get_columns(name):
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": name, "column": column["name"]}
            )
            if sequence:
                connection.execute(
                    text(f'SELECT setval(:sequence, coalesce(max("{column["name"]}"), 0) + 1, false) FROM "{name}"'),  # noqa: S608
                    {"sequence": sequence},
                )


def _columns(connection: Connection, table: str) -> str:
    return ", ".join(f'"{column["name"]}"' for column in inspect(connection).get_columns(table))


def _weeks(connection: Connection) -> tuple[tuple[int, int], ...]:
    """From when to when each partition of the readings goes."""
    bounds = connection.scalars(
        text(
            "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'reading'::regclass ORDER BY c.relname"
        )
    )
    weeks = []
    for bound in bounds:
        first, end = re.findall(r"-?\d+", bound)
        weeks.append((int(first), int(end)))
    return tuple(weeks)


def _driver(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    driver: psycopg.Connection[tuple[Any, ...]] = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _holds_tenants(database: Database) -> bool:
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("tenant"):
            return False
        return bool(connection.scalar(text("SELECT count(*) FROM tenant")))


def _unpack(file: Path, work: Path) -> Backup:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(work, filter="data")
        document = json.loads((work / HEADER).read_text(encoding="utf-8"))
        if document["form"] != FORM:
            raise ValueError(document["form"])
        weeks = tuple((int(first), int(end)) for first, end in document["partitions"])
        counts = {str(name): int(rows) for name, rows in document["counts"].items()}
        if not all(TABLE_NAME.fullmatch(name) for name in counts):
            raise ValueError("names of tables")
        return Backup(FORM, document["kind"], document["revision"], counts, weeks)
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise _not_a_backup(str(error) or type(error).__name__) from error


def _not_a_backup(why: str) -> InvalidInput:
    fault = FieldFault("FILE", f"is not a backup: {why}.", "Take the file as `coldchain backup` wrote it.")
    return InvalidInput("The backup can't be used.", faults=[fault])
