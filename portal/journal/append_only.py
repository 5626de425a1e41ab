"""Tables that only grow: triggers refuse UPDATE, DELETE and TRUNCATE on both databases.

Django's SQLite schema editor rebuilds tables and loses their triggers, so they are made again after every migrate, and a
system check looks for them at start. A transactional test has to empty its tables: `suspended` takes the triggers away
around that one flush, by DDL, so that no setting exists with which a running portal could be talked into rewriting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_append_only: list[type[models.Model]] = []

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def append_only(model: type[models.Model]) -> type[models.Model]:
    """Register a model whose rows may be inserted and read, and nothing else."""
    if model not in _append_only:
        _append_only.append(model)
    return model


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[tuple[str, str]]:
    """Return (trigger's name, statement that makes it) for one table."""
    quoted = connection.ops.quote_name(table)
    if connection.vendor == "postgresql":
        return [
            (
                f"{table}_no_rewriting",
                f"CREATE TRIGGER {table}_no_rewriting BEFORE UPDATE OR DELETE ON {quoted} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
            ),
            (
                f"{table}_no_truncate",
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {quoted} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()",
            ),
        ]
    return [
        (
            f"{table}_no_{verb.lower()}",
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {quoted} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END",
        )
        for verb in ("UPDATE", "DELETE")
    ]


def _existing(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {row[0] for row in cursor.fetchall()}


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    present = set(connection.introspection.table_names())
    return [model._meta.db_table for model in _append_only if model._meta.db_table in present]


def make_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers that are missing."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        existing = _existing(connection)
        for table in _tables(connection):
            for name, statement in _statements(connection, table):
                if name not in existing:
                    cursor.execute(statement)


def make_triggers_after_migrate(using: str, **_: Any) -> None:
    """Signal handler for post_migrate, once a migrate: the last app's signal finds every table."""
    make_triggers(using)


@contextmanager
def suspended(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take the triggers away while a test empties its database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in _tables(connection):
            for name, _ in _statements(connection, table):
                suffix = f" ON {connection.ops.quote_name(table)}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")
    try:
        yield
    finally:
        make_triggers(using)


def check_triggers(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """System check: every append-only table has its triggers."""
    problems: list[CheckMessage] = []
    for using in databases or []:
        connection = connections[using]
        existing = _existing(connection)
        missing = [
            name for table in _tables(connection) for name, _ in _statements(connection, table) if name not in existing
        ]
        if missing:
            problems.append(
                Error(
                    f"Append-only tables lack their triggers: {', '.join(missing)}.",
                    hint="Run `./dev manage migrate`: it makes them again.",
                    id="journal.E001",
                )
            )
    return problems


def models_registered() -> list[type[models.Model]]:
    """Return the append-only models, for the admin that shows them read-only."""
    assert apps.ready
    return list(_append_only)
