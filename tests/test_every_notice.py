"""Every kind of notice, made by what really happens: how it is written, who can turn it off, and where that is said.

`STORIES` says for each registered kind what happens so that it is sent; a new kind fails here until it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from credits.jobs import job_named, job_of
from credits.models import Proposal, QuoteVersion
from credits.rules.quotes import FixedPrice
from credits.rules.units import Amount
from credits.services import (
    accept_quote,
    answer_dispute,
    approve_proposal,
    close_request,
    decline_quote,
    grant_entitlement,
    prepare_charge,
    quote_work,
    request_service,
    warn_of_expiring,
    withdraw_quote,
)
from credits.services.terminations import exercise_termination
from incidents.models import Incident, RemedyPlan
from incidents.services import (
    PlannedAction,
    agree_to_remedy_plan,
    announce_maintenance,
    answer_incident,
    ask_information,
    ask_remedy_plan,
    assign_incident,
    attribute_cause,
    cancel_maintenance,
    comment_as_client,
    determine_unsupported,
    finish_remedy_action,
    merge_incident,
    plan_release,
    propose_remedy_plan,
    publish_release,
    reclassify_incident,
    remind_of_waits,
    reopen_incident,
    report_incident,
    resolve_incident,
    wait_for,
    watch_incident,
    watch_remedy_plans,
    withdraw_incident,
    withdraw_remedy_plan,
)
from portal.accounts.models import Role, Shift, User
from portal.alerts.kinds import Mail, all_kinds, kind_of, render_each
from portal.alerts.mail import compose
from portal.alerts.models import Message, Preference
from portal.alerts.provider import provider
from portal.alerts.services import choose_notices
from portal.clients.models import Agreement, PlannedAmendment
from portal.clients.services import (
    amend_agreement,
    continue_agreement,
    discontinue_agreement,
    invite,
    plan_amendment,
    reinstate_agreement,
    remind_of_terms,
    suspend_agreement,
    turn_pages,
    withdraw_amendment,
)
from portal.clocks.flagging import flag_waking
from portal.clocks.handover import tell_hand_overs
from portal.contract.money import Money
from portal.journal.models import Finding
from tests.credits.books import order
from tests.factories import (
    AgreementFactory,
    ClientFactory,
    ClientUserFactory,
    ContactFactory,
    StaffFactory,
    TeamFactory,
)
from tests.incidents.pages import HOUR, MINUTE, MONDAY, browser_of
from tests.test_every_url import one_dispute

pytestmark = pytest.mark.django_db

LIVE, ORDER_FORM = "juno-live-support", "jbi-support"
DAY = timedelta(days=1)
LATER = MONDAY + 2 * HOUR
QUICKER = {"critical": {"response": "PT15M"}, "major": {"response": "PT2H"}}
WHEN = r"\d{1,2}\s(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s\d{4}"
"""A day, as subjects write it."""


class Cast:
    """Who there is on both sides, under one agreement."""

    def __init__(self, preset: str) -> None:
        self.manager: User = StaffFactory(name="Ann Lee", role=Role.MANAGER)
        self.boss: User = StaffFactory(name="Mara Chief", role=Role.MANAGER)
        self.agent: User = StaffFactory(name="Jonas Lindqvist")
        self.finance: User = StaffFactory(name="Flo Park", role=Role.FINANCE)
        self.client = ClientFactory(name="Alder & Finch Events", relationship_manager=self.manager)
        self.dana: User = self._contact("Dana Whitlock", Role.CLIENT_ADMINISTRATOR)
        self.lee: User = self._contact("Lee Okafor", Role.SUPPORT_CONTACT)
        team = TeamFactory(manager=self.manager)
        team.members.set([self.manager, self.agent])
        self.agreement: Agreement = AgreementFactory(
            client=self.client,
            preset=preset,
            team=team,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            prepaid_minor=36_500_00,
        )

    def _contact(self, name: str, role: Role) -> User:
        user: User = ClientUserFactory(client=self.client, name=name, role=role)
        ContactFactory(client=self.client, user=user, name=name, email=user.email)
        return user

    def everybody(self) -> list[User]:
        return list(User.objects.all())

    def reported(self, severity: str = "critical", *, now: datetime = MONDAY) -> Incident:
        return report_incident(
            agreement_id=self.agreement.pk,
            title="Registration is down",
            description="Attendees see an error.",
            severity=severity,
            by=self.lee,
            now=now,
        )


Story = Callable[[Cast], object]


def incident_of(act: Callable[[Cast, Incident], object], severity: str = "critical") -> Story:
    """Let something happen to an incident that Lee reported."""
    return lambda cast: act(cast, cast.reported(severity))


def told_by_agent(act: Callable[..., object], **words: object) -> Story:
    """Let the agent do something to an incident of Lee's."""
    return incident_of(lambda cast, it: act(incident_id=it.pk, by=cast.agent, now=MONDAY + MINUTE, **words))


