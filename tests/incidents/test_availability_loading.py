"""A loaded history's outages, windows and backups: rows, clocks and findings as replay has them; nobody is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from incidents.models import BackupCheck, MaintenanceWindow, Outage, ServiceWatch
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.models import Breach
from portal.replay.loading import load_history
from tests.contracts.downtime import backup, outage, window
from tests.contracts.judging import event, lines_of, ny
from tests.factories import AgreementFactory, ContactFactory
from tests.portal.replay.comparing import kept, replayed

NOW = datetime(2026, 4, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db

HISTORY = (
    window("03-01 00:00", "03-10 00:00", "03-10 12:00"),
    window("03-12 00:00", "03-12 02:00", "03-12 04:00", "LATE"),
    window("03-12 00:00", "03-20 02:00", "03-20 04:00", "GONE"),
    event("03-13 00:00", "maintenance.cancelled", maintenance="GONE"),
    outage("03-10 00:00", "03-10 11:00", "LONG"),
    outage("03-12 02:00", "03-12 03:00", "SHORT"),
    outage("03-14 00:00", None, "OPEN"),
    outage("03-14 00:00", "03-14 09:00", "OPEN"),
    outage("03-15 00:00", "03-16 00:00", "STORM", cause="force_majeure"),
    backup("03-02 01:00"),
    backup("03-03 00:30", retention_days=20),
    backup("03-04 00:31"),
)


def loaded(preset: str = "juno-live-support") -> Agreement:
    agreement = AgreementFactory(preset=preset)
    ContactFactory(client=agreement.client)
    load_history(agreement_ref=agreement.ref, lines=lines_of(*HISTORY, terms=preset), now=NOW)
    return agreement


def test_rows_are_what_was_recorded_last() -> None:
    loaded()

    assert {(row.ref, row.ends_at) for row in Outage.objects.all()} == {
        ("LONG", ny("03-10 11:00")),
        ("SHORT", ny("03-12 03:00")),
        ("OPEN", ny("03-14 09:00")),
        ("STORM", ny("03-16 00:00")),
    }
    assert MaintenanceWindow.objects.get(ref="GONE").cancelled_at == ny("03-13 00:00")
    assert list(BackupCheck.objects.order_by("ordinal").values_list("ordinal", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("preset", ["juno-live-support", "jbi-support"])
def test_the_export_of_what_was_loaded_replays_to_the_same_clocks_and_findings(preset: str) -> None:
    agreement = loaded(preset)

    clocks, findings = kept(agreement)

    assert findings
    assert replayed(agreement, until=NOW) == (clocks, findings)


def test_nobody_is_told_of_what_broke_long_ago_and_the_rest_goes_on_live() -> None:
    agreement = loaded("jbi-support")

    assert not Message.objects.exists()
    assert ServiceWatch.objects.get(agreement=agreement).next_at == datetime(2026, 5, 1, 4, tzinfo=UTC)


def test_its_breaches_say_nothing_of_the_flaggers_speed() -> None:
    loaded()

    assert set(Breach.objects.values_list("late_detected", flat=True)) == {True}
