"""Every address of the site, asked for by everybody: nothing opens that was not meant to.

`ROUTES` says for each URL name who is let in. A new route fails here until it stands in the table. A route whose
address names an object gives `own`, which makes one that belongs to a client and returns the address's arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from credits.jobs import job_of
from credits.models import MonthClose, QuoteVersion, Rate, StatementLine
from credits.rules.quotes import FixedPrice
from credits.rules.units import Amount
from credits.services import (
    approve_proposal,
    charge_client,
    close_months,
    credit_client,
    enter_invoice,
    grant_entitlement,
    issue_statements,
    log_time,
    quote_work,
    raise_dispute,
    report_missing_in_month,
    request_service,
    reserve,
)
from incidents.models import CannedReply, Incident, Problem, Release, RemedyPlan
from incidents.rules.months import Month
from incidents.services import (
    Downtime,
    PlannedAction,
    agree_to_remedy_plan,
    announce_maintenance,
    comment_as_client,
    make_backup_address,
    propose_remedy_plan,
    record_outage,
    report_incident,
    schedule_hosted_event,
)
from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Absence, Role, Shift, User
from portal.accounts.permissions import ALLOWED, Act
from portal.clients.models import Agreement, Client
from portal.clients.services import plan_amendment
from portal.contract.money import Money
from portal.contract.terms import library_terms
from portal.journal.models import Attachment
from portal.replay.services import start_run
from tests.credits.books import NOW, approval_for, order, propose
from tests.factories import (
    AgreementFactory,
    ClientFactory,
    ClientUserFactory,
    ContactFactory,
    InvitationFactory,
    StaffFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

Answer = Literal["open", "sign in", "forbidden", "absent", "no such method"]
Arguments = dict[str, Any]
Maker = Callable[[Client], Arguments]
MaybeRole = Role | None
"""A role, or None for somebody who has not signed in."""

EVERYBODY: tuple[MaybeRole, ...] = (None, *STAFF_ROLES, *CLIENT_ROLES)
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
MISSING = 10**12
"""A number that no row has."""


@dataclass(frozen=True)
class Route:
    """Who is let in.

    Attributes:
        roles: Those whom the page opens to; None among them for people who have not signed in.
        refused: Those who are told that they may not; everybody else with a login is told that there is nothing.
        own: Makes an object of a client and returns the arguments that name it.
        arguments: Arguments that name no object; where there is an object, those beside it.
        query: What the page needs after the question mark.
        bearer: Whoever has the address is let in, whomever it belongs to.
    """

    roles: frozenset[MaybeRole]
    refused: frozenset[MaybeRole] = frozenset()
    own: Maker | None = None
    arguments: Arguments = field(default_factory=dict)
    query: str = ""
    bearer: bool = False

    def answer(self, role: MaybeRole) -> Answer:
        """Return what somebody gets."""
        if role in self.roles:
            return "open"
        if role is None:
            return "sign in"
        return "forbidden" if role in self.refused else "absent"

    def named(self, client: Client) -> Arguments:
        """Make what the address names, a client's own, and return all of its arguments."""
        return (self.own(client) if self.own else {}) | self.arguments


def public(**words: Any) -> Route:
    """Open a route to the whole world."""
    return Route(frozenset(EVERYBODY), **words)


def signed_in(**words: Any) -> Route:
    """Open a route to every login."""
    return Route(frozenset((*STAFF_ROLES, *CLIENT_ROLES)), **words)


def staff(**words: Any) -> Route:
    """Open a route to the provider's people; for clients it does not exist."""
    return Route(frozenset(STAFF_ROLES), **words)


def clients(**words: Any) -> Route:
    """Open a route to clients' people; for staff it does not exist."""
    return Route(frozenset(CLIENT_ROLES), **words)


def act(wanted: Act, *, only: tuple[Role, ...] = (*STAFF_ROLES, *CLIENT_ROLES), **words: Any) -> Route:
    """Open a route to the roles that may do an act; others of their side are refused, the other side sees nothing."""
    allowed = {role for role in only if wanted in ALLOWED[role]}
    sides = [side for side in (STAFF_ROLES, CLIENT_ROLES) if allowed & set(side)]
    return Route(frozenset(allowed), frozenset(role for side in sides for role in side if role not in allowed), **words)


def one_client(client: Client) -> Arguments:
    return {"client_id": client.pk}


def one_contact(client: Client) -> Arguments:
    return {"client_id": client.pk, "contact_id": ContactFactory(client=client).pk}


