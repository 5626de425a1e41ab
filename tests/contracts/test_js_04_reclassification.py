"""JS-4: the client selects a priority; the provider may change it, with a reason, and tells every support contact."""

from __future__ import annotations

import pytest

from incidents.models import Incident
from portal.alerts.models import Message
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported
from tests.factories import ContactFactory


def test_a_report_without_a_severity_is_refused(juno: Desk) -> None:
    response = juno.send(
        "10:00", "/support/new/", by=juno.contact, title="Down", description="A 503.", category="availability"
    )

    assert "severity" in response.context["form"].errors
    assert not Incident.objects.exists()


def test_a_reclassification_needs_a_reason(juno: Desk) -> None:
    incident = juno.report("10:00", "major")

    response = juno.send("10:30", f"/incidents/{incident.pk}/reclassify/", by=juno.manager, severity="critical")

    assert "reason" in response.context["form"].errors
    assert clock_of(incident, "response").severity == "major"


def test_a_reclassification_moves_the_clocks_and_mails_every_support_contact_at_once(juno: Desk) -> None:
    client = juno.agreement.client
    contacts = {ContactFactory(client=client, email=f"{name}@alder.example").email for name in ("ann", "bo")}
    not_designated = ContactFactory(client=client, is_support_contact=False)
    elsewhere = ContactFactory()
    incident = juno.report("10:00", "major")

    juno.work("10:30", incident, "reclassify", severity="critical", reason="Everybody is hit.")

    told = Message.objects.filter(kind="incident_reclassified")
    addresses = set(told.values_list("address", flat=True))
    assert contacts <= addresses
    assert not {not_designated.email, elsewhere.email} & addresses
    assert {message.queued_at for message in told} == {ny("10:30")}
    assert clock_of(incident, "response").due_at == ny("11:00")
    assert clock_of(incident, "resolution").due_at == ny("16:30")


def test_what_the_flagger_broke_before_the_change_stays_broken(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.flag("10:30:01")

    juno.work("10:31", incident, "reclassify", severity="major", reason="Only a few are hit.")

    response = clock_of(incident, "response")
    assert (response.state, response.breached_at, response.severity) == ("breached", ny("10:30"), "critical")
    assert clock_of(incident, "resolution").due_at == ny("03-03 10:00")


def test_a_change_at_the_due_instant_wins_over_the_flagger_that_comes_later(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("10:30", incident, "reclassify", severity="major", reason="Only a few are hit.")

    juno.flag("10:31")

    assert (clock_of(incident, "response").state, clock_of(incident, "response").due_at) == ("running", ny("14:00"))


@pytest.mark.parametrize(("first", "second"), [("minor", "critical"), ("critical", "minor"), ("major", "minor")])
def test_from_any_severity_to_any_other_the_clocks_follow(first: str, second: str) -> None:
    case = judged(reported("10:00", severity=first), event("10:10", "reclassified", severity=second), until="10:20")

    assert case.clock("response").severity == case.clock("resolution").severity == second
