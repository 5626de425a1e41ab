"""What the database itself refuses: triggers on both databases against rewriting, and the guards of single models.

A table that is append-only takes no UPDATE, DELETE or TRUNCATE; one that is kept takes no DELETE or TRUNCATE. A guard
adds what a constraint can't say, because it looks at other rows.

Django's SQLite schema editor rebuilds tables and loses their triggers, and SQLite renames no table that another table's
trigger names; so SQLite's triggers go before a migration, and all are made again after every migrate. A system check
looks for them at start. A transactional test has to empty its tables: `suspended` takes their triggers away meanwhile,
by DDL, so that no setting exists with which a running portal could be talked into rewriting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Refusal:
    """A condition under which the database refuses a row, in SQL that both databases read, and the sentence it says."""

    sentence: str
    when: str


@dataclass(frozen=True, slots=True)
class Guard:
    """What happens after a row was inserted or updated: the statement is refused, or it sets off others.

    Conditions and statements see the row as NEW, and as OLD where it was updated.
    """

    name: str
    verb: Literal["INSERT", "UPDATE"]
    refusals: tuple[Refusal, ...] = ()
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger as one database makes it, keeps it and drops it."""

    table: str
    name: str
    kept: str
    """The text that the database keeps: SQLite the whole statement, PostgreSQL the function's body."""
    make: tuple[str, ...]
    drop: str


_refused: dict[type[models.Model], tuple[str, ...]] = {}
_guards: dict[type[models.Model], tuple[Guard, ...]] = {}


def append_only(model: type[models.Model], *guards: Guard) -> type[models.Model]:
    """Register a model whose rows may be inserted and read, and nothing else."""
    _refused[model], _guards[model] = ("UPDATE", "DELETE", "TRUNCATE"), guards
    return model


def kept(model: type[models.Model], *guards: Guard) -> type[models.Model]:
    """Register a model whose rows may change, as far as its guards let them, and never go."""
    _refused[model], _guards[model] = ("DELETE", "TRUNCATE"), guards
    return model


def _triggers(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    """Return the triggers that the tables present should have."""
    present = set(connection.introspection.table_names())
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    return [
        trigger
        for model, verbs in _refused.items()
        if model._meta.db_table in present
        for trigger in make(model._meta.db_table, verbs, _guards[model])
    ]


def _sqlite(table: str, verbs: Sequence[str], guards: Sequence[Guard]) -> Iterator[_Trigger]:
    for verb in verbs:
        if verb == "TRUNCATE":
            continue  # SQLite has none.
        name = f"{table}_no_{verb.lower()}"
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused')"
        statement = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN {refuse}; END"
        yield _Trigger(table, name, statement, (statement,), f"DROP TRIGGER IF EXISTS {name}")
    for guard in guards:
        body = "".join(
            f"SELECT RAISE(ABORT, '{refusal.sentence}') WHERE {refusal.when}; " for refusal in guard.refusals
        ) + "".join(f"{act}; " for act in guard.acts)
        statement = f"CREATE TRIGGER {guard.name} AFTER {guard.verb} ON {table} BEGIN {body}END"
        yield _Trigger(table, guard.name, statement, (statement,), f"DROP TRIGGER IF EXISTS {guard.name}")


def _postgresql(table: str, verbs: Sequence[str], guards: Sequence[Guard]) -> Iterator[_Trigger]:
    refuse = (
        " BEGIN RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP "
        "USING ERRCODE = 'restrict_violation'; END "
    )
    rows = " OR ".join(verb for verb in verbs if verb != "TRUNCATE")
    yield _on_postgresql(table, f"{table}_no_rewriting", f"BEFORE {rows}", "ROW", refuse)
    yield _on_postgresql(table, f"{table}_no_truncate", "BEFORE TRUNCATE", "STATEMENT", refuse)
    for guard in guards:
        body = "".join(
            f" IF {refusal.when} THEN RAISE EXCEPTION USING MESSAGE = '{refusal.sentence}', "
            "ERRCODE = 'restrict_violation'; END IF;"
            for refusal in guard.refusals
        ) + "".join(f" {act};" for act in guard.acts)
        yield _on_postgresql(table, guard.name, f"AFTER {guard.verb}", "ROW", f" BEGIN{body} RETURN NULL; END ")


def _on_postgresql(table: str, name: str, event: str, each: str, body: str) -> _Trigger:
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    trigger = f"CREATE OR REPLACE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"
    return _Trigger(table, name, body, (function, trigger), f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def _existing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the text of each trigger that works, by its name."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _missing(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    existing = _existing(connection)
    return [trigger for trigger in _triggers(connection) if existing.get(trigger.name) != trigger.kept]


def make_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers that are missing, disabled or not as they should be."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for trigger in _missing(connection):
            for statement in (trigger.drop, *trigger.make):
                cursor.execute(statement)


def _drop_triggers(using: str, tables: Collection[str] | None = None) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _triggers(connection):
            if tables is None or trigger.table in tables:
                cursor.execute(trigger.drop)


def drop_triggers_before_migrate(using: str, plan: Sequence[Any], **_: Any) -> None:
    """Signal handler for pre_migrate: take SQLite's triggers away when tables are about to be rebuilt."""
    if plan and connections[using].vendor == "sqlite":
        _drop_triggers(using)


def make_triggers_after_migrate(using: str, **_: Any) -> None:
    """Signal handler for post_migrate, for each app; the first finds every table, the others find every trigger."""
    make_triggers(using)


@contextmanager
def suspended(tables: Collection[str] | None = None, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take the triggers of these tables away, of all when none are named, while a test empties its database."""
    _drop_triggers(using, tables)
    try:
        yield
    finally:
        make_triggers(using)


def check_triggers(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """System check: every registered table has its triggers, as they should be."""
    problems: list[CheckMessage] = []
    for using in databases or []:
        missing = [trigger.name for trigger in _missing(connections[using])]
        if missing:
            problems.append(
                Error(
                    f"Append-only tables lack their triggers: {', '.join(missing)}.",
                    hint="Run `./dev manage migrate`: it makes them again.",
                    id="journal.E001",
                )
            )
    return problems