def one_invitation(client: Client) -> Arguments:
    return {"invitation_id": InvitationFactory(client=client).pk}


def one_person(client: Client) -> Arguments:
    return {"contact_id": ContactFactory(client=client).pk}


def one_login(client: Client) -> Arguments:
    return {"user_id": ClientUserFactory(client=client).pk}


def one_agreement(client: Client) -> Arguments:
    return {"agreement_id": AgreementFactory(client=client).pk}


def one_planned_amendment(client: Client) -> Arguments:
    planned = plan_amendment(
        agreement_id=AgreementFactory(client=client).pk,
        targets={"critical": {"response": "PT20M"}},
        on=date(2026, 4, 1),
        by=StaffFactory(role=Role.MANAGER),
        at=MONDAY,
    )
    return {"pk": planned.pk}


def one_team(client: Client) -> Arguments:
    return {"team_id": TeamFactory().pk}


def one_shift(client: Client) -> Arguments:
    shift = Shift.objects.create(
        team=TeamFactory(), user=StaffFactory(), begins_at=MONDAY, ends_at=MONDAY + timedelta(days=7)
    )
    return {"shift_id": shift.pk}


def one_absence(client: Client) -> Arguments:
    away = Absence.objects.create(user=StaffFactory(), begins_at=MONDAY, ends_at=MONDAY + timedelta(days=7))
    return {"absence_id": away.pk}


def one_term(client: Client) -> Arguments:
    return {"agreement_id": AgreementFactory(client=client, ends_on=date(2026, 12, 31)).pk}


def one_draft(client: Client) -> Arguments:
    return {"agreement_id": AgreementFactory(client=client, draft=True).pk}


def one_incident(client: Client) -> Arguments:
    incident = report_incident(
        agreement_id=AgreementFactory(client=client).pk,
        title="Registration is down",
        description="Attendees see an error.",
        severity="critical",
        by=ClientUserFactory(client=client),
        now=MONDAY,
    )
    return {"pk": incident.pk}


def one_file(client: Client) -> Arguments:
    incident = Incident.objects.get(**one_incident(client))
    reporter = incident.reporter
    assert reporter is not None
    comment_as_client(
        incident_id=incident.pk,
        body="See the log.",
        by=reporter,
        now=MONDAY,
        files=[SimpleUploadedFile("server.log", b"503")],
    )
    return {"pk": Attachment.objects.latest("pk").pk}


def one_clock(client: Client) -> Arguments:
    return one_incident(client) | {"target": "response", "ordinal": 1}


def one_problem(client: Client) -> Arguments:
    ref = f"PRB-{client.pk}-{Problem.objects.count()}"
    return {"pk": Problem.objects.create(ref=ref, title="The cache", created_at=MONDAY).pk}


def one_canned_reply(client: Client) -> Arguments:
    reply = CannedReply.objects.create(title="Thanks", body="Thanks.", written_by=StaffFactory(), changed_at=MONDAY)
    return {"pk": reply.pk}


def one_release(client: Client) -> Arguments:
    product = AgreementFactory(client=client).product
    return {"pk": Release.objects.create(product=product, ref="2026.1", planned_at=MONDAY).pk}


def one_hosted_event(client: Client) -> Arguments:
    hosted = schedule_hosted_event(
        agreement_id=AgreementFactory(client=client).pk,
        name="Spring Summit",
        zone="America/New_York",
        sessions=[(MONDAY, MONDAY + timedelta(hours=2))],
        by=StaffFactory(),
        now=MONDAY,
    )
    return {"pk": hosted.pk}


def one_run(client: Client) -> Arguments:
    run = start_run(
        owner=StaffFactory(),
        name="history.jsonl",
        content=b"{}",
        source="history",
        zone="",
        severities={},
        contracts=[("Live platform support", library_terms("juno-live-support"))],
        now=MONDAY,
    )
    return {"run_id": run.pk}


def one_outage(client: Client) -> Arguments:
    outage = record_outage(
        agreement_id=AgreementFactory(client=client).pk, downtime=Downtime(MONDAY), by=StaffFactory(), now=MONDAY
    )
    return {"pk": outage.pk}


def one_window(client: Client) -> Arguments:
    window = announce_maintenance(
        agreement_id=AgreementFactory(client=client).pk,
        start=MONDAY,
        end=MONDAY + timedelta(hours=2),
        purpose="New disks.",
        overlaps_accepted=True,
        by=StaffFactory(),
        now=MONDAY - timedelta(days=2),
    )
    return {"pk": window.pk}


