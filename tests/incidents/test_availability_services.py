"""Services of availability: what is recorded, which clocks and findings come of it, and what time alone brings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.errors import (
    AlreadyDoneError,
    BadInstantError,
    BadScheduleError,
    DowntimeMissingError,
    IncidentError,
    IncidentNotFoundError,
    NotAllowedError,
    NotCoveredError,
    UnknownReferenceError,
    WindowOverlapsError,
)
from incidents.models import BackupCheck, Incident, MaintenanceWindow, Outage, ServiceWatch
from incidents.services import (
    Downtime,
    announce_maintenance,
    cancel_maintenance,
    check_in_backup,
    close_outage,
    correct_outage,
    look_at_services,
    make_backup_address,
    record_outage,
    report_incident,
    resolve_incident,
)
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clients.services import activate_agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach, Clock
from portal.journal.models import Event, Finding
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory, StaffFactory

MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""Midnight in New York."""
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def down(agreement: Agreement, start: datetime, end: datetime | None = None, **fields: Any) -> Outage:
    now = fields.pop("now", end or start)
    return record_outage(agreement_id=agreement.pk, downtime=Downtime(start, end, **fields), by=StaffFactory(), now=now)


def announced(agreement: Agreement, start: datetime, end: datetime, **fields: Any) -> MaintenanceWindow:
    words: dict[str, Any] = {"purpose": "We change the disks.", "overlaps_accepted": True, **fields}
    return announce_maintenance(
        agreement_id=agreement.pk,
        start=start,
        end=end,
        by=StaffFactory(),
        now=words.pop("now", start - 25 * HOUR),
        **words,
    )


def clock_of(outage: Outage) -> Clock | None:
    return Clock.objects.filter(subject_kind="outage", subject_ref=outage.ref).first()


def test_an_outage_starts_six_hours_from_its_notification() -> None:
    outage = down(AgreementFactory(), MONDAY, notified_at=MONDAY + HOUR, now=MONDAY + 2 * HOUR)

    clock = clock_of(outage)

    assert clock is not None
    assert (clock.started_at, clock.due_at, clock.clause) == (MONDAY + HOUR, MONDAY + 7 * HOUR, "JS-18")


def test_the_flagger_breaches_an_outage_at_its_due_instant() -> None:
    outage = down(AgreementFactory(), MONDAY)

    flag_waking(now=MONDAY + 6 * HOUR)

    breach = Breach.objects.get()
    assert (breach.clock, breach.due_at) == (clock_of(outage), MONDAY + 6 * HOUR)


def test_an_end_recorded_later_than_it_was_voids_the_breach() -> None:
    outage = down(AgreementFactory(), MONDAY)
    flag_waking(now=MONDAY + 6 * HOUR)

    close_outage(outage_id=outage.pk, end=MONDAY + 5 * HOUR, by=StaffFactory(), now=MONDAY + 7 * HOUR)

    clock = clock_of(outage)
    assert clock is not None
    assert (clock.state, clock.met_at) == ("met", MONDAY + 5 * HOUR)
    assert Breach.objects.get().void


def test_an_outage_found_to_be_force_majeure_has_a_void_clock() -> None:
    outage = down(AgreementFactory(), MONDAY)

    correct_outage(
        outage_id=outage.pk,
        downtime=Downtime(MONDAY, None, Outage.Cause.FORCE_MAJEURE),
        by=StaffFactory(),
        now=MONDAY + HOUR,
    )

    clock = clock_of(outage)
    assert clock is not None
    assert clock.state == "void"


def test_an_ended_outage_is_not_ended_again() -> None:
    outage = down(AgreementFactory(), MONDAY, MONDAY + HOUR)

    with pytest.raises(AlreadyDoneError):
        close_outage(outage_id=outage.pk, end=MONDAY + 2 * HOUR, by=StaffFactory(), now=MONDAY + 3 * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (MONDAY + HOUR, None, "start"),
        (MONDAY - HOUR, MONDAY + HOUR, "end"),
        (MONDAY - HOUR, MONDAY - HOUR, "end"),
        (datetime(2025, 12, 1, tzinfo=UTC), None, "start"),
    ],
)
def test_an_outage_lies_in_the_past_after_the_activation_and_has_a_length(
    start: datetime, end: datetime | None, field: str
) -> None:
    agreement = AgreementFactory()

    with pytest.raises(BadInstantError) as refused:
        down(agreement, start, end, now=MONDAY)

    assert refused.value.field == field
    assert not Event.objects.exists()


