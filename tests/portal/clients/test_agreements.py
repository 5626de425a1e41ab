from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.accounts.models import Role
from portal.clients.errors import (
    AlreadySuspendedError,
    NameTakenError,
    NoSuspensionError,
    NotActiveError,
    NotADraftError,
    NothingAmendedError,
    NotReadyError,
    NotSuspendedError,
    TermDatesError,
    TermsRefusedError,
)
from portal.clients.models import Agreement, Client
from portal.clients.queries import terms_in_force
from portal.clients.services import (
    AgreementDetails,
    activate_agreement,
    amend_agreement,
    change_draft,
    draft_agreement,
    reinstate_agreement,
    suspend_agreement,
)
from portal.journal.models import Event
from tests.factories import AgreementFactory, ClientFactory, ContactFactory, StaffFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 15, tzinfo=UTC)
DETAILS = AgreementDetails(ref="ALDER-SUPPORT", title="Live platform support", zone="America/New_York")


@pytest.fixture
def alder() -> Client:
    return ClientFactory(name="Alder & Finch Events")


def severity(agreement: Agreement, name: str, target: str) -> str:
    support = agreement.pinned_terms.document.support
    assert support is not None
    [found] = [each for each in support.severities if each.name == name]
    return str(getattr(found, target).value)


def test_a_draft_takes_the_terms_of_a_contract_with_its_own_targets(alder: Client) -> None:
    drafted = draft_agreement(
        client_id=alder.pk,
        terms_name="juno-live-support",
        details=DETAILS,
        targets={"critical": {"response": "PT10M", "contact": "PT30M"}},
    )

    assert drafted.activated_at is None
    assert severity(drafted, "critical", "response") == "PT10M"
    assert severity(drafted, "critical", "resolution") == "PT6H"


def test_a_target_left_as_it_is_keeps_its_basis_and_a_changed_one_is_stated(alder: Client) -> None:
    drafted = draft_agreement(
        client_id=alder.pk,
        terms_name="juno-live-support",
        details=DETAILS,
        targets={"critical": {"resolution": "PT6H", "response": "PT10M"}},
    )

    [critical, *_] = drafted.terms["support"]["severities"]
    assert critical["resolution"]["basis"] == "reading"
    assert critical["response"]["note"] == "set by this agreement"


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"critical": {"response": "soon"}}, "soon"),
        ({"blocker": {"response": "PT10M"}}, "blocker"),
        ({"critical": {"response": "next release"}}, "next release"),
    ],
)
def test_terms_that_cannot_be_run_are_refused_by_a_sentence(
    alder: Client, targets: dict[str, dict[str, str]], words: str
) -> None:
    with pytest.raises(TermsRefusedError, match=words):
        draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=DETAILS, targets=targets)

    assert not Agreement.objects.exists()


def test_a_contract_that_is_not_in_the_library_is_refused(alder: Client) -> None:
    with pytest.raises(TermsRefusedError, match="gold-support"):
        draft_agreement(client_id=alder.pk, terms_name="gold-support", details=DETAILS)


def test_a_reference_is_given_once_whatever_its_case(alder: Client) -> None:
    AgreementFactory(ref="alder-support")

    with pytest.raises(NameTakenError, match="ALDER-SUPPORT"):
        draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=DETAILS)


def test_a_term_that_ends_before_it_starts_is_refused(alder: Client) -> None:
    details = AgreementDetails(ref="A", title="A", zone="UTC", starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))

    with pytest.raises(TermDatesError, match="2026-05-01"):
        draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=details)


def test_an_agreement_is_activated_with_its_terms_pinned_holidays_as_dates(alder: Client) -> None:
    ContactFactory(client=alder)
    drafted = draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=DETAILS)

    active = activate_agreement(agreement_id=drafted.pk, at=MONDAY)

    active.refresh_from_db()
    assert active.activated_at == MONDAY
    assert "2026-07-03" in active.terms["calendar"]["holidays"]


@pytest.mark.parametrize("lacking", [{"phone": ""}, {"is_support_contact": False}], ids=["no phone", "not designated"])
def test_an_agreement_is_not_activated_without_a_designated_contact_with_phone(
    alder: Client, lacking: dict[str, object]
) -> None:
    ContactFactory(client=alder, **lacking)
    drafted = draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=DETAILS)

    with pytest.raises(NotReadyError, match="JS-16"):
        activate_agreement(agreement_id=drafted.pk, at=MONDAY)


