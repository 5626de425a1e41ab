"""A client says that a month should have brought something, with a statement of it or without any. Clause: JS-15."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from credits import dispute_notices
from credits.errors import (
    AlreadyDisputedError,
    MayNotError,
    MonthNotOverError,
    NoWordsError,
    UnknownAgreementError,
    UnknownLineError,
)
from credits.models import Dispute, DisputeAnswer, Statement
from credits.services import answer_dispute, credit_client, issue_statements, report_missing_in_month
from incidents.models import Incident
from incidents.rules.months import Month
from incidents.services import report_incident
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, approval_for, order
from tests.credits.test_statement_pages import browser_of, page, send
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db
FEBRUARY = Month(2026, 2)
URL = "/statements/missing/"


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory(client__name="Alder & Finch Events", ref="ALDER")
    return made


@pytest.fixture
def boss(agreement: Agreement) -> User:
    made: User = ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR, name="Dana Alder")
    return made


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE)
    return made


def incident_of(agreement: Agreement) -> Incident:
    return report_incident(
        agreement_id=agreement.pk,
        title="Down <b>again</b>",
        description="It is down.",
        category="availability",
        severity="critical",
        by=ClientUserFactory(client=agreement.client, role=Role.SUPPORT_CONTACT),
        now=NOW - timedelta(days=10),
    )


def said(agreement: Agreement, by: User, **changes: Any) -> Dispute:
    told = {"agreement_id": agreement.pk, "month": FEBRUARY, "reason": "A credit.", "by": by, "now": NOW}
    return report_missing_in_month(**{**told, **changes})


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_client_without_any_statement_says_what_is_missing_and_staff_answer_it(
    agreement: Agreement, boss: User, finance: User
) -> None:
    incident = incident_of(agreement)

    empty = page(boss, reverse("statements"))
    sent = send(
        boss, URL, agreement=agreement.pk, month="2026-02", incident=incident.ref, reason="<i>15 %</i> for that night."
    )
    dispute = Dispute.objects.get()
    today, statements = page(finance, "/"), page(finance, reverse("statements"))
    waiting = page(finance, reverse("disputes"))
    form = page(finance, reverse("dispute_answer", args=[dispute.pk]))
    send(finance, reverse("dispute_answer", args=[dispute.pk]), outcome="wrong", text="You are right: it is proposed.")

    assert not Statement.objects.exists()
    assert "No statements" in empty
    assert empty.count(URL) == 2
    assert sent["Location"] == reverse("dispute", args=[dispute.pk])
    assert (dispute.agreement, dispute.month, dispute.subject) == (
        agreement,
        date(2026, 2, 1),
        f"incident:{incident.ref}",
    )
    place = "omething missing in February 2026 under ALDER"
    for staffs in (today, statements, waiting):
        assert place in staffs
    assert "&lt;i&gt;15 %&lt;/i&gt; for that night." in waiting
    assert "Is it missing?" in form
    shown = page(boss, reverse("dispute", args=[dispute.pk]))
    assert "It is missing:" in shown
    assert "You are right: it is proposed." in shown
    assert reverse("support_incident", args=[incident.pk]) in shown
    assert "Down &lt;b&gt;again&lt;/b&gt;" in shown
    assert "You are right: it is proposed." in page(boss, f"{reverse('disputes')}?state=answered")
    raised, answered = dispute_notices.render(
        [
            Message.objects.get(kind="dispute_raised", address=finance.email),
            Message.objects.get(kind="dispute_answered", address=boss.email),
        ]
    )
    assert raised.subject.startswith("Disputed: something missing in February 2026 under ALDER, Alder & Finch Events")
    assert ("Incident", incident.ref) in raised.facts
    assert answered.link_path == reverse("dispute", args=[dispute.pk])


def test_how_long_a_report_waits_stands_in_the_list_of_disputes(
    agreement: Agreement, boss: User, finance: User
) -> None:
    said(agreement, boss, now=NOW - timedelta(days=1))
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        shown = [page(finance, reverse(name)) for name in ("statements", "disputes")]

    assert all("6 days" in text for text in shown)


def test_a_month_that_was_stated_without_it_may_miss_something_too(agreement: Agreement, boss: User) -> None:
    credit_client(
        agreement=agreement,
        money=Money(100, "USD"),
        approval=approval_for(agreement.client),
        **order(effective_on=date(2026, 2, 3)),
    )
    issue_statements(now=NOW)

    dispute = said(agreement, boss)

    assert Statement.objects.get().month_on == dispute.month
    assert dispute.told_on is None


def test_a_month_that_is_not_over_or_in_which_the_agreement_did_not_run_is_refused(
    agreement: Agreement, boss: User
) -> None:
    for month, why in (
        (Month(2026, 3), "March 2026 is not over in America/New_York"),
        (Month(2030, 1), "January 2030 is not over"),
        (Month(2001, 1), "ALDER did not run in January 2001"),
    ):
        with pytest.raises(MonthNotOverError, match=why):
            said(agreement, boss, month=month)
    Agreement.objects.filter(pk=agreement.pk).update(ended_at=FEBRUARY.plus(-1).start(NOW.tzinfo))  # type: ignore[arg-type]
    with pytest.raises(MonthNotOverError, match="ALDER did not run in February 2026"):
        said(agreement, boss)

    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("month", "2026-13", "is no month"),
        ("month", "", "Nothing is filled in"),
        ("agreement", "999999999", "none of the choices"),
        ("agreement", "1; DROP TABLE", "none of the choices"),
        ("incident", "INC-404", "is no incident under ALDER"),
        ("incident", "x" * 101, "100"),
        ("reason", " ", "Nothing is filled in"),
        ("reason", "x" * 2001, "2,000"),
        ("reason", "NUL \x00", "Take"),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_beside_its_field(
    agreement: Agreement, boss: User, field: str, value: str, words: str
) -> None:
    fields = {"agreement": agreement.pk, "month": "2026-02", "incident": "", "reason": "A credit.", field: value}

    answer = send(boss, URL, **fields)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Dispute.objects.exists()


def test_it_is_said_of_ones_own_agreement_and_incident_and_by_who_decides_on_money(
    agreement: Agreement, boss: User, finance: User
) -> None:
    foreign, draft = AgreementFactory(), AgreementFactory(client=agreement.client, draft=True)
    theirs = incident_of(foreign)
    for somebody, status in ((ClientUserFactory(client=agreement.client), 403), (finance, 404)):
        with pytest.raises(MayNotError):
            said(agreement, somebody)
        assert send(somebody, URL, agreement=agreement.pk, month="2026-02", reason="So.").status_code == status
    for other in (foreign, draft):
        with pytest.raises(UnknownAgreementError):
            said(other, boss)
    with pytest.raises(UnknownLineError):
        said(agreement, boss, incident=theirs.ref)
    with pytest.raises(NoWordsError):
        said(agreement, boss, reason=" ")

    assert not Dispute.objects.exists()


def test_nobody_else_reads_it(agreement: Agreement, boss: User) -> None:
    dispute = said(agreement, boss)
    stranger = ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR)
    member = ClientUserFactory(client=agreement.client, role=Role.MEMBER)

    assert browser_of(stranger).get(reverse("dispute", args=[dispute.pk])).status_code == 404
    assert browser_of(member).get(reverse("dispute", args=[dispute.pk])).status_code == 403
    assert "ALDER" not in page(stranger, reverse("disputes") + "?state=all")
    assert list(Dispute.objects.visible_to(boss)) == [dispute]
    assert not Dispute.objects.visible_to(stranger).exists()


def test_two_clicks_say_it_once_and_the_same_waits_for_its_answer(
    agreement: Agreement, boss: User, finance: User
) -> None:
    form = {"submission": str(uuid4()), "agreement": agreement.pk, "month": "2026-02", "reason": "A credit."}
    browser = browser_of(boss)

    first, second = browser.post(URL, form), browser.post(URL, form)
    again = browser.post(URL, form | {"submission": str(uuid4())})

    dispute = Dispute.objects.get()
    assert first["Location"] == second["Location"] == reverse("dispute", args=[dispute.pk])
    assert again["Location"] == reverse("disputes")
    with pytest.raises(AlreadyDisputedError, match="Dana Alder said that something is missing before"):
        said(agreement, boss)
    assert said(agreement, boss, month=Month(2026, 1)).ordinal == 1
    assert said(agreement, boss, incident=incident_of(agreement).ref).ordinal == 1
    answer_dispute(dispute_id=dispute.pk, outcome="right", text="Nothing was late.", by=finance, now=NOW)
    assert said(agreement, boss).ordinal == 2
    assert DisputeAnswer.objects.get().verdict == "Nothing is missing"


def test_the_database_takes_no_dispute_of_two_things_or_of_half_a_month(agreement: Agreement, boss: User) -> None:
    of: dict[str, Any] = {"ordinal": 1, "reason": "So.", "raised_by": boss, "raised_at": NOW}
    for place in (
        {"agreement": agreement},
        {"agreement": agreement, "month": date(2026, 2, 2)},
        {"month": date(2026, 2, 1)},
        {"subject": "incident:INC-1"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.create(**place, **of)