def one_service(client: Client) -> Arguments:
    return {"pk": AgreementFactory(client=client).pk}


def one_order_form(client: Client) -> Arguments:
    return {"pk": AgreementFactory(client=client, preset="jbi-support").pk}


def one_remedy(client: Client) -> Arguments:
    plan = RemedyPlan.objects.create(
        agreement=AgreementFactory(client=client),
        concern="Late answers.",
        asked_by=ClientUserFactory(client=client),
        asked_at=MONDAY,
    )
    planned = PlannedAction("Watch the queue.", "provider", "Jonas", MONDAY.date())
    manager, contact = StaffFactory(role=Role.MANAGER), ClientUserFactory(client=client)
    propose_remedy_plan(plan_id=plan.pk, after=0, actions=[planned], note="", by=manager, now=MONDAY)
    agree_to_remedy_plan(plan_id=plan.pk, version=1, name="Dana", by=contact, now=MONDAY)
    return {"pk": plan.pk}


def one_remedy_action(client: Client) -> Arguments:
    return one_remedy(client) | {"number": 1}


def one_backup(client: Client) -> Arguments:
    return one_service(client) | {"kind": "full"}


def one_backup_address(client: Client) -> Arguments:
    agreement = AgreementFactory(client=client)
    token = make_backup_address(agreement_id=agreement.pk, kind="full", by=StaffFactory(), now=MONDAY)
    return {"token": token}


def one_proposal(client: Client) -> Arguments:
    return {"pk": propose(AgreementFactory(client=client)).pk}


def one_money_client(client: Client) -> Arguments:
    one_entry(client)
    return {"pk": client.pk}


def one_invoice(client: Client) -> Arguments:
    invoice = enter_invoice(client=client, number="1", issued_on=NOW.date(), money=Money(100, "USD"), by=None, now=NOW)
    return {"pk": invoice.pk}


def one_entry(client: Client) -> Arguments:
    agreement = AgreementFactory(client=client)
    entry = credit_client(
        agreement=agreement,
        money=Money(100, "USD"),
        approval=approval_for(client),
        **order(f"credit {agreement.pk}"),
    )
    return {"pk": entry.pk}


def one_credit(client: Client) -> Arguments:
    proposal = propose(AgreementFactory(client=client))
    approve_proposal(proposal_id=proposal.pk, by=StaffFactory(role=Role.FINANCE), now=NOW)
    return {"pk": proposal.pk}


def one_close(client: Client) -> Arguments:
    agreement = AgreementFactory(client=client)
    close_months(now=NOW, agreements=Agreement.objects.filter(pk=agreement.pk))
    return {"pk": MonthClose.objects.filter(agreement=agreement).latest("pk").pk}


def one_line(client: Client) -> Arguments:
    entry = one_entry(client)["pk"]
    issue_statements(now=NOW + timedelta(days=40))
    return {"pk": StatementLine.objects.get(entry=entry).pk}


def one_statement(client: Client) -> Arguments:
    return {"pk": StatementLine.objects.get(**one_line(client)).statement_id}


def one_dispute(client: Client) -> Arguments:
    by = ClientUserFactory(client=client, role=Role.CLIENT_ADMINISTRATOR)
    return {"pk": raise_dispute(line_id=one_line(client)["pk"], reason="Not ours.", by=by, now=NOW).pk}


def one_missing(client: Client) -> Arguments:
    agreement = AgreementFactory(client=client)
    by = ClientUserFactory(client=client, role=Role.CLIENT_ADMINISTRATOR)
    return {
        "pk": report_missing_in_month(
            agreement_id=agreement.pk, month=Month(2026, 2), reason="A credit.", by=by, now=NOW
        ).pk
    }


def one_request(client: Client) -> Arguments:
    wanted = request_service(
        agreement_id=AgreementFactory(client=client).pk,
        kind="training",
        title="Train our admins",
        wish="Six people.",
        wanted_on=None,
        by=ClientUserFactory(client=client),
        now=MONDAY,
    )
    return {"pk": wanted.pk}


def one_job(client: Client) -> Arguments:
    return {"kind": "service_request", **one_request(client)}


def one_version(client: Client) -> Arguments:
    job = job_of("service_request", one_request(client)["pk"], user=StaffFactory())
    version = quote_work(
        job=job,
        price=FixedPrice(Money(120_000, "USD")),
        text="Two sessions.",
        valid_until=MONDAY.date(),
        by=StaffFactory(role=Role.FINANCE),
        now=MONDAY,
    )
    return {"pk": version.pk}