def watched(cast: Cast, incident: Incident) -> None:
    watch_incident(incident_id=incident.pk, user_id=cast.manager.pk, by=cast.manager, now=MONDAY)
    answer_incident(incident_id=incident.pk, body="We see it.", by=cast.agent, now=MONDAY + MINUTE)


def reopened(cast: Cast, incident: Incident) -> None:
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=cast.agent, now=MONDAY + MINUTE)
    reopen_incident(incident_id=incident.pk, reason="Still down.", by=cast.lee, now=MONDAY + 2 * MINUTE)


def waited_too_long(cast: Cast, incident: Incident) -> None:
    expected = MONDAY + HOUR
    wait_for(
        incident_id=incident.pk, on="third_party", by=cast.agent, now=MONDAY, reason="Network.", expected_at=expected
    )
    remind_of_waits(now=LATER)


def merged(cast: Cast, incident: Incident) -> None:
    merge_incident(incident_id=incident.pk, into=cast.reported().ref, by=cast.agent, now=MONDAY + MINUTE)


def maintenance(cast: Cast, *, cancelled: bool = False) -> None:
    window = announce_maintenance(
        agreement_id=cast.agreement.pk,
        start=MONDAY + 3 * DAY,
        end=MONDAY + 3 * DAY + 2 * HOUR,
        purpose="New disks.",
        overlaps_accepted=True,
        by=cast.agent,
        now=MONDAY,
    )
    if cancelled:
        cancel_maintenance(window_id=window.pk, by=cast.agent, now=MONDAY + HOUR)


def released(cast: Cast) -> None:
    product = cast.agreement.product
    assert product is not None
    planned = plan_release(product_id=product.pk, ref="2026.1", planned_at=MONDAY + HOUR, by=cast.agent, now=MONDAY)
    publish_release(release_id=planned.pk, fixes=[], by=cast.agent, now=MONDAY, notes="Faster.")


def remedy_asked(cast: Cast) -> RemedyPlan:
    cast.reported()
    flag_waking(now=LATER)
    return ask_remedy_plan(agreement_id=cast.agreement.pk, concern="Late answers.", by=cast.dana, now=LATER)


def remedy_proposed(cast: Cast) -> RemedyPlan:
    plan = remedy_asked(cast)
    action = PlannedAction("Watch the queue.", "provider", "Jonas", (LATER + DAY).date())
    propose_remedy_plan(plan_id=plan.pk, after=0, actions=[action], note="", by=cast.manager, now=LATER)
    return plan


def remedy_agreed(cast: Cast) -> RemedyPlan:
    plan = remedy_proposed(cast)
    agree_to_remedy_plan(plan_id=plan.pk, version=1, name="Dana", by=cast.dana, now=LATER)
    return plan


def remedy_done(cast: Cast) -> None:
    plan = remedy_agreed(cast)
    finish_remedy_action(plan_id=plan.pk, number=1, note="", by=cast.manager, now=LATER)


def remedy_withdrawn(cast: Cast) -> None:
    withdraw_remedy_plan(plan_id=remedy_asked(cast).pk, reason="All is well.", by=cast.dana, now=LATER)


def remedy_watched(after: timedelta) -> Story:
    def story(cast: Cast) -> None:
        remedy_agreed(cast)
        watch_remedy_plans(now=LATER + after)

    return story


def noticed(cast: Cast) -> None:
    discontinue_agreement(
        agreement_id=cast.agreement.pk, last_day=date(2026, 12, 31), by=cast.manager, at=MONDAY, reason="We stop."
    )


