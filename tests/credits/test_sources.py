"""What an entry rests on, shown to both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import Entry
from credits.services import credit_client
from credits.sources import Source, sources_of
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach
from portal.contract.money import Money
from tests.credits.books import NOW, approval_for, order
from tests.factories import AgreementFactory
from tests.incidents.pages import MONDAY, reported

pytestmark = pytest.mark.django_db


def credit(agreement: Agreement, source: str, key: str = "1") -> Entry:
    """Post a credit that rests on something."""
    approval = approval_for(agreement.client)
    return credit_client(
        agreement=agreement, money=Money(100, "USD"), approval=approval, **order(key, source=source, now=NOW)
    )


def shown(entries: Iterable[Entry], audience: str = "staff") -> list[Source]:
    """Return how the sources of entries are shown to a side."""
    return list(sources_of(entries, audience=audience).values())  # type: ignore[arg-type]


def test_an_incident_leads_each_side_to_its_own_page() -> None:
    incident = reported()
    entry = credit(incident.agreement, f"incident:{incident.ref}")

    assert shown([entry]) == [Source(incident.ref, f"/incidents/{incident.pk}/")]
    assert shown([entry], "client") == [Source(incident.ref, f"/support/{incident.pk}/")]


def test_a_breach_leads_to_why_its_time_was_over_with_its_clause() -> None:
    incident = reported()
    flag_waking(now=MONDAY + timedelta(minutes=31))
    breach = Breach.objects.get(clock__target="response")
    entry = credit(incident.agreement, f"breach:{breach.pk}")

    assert shown([entry], "client") == [
        Source(f"{incident.ref}, first response", f"/support/{incident.pk}/why/response/1/", clause="JS-6")
    ]


def test_an_incident_of_another_agreement_with_the_same_reference_is_not_taken_for_it() -> None:
    incident = reported()
    entry = credit(AgreementFactory(), f"incident:{incident.ref}")

    assert shown([entry]) == [Source(f"Incident {incident.ref}")]


@pytest.mark.parametrize("source", ["breach:../..", "breach:", "lot:1e9", "lot:9999999999999999999", "nothing known"])
def test_a_source_that_leads_nowhere_is_shown_as_it_was_written(source: str) -> None:
    entry = credit(AgreementFactory(), source)

    (found,) = shown([entry])

    assert (found.url, found.label) == (
        "",
        source.partition(":")[0].capitalize() + f" {source.partition(':')[2]}".rstrip(),
    )


def test_as_many_queries_resolve_many_sources_as_a_few() -> None:
    agreement = AgreementFactory()
    incidents = [reported(agreement=agreement, title=f"Down {number}") for number in range(5)]
    entries = [credit(agreement, f"incident:{row.ref}", str(row.pk)) for row in incidents]

    counts = []
    for some in (entries[:1], entries):
        with CaptureQueriesContext(connection) as queries:
            shown(some)
        counts.append(len(queries))

    assert counts == [1, 1]