def one_quote(client: Client) -> Arguments:
    return {"pk": QuoteVersion.objects.get(**one_version(client)).quote_id}


def one_charge(client: Client) -> Arguments:
    job = job_of("service_request", one_request(client)["pk"], user=StaffFactory())
    entry = charge_client(
        agreement=job.agreement,
        subject=job.subject,
        reason="As you asked.",
        fixed=Money(100, "USD"),
        approval=approval_for(client),
        **order(f"charge {job.pk}"),
    )
    return {"pk": entry.charge.pk}


def one_time(client: Client) -> Arguments:
    Rate.objects.get_or_create(name="Engineer", unit_id="USD", from_on=MONDAY.date(), defaults={"hourly": 20_000})
    job = job_of("service_request", one_request(client)["pk"], user=StaffFactory())
    row = log_time(
        agreement=job.agreement,
        subject=job.subject,
        worked_by=StaffFactory(),
        worked_on=MONDAY.date(),
        minutes=60,
        rate="Engineer",
        currency="USD",
        by=StaffFactory(),
        now=MONDAY,
    )
    return {"pk": row.pk}


def one_incident_not_ours(client: Client) -> Arguments:
    Incident.objects.filter(**one_incident(client)).update(cause="client_misuse")
    return {"kind": "incident", "pk": Incident.objects.latest("pk").pk}


def one_hold(client: Client) -> Arguments:
    agreement, two = AgreementFactory(client=client), Amount(2, "sessions")
    key = f"{agreement.pk}"
    grant_entitlement(agreement=agreement, amount=two, effective_at=NOW, expires_at=None, **order(f"grant {key}"))
    return {"client_id": client.pk, "pk": reserve(agreement=agreement, amount=two, **order(f"hold {key}")).pk}


