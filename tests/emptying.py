"""What a transactional test leaves behind is taken away: the next one finds what `migrate` made, and nothing else."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from credits.services.units import make_units
from portal.clients.services.provider import make_provider
from portal.journal.append_only import suspended

KEPT = frozenset({"auth_permission", "django_content_type"})
"""Filled by `migrate`, and changed by no test."""


def empty_tables() -> None:
    """Empty the tables that have rows, the append-only ones too, and make anew the rows that `migrate` makes.

    Django's own `flush` truncates all tables, which on PostgreSQL gives each table and index a new file, and has each
    app look its permissions through: seconds, after each test, where this takes some hundredths of one.
    """
    tables = {*connection.introspection.django_table_names(only_existing=True, include_views=False)} - KEPT
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        # The names in these statements are our own models'.
        selects = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables)  # noqa: S608
        cursor.execute(" UNION ALL ".join(selects))
        filled = {table for (table,) in cursor.fetchall()}
    with suspended(filled), transaction.atomic(), connection.cursor() as cursor:
        for table in filled:  # In any order: foreign keys are checked at the end.
            cursor.execute(f"DELETE FROM {quote(table)}")  # noqa: S608
    make_provider(using=DEFAULT_DB_ALIAS)
    make_units(using=DEFAULT_DB_ALIAS)