def test_only_staff_who_may_record_outages() -> None:
    agreement = AgreementFactory()

    with pytest.raises(NotAllowedError):
        record_outage(
            agreement_id=agreement.pk,
            downtime=Downtime(MONDAY),
            by=ClientUserFactory(client=agreement.client),
            now=MONDAY,
        )


def test_terms_without_availability_have_no_outages() -> None:
    with pytest.raises(NotCoveredError):
        down(AgreementFactory(preset="productboard-services"), MONDAY)


def test_nothing_is_promised_on_premise() -> None:
    with pytest.raises(NotCoveredError):
        down(AgreementFactory(hosting="on_premise"), MONDAY)


def test_another_agreements_incident_is_unknown() -> None:
    with pytest.raises(UnknownReferenceError):
        record_outage(
            agreement_id=AgreementFactory().pk,
            downtime=Downtime(MONDAY),
            by=StaffFactory(),
            now=MONDAY,
            incident_id=10**9,
        )


def test_an_open_outage_has_no_clock_while_its_window_lasts_and_one_right_after_its_end() -> None:
    agreement = AgreementFactory()
    announced(agreement, MONDAY, MONDAY + 2 * HOUR)
    outage = down(agreement, MONDAY)

    looked_early = look_at_services(now=MONDAY + 2 * HOUR)
    before = clock_of(outage)
    looked = look_at_services(now=MONDAY + 2 * HOUR + timedelta(microseconds=1))

    clock = clock_of(outage)
    assert (looked_early, looked, before) == (0, 1, None)
    assert clock is not None
    assert clock.due_at == MONDAY + 6 * HOUR


def test_a_clock_that_turns_out_to_lie_inside_a_window_is_void() -> None:
    agreement = AgreementFactory()
    announced(agreement, MONDAY, MONDAY + 2 * HOUR)
    outage = down(agreement, MONDAY, now=MONDAY + 3 * HOUR)
    running = clock_of(outage)

    close_outage(outage_id=outage.pk, end=MONDAY + 2 * HOUR, by=StaffFactory(), now=MONDAY + 4 * HOUR)

    clock = clock_of(outage)
    assert running is not None
    assert clock is not None
    assert (running.state, clock.state) == ("running", "void")


def test_the_allowance_is_found_used_up_right_after_its_instant_by_time_alone() -> None:
    agreement = AgreementFactory()
    window = announced(agreement, MONDAY, MONDAY + 12 * HOUR)
    down(agreement, MONDAY)
    used_up = MONDAY + 10 * HOUR

    look_at_services(now=used_up)
    at_once = Finding.objects.exists()
    look_at_services(now=used_up + timedelta(seconds=1))

    finding = Finding.objects.get()
    assert not at_once
    assert (finding.kind, finding.at, finding.subject) == (
        "scheduled_downtime_allowance",
        used_up,
        f"maintenance:{window.ref}",
    )