def notice_withdrawn(cast: Cast) -> None:
    noticed(cast)
    continue_agreement(agreement_id=cast.agreement.pk, by=cast.manager, at=MONDAY + HOUR)


def ended(cast: Cast) -> None:
    noticed(cast)
    turn_pages(now=datetime(2027, 1, 2, 12, tzinfo=UTC))


def reinstated(cast: Cast) -> None:
    suspend_agreement(agreement_id=cast.agreement.pk, by=cast.manager, at=MONDAY)
    reinstate_agreement(agreement_id=cast.agreement.pk, by=cast.manager, at=MONDAY + HOUR)


def amendment_planned(cast: Cast) -> PlannedAmendment:
    on = date(2026, 4, 1)
    return plan_amendment(agreement_id=cast.agreement.pk, targets=QUICKER, on=on, by=cast.boss, at=MONDAY)


def handed_over(cast: Cast) -> None:
    closing = MONDAY + 7 * HOUR
    Shift.objects.create(
        team_id=cast.agreement.team_id or 0, user=cast.agent, begins_at=closing - DAY, ends_at=closing + DAY
    )
    cast.reported("major", now=closing - 30 * MINUTE)
    tell_hand_overs(now=closing - 20 * MINUTE)


def wanted(cast: Cast) -> int:
    """Return a request for training."""
    return request_service(
        agreement_id=cast.agreement.pk,
        kind="training",
        title="Train our admins",
        wish="Six people.",
        wanted_on=None,
        by=cast.lee,
        now=MONDAY,
    ).pk


def quoted(cast: Cast) -> int:
    """Return the version of a quote for it."""
    return quote_work(
        job=job_of("service_request", wanted(cast), user=cast.agent),
        price=FixedPrice(Money(120_000, "USD")),
        text="Two sessions.",
        valid_until=date(2026, 3, 31),
        by=cast.finance,
        now=MONDAY,
    ).pk


def accepted(cast: Cast) -> int:
    version = quoted(cast)
    accept_quote(version_id=version, by=cast.dana, now=MONDAY + HOUR)
    return version


def charged(cast: Cast) -> None:
    quote = QuoteVersion.objects.select_related("quote").get(pk=accepted(cast)).quote
    job = job_named(quote.subject, agreement=cast.agreement)
    proposal = prepare_charge(job=job, quote=quote, reason="As agreed.", key="1", by=cast.manager, now=MONDAY + HOUR)
    approve_proposal(proposal_id=proposal.pk, by=cast.finance, now=MONDAY + 2 * HOUR)


def closed(by: str, outcome: str) -> Story:
    return lambda cast: close_request(
        request_id=wanted(cast), outcome=outcome, reason="So.", by=getattr(cast, by), now=MONDAY + HOUR
    )


def disputed(cast: Cast) -> int:
    return int(one_dispute(cast.client)["pk"])


def order_form_ended(cast: Cast, *, refunded: bool = False) -> None:
    Finding.objects.create(
        agreement=cast.agreement,
        subject="agreement",
        kind="termination_right",
        at=MONDAY,
        clause="JB-11",
        message="3 months under 99 % in 12: the client may end the order form.",
        data={"months": ["2025-12", "2026-01", "2026-02"], "refund": None},
    )
    exercise_termination(agreement_id=cast.agreement.pk, on=date(2026, 7, 1), name="Dana", by=cast.dana, now=MONDAY)
    if refunded:
        approve_proposal(proposal_id=Proposal.objects.get().pk, by=cast.finance, now=MONDAY + HOUR)


def units_expire(cast: Cast) -> None:
    two, soon = Amount(2, "sessions"), MONDAY + 20 * DAY
    grant_entitlement(agreement=cast.agreement, amount=two, effective_at=MONDAY, expires_at=soon, **order())
    warn_of_expiring(now=MONDAY)