ROUTES: dict[str, Route] = {
    "home": signed_in(),
    "search": staff(query="q=a"),
    "client_due": staff(own=lambda client: {"pk": client.pk}),
    # Sign-in
    "account": signed_in(),
    "account_login": public(),
    "account_logout": public(),
    "account_request_login_code": public(),
    "account_confirm_login_code": public(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(),
    "account_reset_password": public(),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(arguments={"uidb36": "1", "key": "used-up"}),
    "account_reauthenticate": Route(frozenset(), refused=frozenset((*STAFF_ROLES, *CLIENT_ROLES))),
    "preferences": signed_in(),
    "acting_begin": act(Act.ACT_AS_CLIENT, own=one_login),
    "acting_stop": signed_in(),
    "sessions": signed_in(),
    "session_end": Route(frozenset(), arguments={"sign_in_id": MISSING}),
    "sessions_end": signed_in(),
    "mfa_index": signed_in(),
    "mfa_authenticate": public(),
    "mfa_reauthenticate": Route(frozenset(), refused=frozenset((*STAFF_ROLES, *CLIENT_ROLES))),
    "mfa_activate_totp": signed_in(),
    # Nobody in this table has a password to type again, or an app whose page there could be.
    "mfa_deactivate_totp": Route(frozenset()),
    "mfa_view_recovery_codes": Route(frozenset()),
    "mfa_generate_recovery_codes": signed_in(),
    # Alerting
    "outbox": staff(),
    "latency": staff(),
    "alerting_banner": staff(),
    "healthz": public(),
    "healthz_alerting": public(),
    # Clients and agreements
    "clients": staff(),
    "client": staff(own=one_client),
    "client_new": act(Act.MANAGE_CLIENTS),
    "client_edit": act(Act.MANAGE_CLIENTS, own=one_client),
    "contact_new": act(Act.MANAGE_CLIENTS, own=one_client),
    "contact_edit": act(Act.MANAGE_CLIENTS, own=one_contact),
    "contact_remove": act(Act.MANAGE_CLIENTS, own=one_contact),
    "client_people": staff(own=one_client),
    "client_activity": staff(own=one_client),
    "activity": clients(),
    "client_invite": act(Act.MANAGE_PEOPLE, only=STAFF_ROLES, own=one_client),
    "people": act(Act.MANAGE_PEOPLE, only=CLIENT_ROLES),
    "people_invite": act(Act.MANAGE_PEOPLE, only=CLIENT_ROLES),
    "person": act(Act.MANAGE_PEOPLE, own=one_person),
    "person_designate": act(Act.MANAGE_PEOPLE, own=one_person),
    "person_release": act(Act.MANAGE_PEOPLE, own=one_person),
    "login_close": act(Act.MANAGE_PEOPLE, own=one_login),
    "login_reopen": act(Act.MANAGE_PEOPLE, own=one_login),
    "invitation_resend": act(Act.MANAGE_PEOPLE, own=one_invitation),
    "invitation_revoke": act(Act.MANAGE_PEOPLE, own=one_invitation),
    "invitation": public(arguments={"token": "used-up"}),
    "teams": staff(),
    "team": staff(own=one_team),
    "team_new": act(Act.MANAGE_TEAMS),
    "team_edit": act(Act.MANAGE_TEAMS, own=one_team),
    "shift_new": act(Act.MANAGE_TEAMS, own=one_team),
    "shift_remove": act(Act.MANAGE_TEAMS, own=one_shift),
    "absence_new": staff(),
    "absence_remove": staff(own=one_absence),
    "staff": act(Act.ADMINISTER),
    "staff_invite": act(Act.ADMINISTER),
    "agreements": signed_in(),
    "agreement": signed_in(own=one_agreement),
    "agreement_new": act(Act.MANAGE_AGREEMENTS, own=one_client, query="terms=juno-live-support"),
    "agreement_edit": act(Act.MANAGE_AGREEMENTS, own=one_draft),
    "agreement_activate": act(Act.MANAGE_AGREEMENTS, own=one_draft),
    "agreement_amend": act(Act.MANAGE_AGREEMENTS, own=one_agreement),
    "amendment_withdraw": act(Act.MANAGE_AGREEMENTS, own=one_planned_amendment),
    "agreement_suspend": act(Act.MANAGE_AGREEMENTS, own=one_agreement),
    "agreement_reinstate": act(Act.MANAGE_AGREEMENTS, own=one_agreement),
    "settings": act(Act.ADMINISTER),
    # Incidents, for staff
    "incident_queue": staff(),
    # What names one of one's own rows: for everybody else, staff too, it is not there.
    "saved_views": staff(),
    "saved_view_new": staff(),
    "saved_view_edit": Route(frozenset(), arguments={"pk": MISSING}),
    "saved_view_remove": Route(frozenset(), arguments={"pk": MISSING}),
    "incident_bulk": act(Act.WORK_INCIDENT, arguments={"act": "take"}),
    "incident_bulk_done": Route(frozenset(), refused=frozenset({Role.FINANCE}), arguments={"pk": MISSING}),
    "incident_bulk_undo": Route(frozenset(), refused=frozenset({Role.FINANCE}), arguments={"pk": MISSING}),
    "canned_replies": staff(),
    "canned_reply_new": act(Act.WORK_INCIDENT),
    "canned_reply": act(Act.WORK_INCIDENT, own=one_canned_reply),
    "canned_reply_remove": act(Act.WORK_INCIDENT, own=one_canned_reply),
    "incident": staff(own=one_incident),
    "incident_part": staff(own=one_incident, arguments={"part": "clocks"}),
    "incident_reasons": staff(own=one_incident),
    "incident_files": staff(own=one_incident),
    "incident_journal": staff(own=one_incident),
    "incident_why": staff(own=one_clock),
    "incident_report": act(Act.WORK_INCIDENT),
    "incident_reply": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_note": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_wait": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_resume": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_ask": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_diagnostics": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_reproduced": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_reclassify": act(Act.RECLASSIFY, own=one_incident),
    "incident_reclassify_moves": act(Act.RECLASSIFY, own=one_incident),
    "incident_resolve": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_reopen": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_link": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_merge": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_determine": act(Act.DETERMINE, own=one_incident),
    "incident_attribute": act(Act.ATTRIBUTE, own=one_incident),
    "incident_withdraw": act(Act.WITHDRAW, only=STAFF_ROLES, own=one_incident),
    "incident_assign": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_take": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_watch": act(Act.COMMENT, only=STAFF_ROLES, own=one_incident),
    "incident_unwatch": act(Act.COMMENT, only=STAFF_ROLES, own=one_incident),
    "incident_watchers": act(Act.WORK_INCIDENT, own=one_incident),
    "incident_watcher_remove": act(Act.COMMENT, only=STAFF_ROLES, own=one_incident, arguments={"user_id": MISSING}),
    "incident_void_breach": act(Act.VOID_BREACH, own=one_clock),
    "problems": staff(),
    "problem": staff(own=one_problem),
    # Replay
    "replay_runs": act(Act.REPLAY),
    "replay_run": act(Act.REPLAY, own=one_run),
    "replay_progress": act(Act.REPLAY, own=one_run),
    "releases": signed_in(),
    "release": signed_in(own=one_release),
    "agreement_renew": act(Act.MANAGE_AGREEMENTS, own=one_term),
    "agreement_discontinue": act(Act.MANAGE_AGREEMENTS, own=one_agreement),
    "agreement_continue": act(Act.MANAGE_AGREEMENTS, own=one_agreement),
    "agreement_betas": act(Act.CHOOSE_BETAS, own=one_agreement),
    "release_new": act(Act.MANAGE_RELEASES),
    "release_plan": act(Act.MANAGE_RELEASES, own=one_release),
    "release_publish": act(Act.MANAGE_RELEASES, own=one_release),
    # Hosted events, for both sides
    "hosted_events": signed_in(),
    "hosted_event": signed_in(own=one_hosted_event),
    "hosted_event_new": act(Act.MANAGE_HOSTED_EVENTS),
    "hosted_event_edit": act(Act.MANAGE_HOSTED_EVENTS, own=one_hosted_event),
    "hosted_event_cancel": act(Act.MANAGE_HOSTED_EVENTS, own=one_hosted_event),
    # Incidents, for both sides
    "incident_file": signed_in(own=one_file),
    # Availability, for both sides
    "availability_list": signed_in(),
    "availability": signed_in(own=one_service),
    "outage_new": act(Act.MANAGE_AVAILABILITY, own=one_service),
    "outage_end": act(Act.MANAGE_AVAILABILITY, own=one_outage),
    "outage_correct": act(Act.MANAGE_AVAILABILITY, own=one_outage),
    "maintenance_new": act(Act.MANAGE_AVAILABILITY, own=one_service),
    "maintenance_cancel": act(Act.MANAGE_AVAILABILITY, own=one_window),
    "backup_address": act(Act.MANAGE_AVAILABILITY, own=one_backup),
    "backup_check_in": public(own=one_backup_address, bearer=True),
    # Money at stake, and what was granted
    "agreement_credits": act(Act.SEE_MONEY, own=one_service),
    "exposure": staff(),
    "client_exposure": staff(own=lambda client: {"pk": client.pk}),
    "incident_exposure": staff(own=one_incident),
    # The right to end an order form
    "termination": signed_in(own=one_order_form),
    "termination_offer": signed_in(own=one_order_form),
    "termination_exercise": act(Act.TERMINATE, only=CLIENT_ROLES, own=one_order_form),
    # Remedy plans, for both sides
    "remedies": signed_in(),
    "remedy": signed_in(own=one_remedy),
    "remedy_propose": act(Act.REMEDY_PLAN, own=one_remedy),
    "remedy_agree": act(Act.REMEDY_PLAN, own=one_remedy),
    "remedy_action_done": act(Act.REMEDY_PLAN, own=one_remedy_action),
    "remedy_withdraw": act(Act.REMEDY_PLAN, only=CLIENT_ROLES, own=one_remedy),
    "remedy_offer": clients(own=one_service),
    "remedy_ask": act(Act.REMEDY_PLAN, only=CLIENT_ROLES, own=one_service),
    # Incidents, for clients
    "support": clients(),
    "support_report": act(Act.REPORT_INCIDENT, only=CLIENT_ROLES),
    "support_incident": clients(own=one_incident),
    "support_part": clients(own=one_incident, arguments={"part": "clocks"}),
    "support_why": clients(own=one_clock),
    "support_reply": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_answer": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_solved": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_reopen": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_follow": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_unfollow": act(Act.COMMENT, only=CLIENT_ROLES, own=one_incident),
    "support_withdraw": act(Act.WITHDRAW, only=CLIENT_ROLES, own=one_incident),
    # Money
    "money": act(Act.SEE_MONEY, only=STAFF_ROLES),
    "money_sheet": act(Act.SEE_MONEY, only=STAFF_ROLES),
    "money_client": act(Act.SEE_MONEY, only=STAFF_ROLES, own=one_money_client),
    "invoice_new": act(Act.PREPARE_MONEY, own=one_money_client),
    "invoices_import": act(Act.PREPARE_MONEY),
    "payment_new": act(Act.PREPARE_MONEY, own=one_invoice),
    "offset_new": act(Act.PREPARE_MONEY, own=one_money_client),
    "payout_new": act(Act.PREPARE_MONEY, own=one_money_client),
    "entry": act(Act.SEE_MONEY, only=STAFF_ROLES, own=one_entry),
    "entry_reverse": act(Act.PREPARE_MONEY, own=one_entry),
    "credit_receipt": act(Act.SEE_MONEY, own=one_credit),
    "closes": act(Act.SEE_MONEY, only=STAFF_ROLES),
    "close": act(Act.SEE_MONEY, only=STAFF_ROLES, own=one_close),
    "close_new": act(Act.PREPARE_MONEY, own=one_service, arguments={"month": "2026-01"}),
    "statements": act(Act.SEE_MONEY),
    "statement": act(Act.SEE_MONEY, own=one_statement),
    "statement_file": act(Act.SEE_MONEY, own=one_statement, arguments={"kind": "csv"}),
    "statement_missing": act(Act.DECIDE_OFFER, only=CLIENT_ROLES, own=one_statement),
    "statement_dispute": act(Act.DECIDE_OFFER, only=CLIENT_ROLES, own=one_line),
    "missing_in_month": act(Act.DECIDE_OFFER, only=CLIENT_ROLES),
    "disputes": act(Act.SEE_MONEY),
    "dispute": act(Act.SEE_MONEY, own=one_missing),
    "dispute_answer": act(Act.PREPARE_MONEY, own=one_dispute),
    "proposals": act(Act.SEE_MONEY, only=STAFF_ROLES),
    "proposal": act(Act.SEE_MONEY, only=STAFF_ROLES, own=one_proposal),
    # Work that no fee covers
    "service_requests": signed_in(),
    "service_request": signed_in(own=one_request),
    "service_request_new": act(Act.REPORT_INCIDENT),
    "service_request_withdraw": act(Act.WITHDRAW, only=CLIENT_ROLES, own=one_request),
    "service_request_close": act(Act.LOG_TIME, only=STAFF_ROLES, own=one_request),
    "quotes": act(Act.SEE_MONEY),
    "quote": act(Act.SEE_MONEY, own=one_quote),
    "quote_new": act(Act.PREPARE_MONEY, own=one_job),
    "quote_accept": act(Act.DECIDE_OFFER, only=CLIENT_ROLES, own=one_version),
    "quote_decline": act(Act.DECIDE_OFFER, only=CLIENT_ROLES, own=one_version),
    "quote_withdraw": act(Act.PREPARE_MONEY, own=one_version),
    "work": act(Act.LOG_TIME, only=STAFF_ROLES, own=one_job),
    "work_part": act(Act.LOG_TIME, only=STAFF_ROLES, own=one_job),
    "quoted_part": act(Act.SEE_MONEY, only=CLIENT_ROLES, own=one_job),
    "time_log": act(Act.LOG_TIME),
    "time_new": act(Act.LOG_TIME, own=one_job),
    "time_strike": act(Act.LOG_TIME, own=one_time),
    "rates": act(Act.LOG_TIME),
    "rate_new": act(Act.PREPARE_MONEY),
    "charges": act(Act.SEE_MONEY),
    "charge": act(Act.SEE_MONEY, own=one_charge),
    "charge_new": act(Act.PREPARE_MONEY, own=one_incident_not_ours),
    # Prepaid units
    "prepaid": clients(),
    "entitlements": staff(),
    "client_entitlements": staff(own=one_client),
    "entitlement_grant": act(Act.PREPARE_MONEY, own=one_client),
    "entitlement_use": act(Act.LOG_TIME, own=one_client),
    "entitlement_hold": act(Act.LOG_TIME, own=one_client),
    "hold_use": act(Act.LOG_TIME, own=one_hold),
    "hold_release": act(Act.LOG_TIME, own=one_hold),
    # The floor
    "clause": signed_in(arguments={"reference": "JS-7"}),
    "styleguide": staff(),
    # The Django admin
    "admin:login": public(),
}
EVERY_OTHER_OF_THE_ADMIN = act(Act.ADMINISTER)
ADMIN_ARGUMENTS: Arguments = {
    "object_id": "1",
    "app_label": "accounts",
    "content_type_id": "1",
    "url": "nothing/",
}


@dataclass(frozen=True)
class Place:
    """A route of the resolver: its full pattern, and the names of its arguments."""

    pattern: str
    arguments: tuple[str, ...]


def places(patterns: list[Any], namespace: str = "", prefix: str = "/") -> Iterator[tuple[str, Place]]:
    """Yield each route with its full name; one without a name goes by its pattern."""
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from places(pattern.url_patterns, inner, path)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or path}", Place(path, tuple(pattern.pattern.regex.groupindex))