def test_a_right_to_terminate_arises_at_the_end_of_the_third_bad_month_by_time_alone() -> None:
    agreement = AgreementFactory(
        preset="jbi-support",
        prepaid_minor=12_000_000,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    for month in (1, 2, 3):
        start = datetime(2026, month, 10, tzinfo=UTC)
        down(agreement, start, start + 10 * HOUR)
    april = datetime(2026, 4, 1, 4, tzinfo=UTC)

    look_at_services(now=april - timedelta(seconds=1))
    before = Finding.objects.exists()
    look_at_services(now=april)

    finding = Finding.objects.get()
    assert not before
    assert (finding.kind, finding.at, finding.clause) == ("termination_right", april, "JB-11")
    assert finding.data == {"months": ["2026-01", "2026-02", "2026-03"], "refund": "90410.96"}


def test_a_service_whose_rules_fail_is_set_aside_and_stops_no_other() -> None:
    broken, sound = AgreementFactory(preset="jbi-support"), AgreementFactory(preset="jbi-support")
    for agreement in (broken, sound):
        down(agreement, MONDAY, MONDAY + HOUR)
    Agreement.objects.filter(pk=broken.pk).update(zone="Nowhere/Else")
    april = datetime(2026, 4, 1, 4, tzinfo=UTC)

    looked = look_at_services(now=april)

    assert looked == 1
    assert ServiceWatch.objects.get(agreement=broken).next_at == april + timedelta(minutes=1)


# ------------------------------------------------------------------------------------------------------ maintenance


def test_an_announcement_is_mailed_to_every_support_contact_and_nobody_can_mute_it() -> None:
    agreement = AgreementFactory()
    contacts = [ContactFactory(client=agreement.client) for _ in range(2)]
    ContactFactory(client=agreement.client, is_support_contact=False)
    ContactFactory()

    announced(agreement, MONDAY, MONDAY + 2 * HOUR)

    messages = Message.objects.filter(kind="maintenance_announced")
    assert {message.address for message in messages} == {contact.email for contact in contacts}
    assert not any(message.mutable for message in messages)


@pytest.mark.parametrize(
    ("start", "notice", "sentence"),
    [
        (MONDAY, 23 * HOUR, "The notice is only 23"),
        (MONDAY + 8 * HOUR, 30 * HOUR, "of work hours"),
    ],
)
def test_a_late_notice_or_work_hours_are_warned_of_before_anything_is_saved(
    start: datetime, notice: timedelta, sentence: str
) -> None:
    agreement = AgreementFactory()

    with pytest.raises(WindowOverlapsError, match=sentence):
        announced(agreement, start, start + 2 * HOUR, now=start - notice, overlaps_accepted=False)

    assert not MaintenanceWindow.objects.exists()


def test_a_quiet_night_with_a_day_of_notice_is_announced_without_a_question() -> None:
    announced(AgreementFactory(), MONDAY, MONDAY + 2 * HOUR, now=MONDAY - 24 * HOUR, overlaps_accepted=False)

    assert not Finding.objects.exists()


def test_a_short_notice_is_found_unless_the_client_agreed() -> None:
    agreement = AgreementFactory()
    late = announced(agreement, MONDAY, MONDAY + HOUR, now=MONDAY - 2 * HOUR)
    announced(agreement, MONDAY + 24 * HOUR, MONDAY + 25 * HOUR, now=MONDAY + 20 * HOUR, agreed=True)

    finding = Finding.objects.get()

    assert (finding.kind, finding.subject, finding.at) == (
        "scheduled_downtime_notice",
        f"maintenance:{late.ref}",
        MONDAY - 2 * HOUR,
    )


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 1), (1, 24 * 8)])
def test_a_window_lies_ahead_and_has_a_length_of_at_most_a_week(start: int, end: int) -> None:
    with pytest.raises(BadScheduleError):
        announced(AgreementFactory(), MONDAY + start * HOUR, MONDAY + end * HOUR, now=MONDAY)


def test_a_cancelled_window_shields_nothing_and_its_readers_are_told() -> None:
    agreement = AgreementFactory()
    ContactFactory(client=agreement.client)
    window = announced(agreement, MONDAY, MONDAY + 2 * HOUR)

    cancel_maintenance(window_id=window.pk, by=StaffFactory(), now=MONDAY - HOUR)
    outage = down(agreement, MONDAY, MONDAY + HOUR)

    assert clock_of(outage) is not None
    assert Message.objects.filter(kind="maintenance_cancelled").count() == 1


def test_a_window_that_has_begun_is_not_cancelled() -> None:
    window = announced(AgreementFactory(), MONDAY, MONDAY + 2 * HOUR)

    with pytest.raises(AlreadyDoneError):
        cancel_maintenance(window_id=window.pk, by=StaffFactory(), now=MONDAY)