STORIES: dict[str, tuple[Story, str]] = {
    # Incidents: to the client
    "incident_answered": (told_by_agent(answer_incident, body="We see it."), LIVE),
    "incident_information_asked": (told_by_agent(ask_information, items=["Which browser?"]), LIVE),
    "incident_reclassified": (told_by_agent(reclassify_incident, severity="minor", reason="One browser."), LIVE),
    "incident_resolved": (told_by_agent(resolve_incident, how="fix", body="Restarted."), LIVE),
    "incident_determined": (told_by_agent(determine_unsupported, category="other", reason="Not ours."), LIVE),
    "incident_attributed": (
        incident_of(
            lambda cast, it: attribute_cause(
                incident_id=it.pk, cause="client_misuse", reason="So.", by=cast.agent, now=LATER
            )
        ),
        ORDER_FORM,
    ),
    "incident_merged": (incident_of(merged), LIVE),
    # Incidents: to staff
    "incident_reported": (Cast.reported, LIVE),
    "incident_commented": (
        incident_of(lambda cast, it: comment_as_client(incident_id=it.pk, body="Well?", by=cast.dana, now=LATER)),
        LIVE,
    ),
    "incident_reopened": (incident_of(reopened), LIVE),
    "incident_withdrawn": (
        incident_of(lambda cast, it: withdraw_incident(incident_id=it.pk, reason="Ours.", by=cast.lee, now=LATER)),
        LIVE,
    ),
    "incident_assigned": (
        incident_of(
            lambda cast, it: assign_incident(
                incident_id=it.pk, assignee_id=cast.agent.pk, by=cast.manager, now=MONDAY + MINUTE
            )
        ),
        LIVE,
    ),
    "incident_wait_over": (incident_of(waited_too_long), LIVE),
    "incident_watched": (incident_of(watched), LIVE),
    # Clocks
    "breach": (incident_of(lambda cast, it: flag_waking(now=LATER)), LIVE),
    "warning": (incident_of(lambda cast, it: flag_waking(now=MONDAY + 29 * MINUTE)), LIVE),
    "handover": (handed_over, LIVE),
    # The service
    "maintenance_announced": (maintenance, LIVE),
    "maintenance_cancelled": (lambda cast: maintenance(cast, cancelled=True), LIVE),
    "release_published": (released, ORDER_FORM),
    # Remedy plans
    "remedy_asked": (remedy_asked, LIVE),
    "remedy_proposed": (remedy_proposed, LIVE),
    "remedy_agreed": (remedy_agreed, LIVE),
    "remedy_action_soon": (remedy_watched(timedelta(0)), LIVE),
    "remedy_action_overdue": (remedy_watched(3 * DAY), LIVE),
    "remedy_done": (remedy_done, LIVE),
    "remedy_withdrawn": (remedy_withdrawn, LIVE),
    # Agreements
    "agreement_discontinued": (noticed, LIVE),
    "agreement_continued": (notice_withdrawn, LIVE),
    "agreement_ended": (ended, LIVE),
    "agreement_suspended": (
        lambda cast: suspend_agreement(agreement_id=cast.agreement.pk, by=cast.manager, at=MONDAY),
        LIVE,
    ),
    "agreement_reinstated": (reinstated, LIVE),
    "agreement_amended": (
        lambda cast: amend_agreement(agreement_id=cast.agreement.pk, targets=QUICKER, by=cast.boss, at=MONDAY),
        LIVE,
    ),
    "amendment_planned": (amendment_planned, LIVE),
    "amendment_withdrawn": (
        lambda cast: withdraw_amendment(amendment_id=amendment_planned(cast).pk, by=cast.boss, at=LATER),
        LIVE,
    ),
    "term_ending": (lambda cast: remind_of_terms(now=datetime(2026, 12, 2, 17, tzinfo=UTC)), LIVE),
    # Work that no fee covers, and money
    "service_requested": (wanted, LIVE),
    "service_request_withdrawn": (closed("lee", "withdrawn"), LIVE),
    "service_request_closed": (closed("agent", "done"), LIVE),
    "quote_offered": (quoted, LIVE),
    "quote_withdrawn": (
        lambda cast: withdraw_quote(version_id=quoted(cast), reason="So.", by=cast.finance, now=MONDAY + HOUR),
        LIVE,
    ),
    "quote_accepted": (accepted, LIVE),
    "quote_confirmed": (accepted, LIVE),
    "quote_declined": (
        lambda cast: decline_quote(version_id=quoted(cast), reason="So.", by=cast.dana, now=MONDAY + HOUR),
        LIVE,
    ),
    "charge_posted": (charged, LIVE),
    "units_expiring": (units_expire, LIVE),
    "dispute_raised": (disputed, LIVE),
    "dispute_answered": (
        lambda cast: answer_dispute(
            dispute_id=disputed(cast), outcome="right", text="So.", by=cast.finance, now=MONDAY + HOUR
        ),
        LIVE,
    ),
    "termination_given": (order_form_ended, ORDER_FORM),
    "refund_posted": (lambda cast: order_form_ended(cast, refunded=True), ORDER_FORM),
    # To whom there is no page of preferences
    "invitation": (
        lambda cast: invite(
            email="bo@alder.example", role=Role.MEMBER, by=cast.manager, at=MONDAY, client_id=cast.client.pk
        ),
        LIVE,
    ),
}

