"""The unit of work that records every change of every audited table, whichever way it is made.

Objects are seen when the session flushes, `insert`, `update` and `delete` statements when they are executed, and what
is neither (SQL as text, statements given to the connection) is refused where it would change an audited table. The
entries are written, chained, at the end of the transaction: neither is there without the other.
"""

import re
import time
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Delete, Insert, Result, Update, event, insert, inspect, select, tuple_
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine.result import null_result
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, attributes
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from services.db.acting import acting
from services.db.chain import Chain, Head, link_after, put_heads, take_heads
from services.db.changes import Change, Values, change_of, record_of
from services.db.policy import ARRIVALS_NOT_AUDITED, COLUMNS_NOT_AUDITED, DELETIONS_NOT_AUDITED, is_audited
from services.db.schema import Table
from services.db.tables import JournalEntry

WATCHED = "coldchain_watched"
"""The execution option of connections of a unit of work, and the count of ways that are recording just now."""

UNIT = "coldchain_unit"
"""Under which a connection knows the session that it works for."""

CHANGES = "coldchain_changes"
BEFORE = "coldchain_before"
REASON = "coldchain_reason"
ENTRIES = JournalEntry.metadata.tables["journal_entry"]
WRITING = re.compile(
    r'\s*(?:WITH\b.*?\)\s*)?(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE | re.DOTALL
)

Key = tuple[Any, ...]


class UnjournalledChangeError(RuntimeError):
    """A statement would change an audited table without the journal's knowing."""

    def __init__(self, table: str, remedy: str) -> None:
        super().__init__(
            f"This statement would change {table!r} without an entry in the journal. {remedy} If the table is not to be"
            " audited, name it with its reason in services/db/policy.py."
        )


class UnitOfWork(Session):
    """A session whose changes are recorded; made by `Database.write`."""


def give_reason(session: Session, text: str) -> None:
    """Why this transaction changes what it changes, in the words of whoever asked for it."""
    session.info[REASON] = text


def note(session: Session, change: Change) -> None:
    """Record what no table of ours shows, such as a partition that was dropped."""
    _changes(session).append(change)