# ---------------------------------------------------------------------------------------------------------- backups


def activated() -> Agreement:
    """Return an agreement that is activated at MONDAY."""
    draft = AgreementFactory(draft=True)
    ContactFactory(client=draft.client)
    return activate_agreement(agreement_id=draft.pk, at=MONDAY)


def address_of(agreement: Agreement, kind: str = "full") -> str:
    return make_backup_address(agreement_id=agreement.pk, kind=kind, by=StaffFactory(), now=MONDAY)


def backups() -> list[tuple[str, int, str]]:
    rows = Clock.objects.filter(subject_kind="backup").order_by("subject_ref", "ordinal")
    return [(row.subject_ref, row.ordinal, row.state) for row in rows]


def test_each_check_in_meets_a_clock_and_starts_the_next() -> None:
    token = address_of(activated())

    for hours in (20, 43):
        check_in_backup(token=token, now=MONDAY + hours * HOUR)

    assert backups() == [
        ("full", 0, "met"),
        ("full", 1, "met"),
        ("full", 2, "running"),
        ("incremental", 0, "running"),
    ]
    assert Clock.objects.get(ordinal=2).due_at == MONDAY + 67 * HOUR


def test_a_backup_that_never_came_is_flagged_an_hour_or_a_day_after_the_activation() -> None:
    activated()

    flag_waking(now=MONDAY + 24 * HOUR)

    dues = Breach.objects.values_list("clock__subject_ref", "due_at")
    assert set(dues) == {("incremental", MONDAY + HOUR), ("full", MONDAY + 24 * HOUR)}


def test_a_missed_backup_is_flagged_at_its_instant() -> None:
    check_in_backup(token=address_of(activated(), "incremental"), now=MONDAY + HOUR)

    flag_waking(now=MONDAY + 2 * HOUR)

    assert Breach.objects.get(clock__ordinal=1).due_at == MONDAY + 2 * HOUR


def test_a_check_in_costs_no_more_after_many(django_assert_max_num_queries: Any) -> None:
    agreement = activated()
    token = address_of(agreement, "incremental")
    for hour in range(1, 3):
        check_in_backup(token=token, now=MONDAY + hour * HOUR)
    with CaptureQueriesContext(connection) as after_few:
        check_in_backup(token=token, now=MONDAY + 3 * HOUR)
    few = Clock.objects.count()
    BackupCheck.objects.bulk_create(
        BackupCheck(agreement=agreement, kind="incremental", ordinal=number, at=MONDAY + number * HOUR)
        for number in range(4, 300)
    )

    with django_assert_max_num_queries(len(after_few)):
        check_in_backup(token=token, now=MONDAY + 300 * HOUR)

    assert Clock.objects.count() == few + 2


def test_a_new_address_makes_the_old_one_void() -> None:
    agreement = AgreementFactory()
    old = address_of(agreement)

    new = address_of(agreement)

    check_in_backup(token=new, now=MONDAY)
    with pytest.raises(IncidentNotFoundError):
        check_in_backup(token=old, now=MONDAY)


def test_a_token_is_not_kept() -> None:
    agreement = AgreementFactory()

    token = address_of(agreement)

    assert token not in str(agreement.backup_addresses.values())


def test_an_agreement_without_backups_has_no_address() -> None:
    for agreement in (AgreementFactory(preset="jbi-support"), AgreementFactory(hosting="on_premise")):
        with pytest.raises(NotCoveredError):
            address_of(agreement)


def test_a_backup_kept_for_too_few_days_is_found() -> None:
    agreement = AgreementFactory()
    token = address_of(agreement)

    check_in_backup(token=token, retention_days=30, now=MONDAY)
    check_in_backup(token=token, retention_days=29, now=MONDAY + HOUR)

    finding = Finding.objects.get()
    assert (finding.kind, finding.at, finding.data) == ("backup_retention", MONDAY + HOUR, {"retention_days": 29})