ELSEWHERE = {
    "digest": "Carries other notices: tests/portal/alerts/test_digests.py.",
    "undelivered": "Tells the fallback address that a mail failed: tests/portal/alerts/test_sender.py.",
}
"""Kinds that no story makes, and why."""

ON_NO_PAGE = {"invitation": "Whoever is invited has no login yet."}
"""Kinds that no page of preferences shows, and why."""

WITHOUT_THREAD = {"invitation": "It is about nothing else that is mailed."}
"""Kinds whose mails belong to no thread, and why."""


def messages_of(kind: str, *, muted: bool = False) -> list[Message]:
    """Let a kind's story happen, and return its messages; `muted`: everybody turned the kind off before."""
    story, preset = STORIES[kind]
    cast = Cast(preset)
    if muted:
        for user in User.objects.all():
            choose_notices(user_id=user.pk, rhythm=Preference.Rhythm.AT_ONCE, muted=[kind])
    story(cast)
    return list(Message.objects.filter(kind=kind).select_related("recipient").order_by("pk"))


def mails_of(kind: str) -> list[tuple[Message, Mail, EmailMultiAlternatives]]:
    """Return each message of a kind with what it says, as it is sent."""
    messages = messages_of(kind)
    written = render_each(messages)
    mails = []
    for message in messages:
        mail = written[message.pk]
        assert isinstance(mail, Mail), mail
        mails.append((message, mail, compose(message, mail, provider())))
    return mails


def html_of(composed: EmailMultiAlternatives) -> str:
    ((content, kind),) = composed.alternatives
    assert kind == "text/html"
    return str(content)


def test_every_kind_has_a_story_or_a_reason() -> None:
    # Tests of alerts register a kind of their own, where they ran before.
    assert set(all_kinds()) - {"letter"} == STORIES.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("kind", STORIES)
def test_a_notice_says_what_and_when_asks_leads_to_one_page_and_tells_why_it_came(kind: str) -> None:
    mails = mails_of(kind)

    assert mails
    for message, mail, composed in mails:
        text, html = str(composed.body), html_of(composed)
        assert composed.to == [message.address]
        assert re.search(WHEN, mail.subject), mail.subject
        assert text.startswith(f"{mail.ask}\n")
        links = set(re.findall(r'https?://[^\s"<]+', text))
        assert links == set(re.findall(r'href="([^"]+)"', html)) == {f"{settings.ORIGIN}{mail.link_path}"}
        said = [mail.ask, mail.why]
        if not all_kinds()[kind].mutable:
            assert mail.clause, "Nobody may turn it off, and it does not say by which clause."
            said.append(f"By clause {mail.clause}.")
        for sentence in said:
            assert sentence in text
            assert sentence in unescape(html)
        if kind not in WITHOUT_THREAD:
            assert composed.extra_headers["References"] == composed.extra_headers["In-Reply-To"]


@pytest.mark.parametrize("kind", [kind for kind in STORIES if kind not in ON_NO_PAGE])
def test_who_turned_a_kind_off_is_not_mailed_it_and_what_is_owed_stands_where_nobody_turns_it_off(kind: str) -> None:
    messages = messages_of(kind, muted=True)

    may_be_muted = all_kinds()[kind].mutable
    readers = {message.recipient for message in messages if message.recipient is not None}
    assert readers
    assert {message.suppressed_at is not None for message in messages if message.recipient} == {may_be_muted}
    for reader in {reader.is_provider: reader for reader in readers}.values():
        page = browser_of(reader).get(reverse("preferences")).context
        assert (kind in dict(page["form"].fields["mailed"].choices)) is may_be_muted
        assert (kind_of(kind).says in page["always"]) is not may_be_muted