PLACES = dict(places(get_resolver().url_patterns))


def classified(name: str) -> Route | None:
    """Return what the table says of a route, None where it says nothing."""
    return ROUTES.get(name) or (EVERY_OTHER_OF_THE_ADMIN if name.startswith("admin:") else None)


def address(name: str, route: Route, arguments: Arguments) -> str:
    """Return the address of a route."""
    place = PLACES[name]
    if name.startswith("admin:"):
        arguments = {key: ADMIN_ARGUMENTS[key] for key in place.arguments}
    if place.pattern in name:
        url = re.sub(
            r"<(?:\w+:)?(\w+)>", lambda match: arguments[match[1]], place.pattern.replace("(?P<url>.*)$", "<url>")
        )
    else:
        url = reverse(name, kwargs=arguments)
    return f"{url}?{route.query}" if route.query else url


def browser_of(role: MaybeRole, client: Client) -> Browser:
    """Return a browser in which somebody with a role is signed in; a client's role belongs to `client`."""
    browser = Browser()
    if role is not None:
        user: User = ClientUserFactory(role=role, client=client) if role in CLIENT_ROLES else StaffFactory(role=role)
        browser.force_login(user)
    return browser


def by_maker(routes: dict[str, Route]) -> dict[Maker | None, dict[str, Route]]:
    """Return routes sorted by what makes the objects that they name: each is made once for all of its addresses."""
    groups: dict[Maker | None, dict[str, Route]] = {}
    for name, route in routes.items():
        groups.setdefault(route.own, {})[name] = route
    return groups