@event.listens_for(UnitOfWork, "after_begin")
def _name_unit(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.info[UNIT] = session


@event.listens_for(UnitOfWork, "before_flush")
def _look_before(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Read what an object was where the session has not loaded it, while it still is."""
    _watch(session, 1)
    before: dict[int, Values] = {}
    for instance in (*session.deleted, *session.dirty):
        table = _table_of(instance)
        if is_audited(table.name) and (instance in session.deleted or not _all_known(instance)):
            key = cast("Key", inspect(instance).identity)
            before |= {id(instance): row for row in _rows(session, table, [key]).values()}
    session.info[BEFORE] = before


@event.listens_for(UnitOfWork, "after_flush")
def _record_objects(session: Session, _context: UOWTransaction) -> None:
    read = session.info.pop(BEFORE, {})
    for instance in (*session.new, *session.dirty, *session.deleted):
        table = _table_of(instance)
        if not is_audited(table.name):
            continue
        if instance in session.deleted:
            _add(session, table, read.get(id(instance)), None)
        elif instance in session.new:
            _add(session, table, None, _state(session, instance, table))
        else:
            changed = _changed(instance)
            if changed:
                after = _state(session, instance, table)
                _add(session, table, read.get(id(instance)) or {**after, **changed}, after)
    _watch(session, -1)


@event.listens_for(UnitOfWork, "do_orm_execute")
def _record_statement(state: ORMExecuteState) -> Result[Any] | None:
    statement = state.statement
    if not isinstance(statement, Insert | Update | Delete):
        return None
    table = cast("SqlTable", statement.table)
    if not is_audited(table.name):
        return None
    _watch(state.session, 1)
    try:
        if isinstance(statement, Delete) and table.name in DELETIONS_NOT_AUDITED:
            return state.invoke_statement()
        if isinstance(statement, Insert):
            return _inserted(state, statement, table)
        if isinstance(statement, Update) and _columns(statement, state) <= COLUMNS_NOT_AUDITED.get(table.name, set()):
            return state.invoke_statement()
        return _changed_by(state, statement, table)
    finally:
        _watch(state.session, -1)


@event.listens_for(UnitOfWork, "before_commit")
def _write(session: Session) -> None:
    """Chain what was recorded and write it. The heads of the chains are the last locks that are taken."""
    if session.in_nested_transaction():
        return
    session.flush()
    changes: list[Change] = session.info.pop(CHANGES, [])
    reason: str | None = session.info.pop(REASON, None)
    if not changes:
        return
    heads = take_heads(session, Chain.CHANGES, (change.tenant_id for change in changes))
    rows = []
    for change in changes:
        head = heads[change.tenant_id]
        entry = _entry(change, head.number + 1, reason)
        entry.link = link_after(head.link, record_of(entry))
        heads[change.tenant_id] = Head(entry.number, entry.link)
        rows.append({column.key: getattr(entry, column.key) for column in ENTRIES.columns})
    session.connection().execute(insert(ENTRIES), rows)
    put_heads(session, Chain.CHANGES, heads)


@event.listens_for(UnitOfWork, "after_transaction_create")
def _begin_nested(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault("coldchain_marks", {})[transaction] = len(_changes(session))


@event.listens_for(UnitOfWork, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back did not happen."""
    mark = session.info.get("coldchain_marks", {}).get(transaction, 0)
    del _changes(session)[mark:]
    session.info.pop(BEFORE, None)
    session.info[WATCHED] = 0


def refuse_unwatched(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    """Listens to `before_cursor_execute` of the engine: the net under the unit of work."""
    if not connection.get_execution_options().get(WATCHED):
        return
    found = WRITING.match(statement)
    if found and is_audited(found[1]) and found[1] in Table.metadata.tables:
        unit: Session = connection.info[UNIT]
        if not unit.info.get(WATCHED):
            raise UnjournalledChangeError(found[1], "Use an object or a statement of SQLAlchemy in session.execute().")


def _watch(session: Session, step: int) -> None:
    session.info[WATCHED] = max(0, session.info.get(WATCHED, 0) + step)


def _changes(session: Session) -> list[Change]:
    return cast("list[Change]", session.info.setdefault(CHANGES, []))


def _add(session: Session, table: SqlTable, before: Values | None, after: Values | None) -> None:
    if before is None and after is None:
        return
    change = change_of(table.name, [column.key for column in table.primary_key], before, after)
    if change is not None:
        _changes(session).append(change)


def _inserted(state: ORMExecuteState, statement: Insert, table: SqlTable) -> Result[Any]:
    if table.name in ARRIVALS_NOT_AUDITED:
        return state.invoke_statement()
    updates = getattr(getattr(statement, "_post_values_clause", None), "update_values_to_set", None)
    if updates is not None:
        raise UnjournalledChangeError(table.name, "Read the row first, and then insert it or change it.")
    if statement._returning:
        raise UnjournalledChangeError(table.name, "Leave RETURNING out: the journal reads what was inserted.")
    for row in state.invoke_statement(statement.returning(*table.columns)).mappings():
        _add(state.session, table, None, {column.key: row[column] for column in table.columns})
    return null_result()


def _changed_by(state: ORMExecuteState, statement: Update | Delete, table: SqlTable) -> Result[Any]:
    before: dict[Key, Values] = {}
    for parameters in _parameter_sets(state):
        if statement.whereclause is None and parameters:
            before |= _rows(state.session, table, [tuple(parameters[column.key] for column in table.primary_key)])
        else:
            query = select(*table.columns).with_for_update()
            if statement.whereclause is not None:
                query = query.where(statement.whereclause)
            before |= _keyed(table, state.session.connection().execute(query, parameters))
    result = state.invoke_statement()
    after = {} if isinstance(statement, Delete) else _rows(state.session, table, list(before))
    for key, was in before.items():
        _add(state.session, table, was, after.get(key))
    return result


def _columns(statement: Update, state: ORMExecuteState) -> set[str]:
    """The columns that an update sets."""
    values = statement._values
    if values is not None:
        return {getattr(column, "key", str(column)) for column in values}
    return {name for parameters in _parameter_sets(state) for name in parameters}


def _parameter_sets(state: ORMExecuteState) -> list[dict[str, Any]]:
    given = state.parameters
    if given is None:
        return [{}]
    return [dict(given)] if isinstance(given, dict) else [dict(one) for one in cast("Sequence[dict[str, Any]]", given)]


def _rows(session: Session, table: SqlTable, keys: Sequence[Key]) -> dict[Key, Values]:
    """Rows by their primary keys, as the database has them now."""
    found: dict[Key, Values] = {}
    columns = list(table.primary_key)
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        where = columns[0].in_([key[0] for key in part]) if len(columns) == 1 else tuple_(*columns).in_(part)
        found |= _keyed(table, session.connection().execute(select(*table.columns).where(where)))
    return found


def _keyed(table: SqlTable, result: CursorResult[Any]) -> dict[Key, Values]:
    keys = [column.key for column in table.primary_key]
    rows = [dict(zip(table.columns.keys(), row, strict=True)) for row in result]
    return {tuple(row[key] for key in keys): row for row in rows}


def _table_of(instance: object) -> SqlTable:
    return cast("SqlTable", inspect(instance).mapper.local_table)


def _keys(instance: object) -> Iterable[str]:
    return (attribute.key for attribute in inspect(instance).mapper.column_attrs)


def _changed(instance: object) -> dict[str, Any]:
    """The columns of a changed object, with what they were where that is known."""
    histories = ((key, attributes.get_history(instance, key, PASSIVE_NO_INITIALIZE)) for key in _keys(instance))
    return {key: history.deleted[0] if history.deleted else None for key, history in histories if history.added}


def _all_known(instance: object) -> bool:
    """Whether the session knows what every changed column was."""
    histories = (attributes.get_history(instance, key, PASSIVE_NO_INITIALIZE) for key in _keys(instance))
    return all(history.deleted for history in histories if history.added)


def _state(session: Session, instance: object, table: SqlTable) -> Values:
    """An object as it was flushed; what the database has reckoned itself is read from it."""
    known = inspect(instance).dict
    plain = all(
        key in known and not hasattr(known[key], "__clause_element__") and not hasattr(known[key], "compile")
        for key in _keys(instance)
    )
    if plain:
        return {key: known[key] for key in _keys(instance)}
    identity = tuple(inspect(instance).mapper.primary_key_from_instance(instance))
    return _rows(session, table, [identity])[identity]


def _entry(change: Change, number: int, reason: str | None) -> JournalEntry:
    who = acting()
    return JournalEntry(
        tenant_id=change.tenant_id,
        number=number,
        at_ms=time.time_ns() // 1_000_000,
        actor=who.actor[:200],
        request_id=who.request_id[:64],
        address=who.address[:64],
        operation=str(change.operation),
        object_kind=change.object_kind,
        object_id=change.object_id[:200],
        before=change.before,
        after=change.after,
        reason=reason,
    )