def test_a_contract_without_a_table_of_severities_is_not_activated_until_it_is_filled_in(alder: Client) -> None:
    ContactFactory(client=alder)
    drafted = draft_agreement(client_id=alder.pk, terms_name="jbi-support", details=DETAILS)

    with pytest.raises(NotReadyError, match="JB-2"):
        activate_agreement(agreement_id=drafted.pk, at=MONDAY)
    change_draft(
        agreement_id=drafted.pk,
        details=DETAILS,
        targets={"critical": {"response": "PT30M"}},
        severities_confirmed=True,
    )
    active = activate_agreement(agreement_id=drafted.pk, at=MONDAY)

    support = active.terms["support"]
    assert "severities_missing" not in support
    assert {row["response"].get("basis", "stated") for row in support["severities"]} == {"stated"}
    assert severity(active, "critical", "response") == "PT30M"


def test_an_active_agreement_is_neither_changed_nor_activated_again() -> None:
    active = AgreementFactory(ref="ALDER-SUPPORT")

    with pytest.raises(NotADraftError):
        change_draft(agreement_id=active.pk, details=DETAILS)
    with pytest.raises(NotADraftError):
        activate_agreement(agreement_id=active.pk, at=MONDAY)


def test_an_amendment_holds_from_its_instant_on_and_is_written_in_the_journal() -> None:
    active = AgreementFactory()
    manager = StaffFactory(role=Role.MANAGER)

    amend_agreement(agreement_id=active.pk, targets={"critical": {"response": "PT15M"}}, by=manager, at=TUESDAY)

    before = terms_in_force(active, at=MONDAY).promise("critical", "response")
    after = terms_in_force(active, at=TUESDAY).promise("critical", "response")
    assert before != after
    event = Event.objects.get()
    assert (event.kind, event.at, event.actor) == ("agreement.amended", TUESDAY, manager)


def test_a_second_amendment_builds_on_the_first() -> None:
    active = AgreementFactory()
    manager = StaffFactory(role=Role.MANAGER)

    amend_agreement(agreement_id=active.pk, targets={"critical": {"response": "PT15M"}}, by=manager, at=MONDAY)
    amend_agreement(agreement_id=active.pk, targets={"major": {"response": "PT1H"}}, by=manager, at=TUESDAY)

    support = terms_in_force(active, at=TUESDAY).document.support
    assert support is not None
    assert [row.response.value for row in support.severities[:2] if row.response] == ["PT15M", "PT1H"]


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    active = AgreementFactory()

    with pytest.raises(NothingAmendedError):
        amend_agreement(
            agreement_id=active.pk,
            targets={"critical": {"response": "PT30M"}},
            by=StaffFactory(role=Role.MANAGER),
            at=MONDAY,
        )

    assert not Event.objects.exists()


def test_support_is_suspended_and_reinstated_by_events() -> None:
    active = AgreementFactory()
    manager = StaffFactory(role=Role.MANAGER)

    suspend_agreement(agreement_id=active.pk, by=manager, at=MONDAY)
    active.refresh_from_db()
    suspended_at = active.suspended_at
    reinstate_agreement(agreement_id=active.pk, by=manager, at=TUESDAY)
    active.refresh_from_db()

    assert suspended_at == MONDAY
    assert active.suspended_at is None
    assert list(Event.objects.in_order().values_list("kind", "at")) == [
        ("agreement.suspended", MONDAY),
        ("agreement.reinstated", TUESDAY),
    ]


def test_support_is_suspended_once_and_reinstated_only_after_it() -> None:
    active = AgreementFactory()
    manager = StaffFactory(role=Role.MANAGER)

    with pytest.raises(NotSuspendedError):
        reinstate_agreement(agreement_id=active.pk, by=manager, at=MONDAY)
    suspend_agreement(agreement_id=active.pk, by=manager, at=MONDAY)
    with pytest.raises(AlreadySuspendedError):
        suspend_agreement(agreement_id=active.pk, by=manager, at=TUESDAY)


def test_terms_without_a_clause_on_suspension_are_never_suspended() -> None:
    active = AgreementFactory(preset="jbi-support")

    with pytest.raises(NoSuspensionError):
        suspend_agreement(agreement_id=active.pk, by=StaffFactory(role=Role.MANAGER), at=MONDAY)


def test_a_draft_is_neither_amended_nor_suspended() -> None:
    draft = AgreementFactory(draft=True)
    manager = StaffFactory(role=Role.MANAGER)

    with pytest.raises(NotActiveError, match="a draft"):
        amend_agreement(agreement_id=draft.pk, targets={}, by=manager, at=MONDAY)
    with pytest.raises(NotActiveError, match="a draft"):
        suspend_agreement(agreement_id=draft.pk, by=manager, at=MONDAY)
