"""Many agreements out of one, its rows copied within the database: a million are too many to make one by one."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from incidents.models import Incident, Outage
from portal.clients.models import Agreement, Client
from portal.clocks.models import Breach, Clock
from portal.journal.models import Event

COPIED: tuple[type[models.Model], ...] = (Incident, Clock, Event, Outage)


def copy_agreement(source: Agreement, count: int) -> Sequence[Agreement]:
    """Copy an agreement so often, each time to a client of its own, with its incidents, clocks, events and outages."""
    copies = [_copy_of(source, f"{source.ref}-{number}") for number in range(1, count + 1)]
    Client.objects.bulk_create([copy.client for copy in copies], batch_size=500)
    for copy in copies:
        copy.client_id = copy.client.pk
    Agreement.objects.bulk_create(copies, batch_size=500)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The rows come in no order of most indexes: with the usual two megabytes each would be read from the disk.
            cursor.execute("PRAGMA cache_size = -2000000")
        for table in COPIED:
            _copy_rows(cursor, table, source, first=copies[0].pk, last=copies[-1].pk)
        breach, clock = Breach._meta.db_table, Clock._meta.db_table
        cursor.execute(
            f"INSERT INTO {breach} (clock_id, due_at, detected_at, late_detected)"  # noqa: S608
            f" SELECT id, breached_at, breached_at, %s FROM {clock}"
            " WHERE breached_at IS NOT NULL AND agreement_id BETWEEN %s AND %s",
            [True, copies[0].pk, copies[-1].pk],
        )
    return copies


def analyze() -> None:
    """Let the database count its rows, as it does by itself in time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy_of(agreement: Agreement, ref: str) -> Agreement:
    """Return the same agreement for another client, neither of them saved yet."""
    fields = {field.attname: getattr(agreement, field.attname) for field in Agreement._meta.concrete_fields}
    fields |= {"id": None, "ref": ref}
    del fields["client_id"]
    return Agreement(**fields, client=Client(name=ref, zone=agreement.zone))


def _copy_rows(cursor: CursorWrapper, table: type[models.Model], source: Agreement, *, first: int, last: int) -> None:
    columns = [
        field.column
        for field in table._meta.concrete_fields
        if not (field.primary_key or getattr(field, "generated", False))
    ]
    changed = {"agreement_id": "a.id", "client_id": "a.client_id", "incident_id": "NULL"}
    values = ", ".join(changed.get(column, f"r.{column}") for column in columns)
    cursor.execute(
        f"INSERT INTO {table._meta.db_table} ({', '.join(columns)}) SELECT {values}"  # noqa: S608
        f" FROM {Agreement._meta.db_table} a, {table._meta.db_table} r"
        " WHERE r.agreement_id = %s AND a.id BETWEEN %s AND %s",
        [source.pk, first, last],
    )
