"""JS-19: a full backup at least daily, an incremental one at least hourly, kept for 30 days."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from portal.clocks.models import Breach, Clock
from portal.contract.terms import library_document
from portal.journal.models import Finding
from tests.contracts.desk import Desk, at
from tests.contracts.downtime import backup
from tests.contracts.judging import Judged, event, judged, ny
from tests.factories import AgreementFactory, ContactFactory


def states(case: Judged, kind: str) -> list[tuple[int, str]]:
    return [(number, row.state) for (name, _, number), row in case.rows.items() if name == kind]


def test_the_clock_starts_at_the_first_check_in_and_restarts_at_each() -> None:
    case = judged(backup("03-02 01:00"), backup("03-03 00:30"), until="03-03 12:00")

    assert states(case, "full") == [(1, "met"), (2, "running")]
    assert case.rows["full", "backup", 2].due_at == ny("03-04 00:30")


@pytest.mark.parametrize(("kind", "due"), [("full", "03-03 01:00"), ("incremental", "03-02 02:00")])
def test_at_the_due_instant_it_is_kept_and_right_after_it_is_missed(kind: str, due: str) -> None:
    in_time = judged(backup("03-02 01:00", kind), backup(due, kind))
    late = judged(backup("03-02 01:00", kind), backup(f"{due}:00.000001", kind))

    assert states(in_time, kind)[0] == (1, "met")
    assert states(late, kind)[0] == (1, "breached")
    assert late.rows[kind, "backup", 1].breached_at == ny(due)


def test_a_clock_keeps_the_terms_of_its_check_in_after_an_amendment() -> None:
    hourly = library_document("juno-live-support")
    hourly["backups"]["full"]["value"] = "PT2H"
    amended = event("03-02 02:00", "agreement.amended", terms=hourly)

    case = judged(backup("03-02 01:00"), amended, backup("03-02 06:00"), until="03-02 12:00")

    assert case.rows["full", "backup", 1].state == "met"
    assert case.rows["full", "backup", 2].breached_at == ny("03-02 08:00")


def test_of_an_amendment_at_the_same_instant_the_line_decides() -> None:
    amended = event("03-02 01:00", "agreement.amended", terms="jbi-support")

    before = judged(backup("03-02 01:00", retention_days=29), amended)
    after = judged(amended, backup("03-02 01:00", retention_days=29))

    assert (states(before, "full"), len(before.findings)) == ([(1, "running")], 1)
    assert (states(after, "full"), after.findings) == ([], [])


def test_each_kind_has_a_clock_of_its_own() -> None:
    case = judged(backup("03-02 01:00"), backup("03-02 01:00", "incremental"), until="03-02 03:00")

    assert (states(case, "full"), states(case, "incremental")) == ([(1, "running")], [(1, "breached")])


@pytest.mark.parametrize(("days", "found"), [(30, 0), (29, 1), (0, 1)])
def test_a_backup_that_is_kept_for_under_30_days_is_found(days: int, found: int) -> None:
    findings = judged(backup("03-02 01:00", retention_days=days)).findings

    assert [row.kind for row in findings] == ["backup_retention"] * found


def test_on_premise_no_backup_is_promised() -> None:
    case = judged(backup("03-02 01:00", retention_days=1), until="03-09 00:00", hosting="on_premise")

    assert (list(case.rows), case.findings) == ([], [])


# ----------------------------------------------------------------------------- on the address, and by the flagger


def address_of(juno: Desk, when: str, kind: str) -> str:
    """Let staff make an address on the page and return it."""
    page = juno.send(when, reverse("backup_address", args=[juno.agreement.pk, kind]), by=juno.manager)
    found = re.search(re.escape(settings.ORIGIN) + r"(/in/[^<\s]+/)", page.content.decode())
    assert found is not None
    return found[1]


@pytest.mark.django_db
def test_a_check_in_at_its_address_starts_the_clock_that_the_flagger_breaches(juno: Desk) -> None:
    address = address_of(juno, "09:00", "incremental")

    with at("10:00"):
        Browser().post(address, {"retention_days": "7"})
    early, flagged = juno.flag("10:59:59"), juno.flag("11:00")

    assert (early.breached, flagged.breached) == (0, 1)
    assert Breach.objects.get().due_at == ny("11:00")
    assert Finding.objects.get().kind == "backup_retention"


@pytest.mark.django_db
def test_the_next_check_in_meets_the_clock_and_starts_another(juno: Desk) -> None:
    address = address_of(juno, "09:00", "full")

    for when in ("10:00", "22:00"):
        with at(when):
            Browser().get(address)

    first, second = Clock.objects.filter(subject_kind="backup").order_by("ordinal")
    assert (first.state, first.met_at) == ("met", ny("22:00"))
    assert (second.state, second.due_at) == ("running", ny("03-03 22:00"))


@pytest.mark.django_db
def test_one_that_never_came_is_flagged_a_day_or_an_hour_after_the_activation(juno: Desk) -> None:
    draft = AgreementFactory(draft=True)
    ContactFactory(client=draft.client)

    juno.send("10:00", reverse("agreement_activate", args=[draft.pk]), by=juno.manager)
    juno.flag("03-03 10:00")

    dues = Breach.objects.filter(clock__agreement=draft).values_list("clock__subject_ref", "due_at")
    assert set(dues) == {("incremental", ny("11:00")), ("full", ny("03-03 10:00"))}