def test_impossible_days_are_refused_and_nothing_is_kept() -> None:
    token = address_of(AgreementFactory())

    for days in (-1, 36_601):
        with pytest.raises(IncidentError):
            check_in_backup(token=token, retention_days=days, now=MONDAY)

    assert not BackupCheck.objects.exists()


def test_an_ended_agreement_takes_no_check_ins() -> None:
    agreement = AgreementFactory()
    token = address_of(agreement)
    Agreement.objects.filter(pk=agreement.pk).update(ended_at=MONDAY)

    with pytest.raises(IncidentNotFoundError):
        check_in_backup(token=token, now=MONDAY)


def test_a_strangers_outage_does_not_exist() -> None:
    outage = down(AgreementFactory(), MONDAY)

    with pytest.raises(IncidentNotFoundError):
        close_outage(outage_id=outage.pk, end=MONDAY, by=ClientUserFactory(), now=MONDAY + HOUR)


# --------------------------------------------------------------------------------- closing an availability incident


def solved(incident: Incident, **fields: Any) -> None:
    resolve_incident(
        incident_id=incident.pk, how="fix", body="It is back.", by=StaffFactory(), now=MONDAY + 3 * HOUR, **fields
    )


def reported_down(**fields: Any) -> Incident:
    agreement = AgreementFactory(**fields)
    return report_incident(
        agreement_id=agreement.pk,
        title="Nobody gets in",
        description="A 503.",
        severity="critical",
        category="availability",
        by=ClientUserFactory(client=agreement.client),
        now=MONDAY + HOUR,
    )


def test_an_availability_incident_is_closed_with_its_outage() -> None:
    incident = reported_down()

    solved(incident, downtime=Downtime(MONDAY, MONDAY + 2 * HOUR))

    outage = Outage.objects.get(incident=incident)
    assert (outage.starts_at, outage.ends_at) == (MONDAY, MONDAY + 2 * HOUR)
    assert outage.notified_at == MONDAY + HOUR  # Its report told us.


def test_an_availability_incident_is_closed_with_the_reason_why_nothing_was_down() -> None:
    incident = reported_down()

    solved(incident, no_downtime="One browser alone.")

    assert incident.no_downtime.reason == "One browser alone."
    assert not Outage.objects.exists()


def test_without_either_an_availability_incident_stays_open_and_nothing_is_written() -> None:
    incident = reported_down()
    events = Event.objects.count()

    for said in ({}, {"no_downtime": "  "}, {"downtime": Downtime(MONDAY)}):
        with pytest.raises(DowntimeMissingError):
            solved(incident, **said)

    incident.refresh_from_db()
    assert incident.is_open
    assert Event.objects.count() == events


def test_its_open_outage_is_ended_along_with_it() -> None:
    incident = reported_down()
    outage = record_outage(
        agreement_id=incident.agreement.pk,
        downtime=Downtime(MONDAY, cause="network"),
        incident_id=incident.pk,
        by=StaffFactory(),
        now=MONDAY + HOUR,
    )

    with pytest.raises(DowntimeMissingError, match="still open"):
        solved(incident, no_downtime="None.")
    solved(incident, downtime=Downtime(MONDAY, MONDAY + 2 * HOUR))

    outage.refresh_from_db()
    assert Outage.objects.count() == 1
    assert (outage.ends_at, outage.cause) == (MONDAY + 2 * HOUR, "network")


def test_an_outage_that_was_recorded_already_is_enough() -> None:
    incident = reported_down()
    record_outage(
        agreement_id=incident.agreement.pk,
        downtime=Downtime(MONDAY, MONDAY + HOUR),
        incident_id=incident.pk,
        by=StaffFactory(),
        now=MONDAY + 2 * HOUR,
    )

    solved(incident)

    incident.refresh_from_db()
    assert not incident.is_open


def test_where_no_availability_is_promised_nothing_is_asked() -> None:
    incident = reported_down(hosting="on_premise")

    solved(incident)

    incident.refresh_from_db()
    assert not incident.is_open