@contextmanager
def undone(browser: Browser) -> Iterator[None]:
    """Take back whatever a request writes, cookies too, so that the next route finds everything as it was."""
    cookies = deepcopy(browser.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    browser.cookies = cookies


def answer(response: Any) -> Answer:
    """Return what a response amounts to."""
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('account_login')}?next="):
        return "sign in"
    words: dict[int, Answer] = {403: "forbidden", 404: "absent", 405: "no such method"}
    return words.get(response.status_code, "open")


@pytest.fixture
def ours() -> Client:
    return ClientFactory(name="Alder & Finch Events")


@pytest.fixture
def theirs() -> Client:
    return ClientFactory(name="Coastline Credit Union")


def test_every_route_is_classified() -> None:
    assert [name for name in PLACES if classified(name) is None] == []


def test_the_table_names_no_route_that_is_gone() -> None:
    assert [name for name in ROUTES if name not in PLACES] == []


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_every_route_opens_to_those_whom_the_table_names_and_to_nobody_else(role: MaybeRole, ours: Client) -> None:
    browser = browser_of(role, ours)
    routes = {name: route for name in PLACES if (route := classified(name))}  # The first test names what is missing.
    surprises = {}

    for own, named in by_maker(routes).items():
        with undone(browser):
            arguments = own(ours) if own else {}
            for name, route in named.items():
                if route is EVERY_OTHER_OF_THE_ADMIN and role in route.roles:
                    continue  # Behind that door each model's own admin answers: tests/portal/accounts/test_admin.py.
                for method in (browser.get, browser.post):
                    with undone(browser):
                        got = answer(method(address(name, route, arguments | route.arguments)))
                    if got not in (route.answer(role), "no such method"):
                        surprises[f"{method.__name__} {name}"] = f"{got}, not {route.answer(role)}"

    assert surprises == {}


@pytest.mark.parametrize("role", CLIENT_ROLES, ids=str)
def test_a_foreign_object_is_no_different_from_one_that_is_not_there(role: Role, ours: Client, theirs: Client) -> None:
    browser = browser_of(role, ours)
    surprises = {}

    for own, named in by_maker({name: route for name, route in ROUTES.items() if not route.bearer}).items():
        if own is None:
            continue
        with undone(browser):
            made = own(theirs)
            for name, route in named.items():
                foreign = made | route.arguments
                missing = {key: MISSING if isinstance(value, int) else value for key, value in foreign.items()}
                refused = "forbidden" if role in route.refused else "absent"
                for method in (browser.get, browser.post):
                    with undone(browser):
                        first, second = (method(address(name, route, arguments)) for arguments in (foreign, missing))
                    if answer(first) not in (refused, "no such method") or first.content != second.content:
                        surprises[f"{method.__name__} {name}"] = answer(first)

    assert surprises == {}
