"""Whatever people do and whenever the flagger looks: the rows are what the journal, replayed, says they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents import services as act
from incidents.models import HostedEvent, Incident, Release
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.clients.services import amend_agreement, reinstate_agreement, suspend_agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Clock
from portal.web.errors import PortalError
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.portal.replay.comparing import kept, replayed

FRIDAY = datetime(2026, 3, 6, 19, tzinfo=UTC)
"""Before the weekend on which New York's clocks go forward."""
HOUR = timedelta(hours=1)
STEPS = 14

Draw = st.DataObject


class Walk:
    """An agreement, its people, and the time; each method without an underscore is one act at that time."""

    def __init__(self, preset: str, data: Draw) -> None:
        self.data = data
        self.now = FRIDAY
        self.agreement: Agreement = AgreementFactory(preset=preset)
        self.contact = ClientUserFactory(client=self.agreement.client)
        ContactFactory(client=self.agreement.client)
        self.staff = StaffFactory(role=Role.MANAGER)

    def _choose(self, *choices: str) -> str:
        return self.data.draw(st.sampled_from(choices))

    def _incident(self) -> int:
        ids = list(Incident.objects.order_by("pk").values_list("pk", flat=True))
        return self.data.draw(st.sampled_from(ids)) if ids else 0

    def _severity(self) -> str:
        return self.data.draw(st.sampled_from(self.agreement.pinned_terms.severity_names()))

    def _sessions(self) -> list[tuple[datetime, datetime]]:
        start = self.now + self.data.draw(st.integers(-2, 30)) * HOUR
        return [(start, start + HOUR), (start + 24 * HOUR, start + 26 * HOUR)]

    def report(self) -> None:
        act.report_incident(
            agreement_id=self.agreement.pk,
            title="Down",
            description="It is down.",
            severity=self._severity(),
            category=self._choose("nonconformity", "availability", "general"),
            diagnostics=self.data.draw(st.booleans()),
            by=self.contact,
            now=self.now,
        )

    def answer(self) -> None:
        act.answer_incident(incident_id=self._incident(), body="On it.", by=self.staff, now=self.now)

    def answer_earlier(self) -> None:
        at = self.now - self.data.draw(st.integers(1, 300)) * timedelta(minutes=1)
        act.answer_incident(
            incident_id=self._incident(),
            body="Rang.",
            by=self.staff,
            now=self.now,
            at=at,
            backdating_reason="By phone.",
        )

    def ask(self) -> None:
        act.ask_information(incident_id=self._incident(), items=["A log"], by=self.staff, now=self.now)

    def reply(self) -> None:
        act.comment_as_client(incident_id=self._incident(), body="Here.", by=self.contact, now=self.now)

    def wait(self) -> None:
        on = self._choose("client", "third_party")
        act.wait_for(incident_id=self._incident(), on=on, by=self.staff, now=self.now)

    def resume(self) -> None:
        act.resume_incident(incident_id=self._incident(), by=self.staff, now=self.now)

    def reclassify(self) -> None:
        act.reclassify_incident(
            incident_id=self._incident(), severity=self._severity(), reason="Seen anew.", by=self.staff, now=self.now
        )

    def complete_diagnostics(self) -> None:
        act.complete_diagnostics(incident_id=self._incident(), by=self.staff, now=self.now)

    def reproduce(self) -> None:
        act.reproduce_incident(incident_id=self._incident(), by=self.staff, now=self.now)

    def resolve(self) -> None:
        act.resolve_incident(
            incident_id=self._incident(),
            how=self._choose("fix", "workaround"),
            body="Done.",
            cause=self._choose("", "", "client_misuse"),
            by=self.staff,
            now=self.now,
        )

    def reopen(self) -> None:
        act.reopen_incident(incident_id=self._incident(), reason="Again.", by=self.contact, now=self.now)

    def determine(self) -> None:
        act.determine_unsupported(
            incident_id=self._incident(), category="other", reason="Not ours.", by=self.staff, now=self.now
        )

    def attribute(self) -> None:
        act.attribute_cause(
            incident_id=self._incident(), cause="outside_control", reason="A cable.", by=self.staff, now=self.now
        )

    def withdraw(self) -> None:
        act.withdraw_incident(incident_id=self._incident(), reason="Ours.", by=self.contact, now=self.now)

    def void(self) -> None:
        breached = Clock.objects.filter(breached_at__isnull=False).order_by("pk").first()
        if breached is not None:
            incident = Incident.objects.get(ref=breached.subject_ref)
            act.void_breach(
                incident_id=incident.pk,
                target=breached.target,
                ordinal=breached.ordinal,
                reason="Agreed.",
                by=self.staff,
                now=self.now,
            )

    def suspend(self) -> None:
        suspend_agreement(agreement_id=self.agreement.pk, by=self.staff, at=self.now)

    def reinstate(self) -> None:
        reinstate_agreement(agreement_id=self.agreement.pk, by=self.staff, at=self.now)

    def amend(self) -> None:
        hours = self.data.draw(st.integers(1, 5))
        targets = {"critical": {"response": f"PT{hours}H"}}
        amend_agreement(agreement_id=self.agreement.pk, targets=targets, by=self.staff, at=self.now)

    def schedule(self) -> None:
        act.schedule_hosted_event(
            agreement_id=self.agreement.pk,
            name="Summit",
            zone="America/New_York",
            sessions=self._sessions(),
            by=self.contact,
            now=self.now,
        )

    def move(self) -> None:
        hosted = HostedEvent.objects.order_by("pk").last()
        if hosted is not None:
            act.reschedule_hosted_event(
                hosted_event_id=hosted.pk, zone="UTC", sessions=self._sessions(), by=self.staff, now=self.now
            )

    def cancel(self) -> None:
        hosted = HostedEvent.objects.order_by("pk").first()
        if hosted is not None:
            act.cancel_hosted_event(hosted_event_id=hosted.pk, by=self.staff, now=self.now)

    def plan(self) -> None:
        product = self.agreement.product
        assert product is not None
        act.plan_release(
            product_id=product.pk,
            ref=f"R{self.data.draw(st.integers(1, 2))}",
            planned_at=self.now + self.data.draw(st.integers(1, 90)) * HOUR,
            by=self.staff,
            now=self.now,
        )

    def publish(self) -> None:
        release = Release.objects.filter(published_at__isnull=True).order_by("pk").first()
        if release is not None:
            fixes = list(Incident.objects.open().values_list("pk", flat=True)[:1])
            act.publish_release(release_id=release.pk, fixes=fixes, notes="It works.", by=self.staff, now=self.now)


ACTS: list[Callable[[Walk], None]] = [step for name, step in vars(Walk).items() if not name.startswith("_")]


@pytest.mark.django_db
@pytest.mark.parametrize("preset", ["juno-live-support", "jbi-support"])
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_rows_are_what_the_journal_replayed_says(preset: str, data: Draw) -> None:
    with transaction.atomic():
        walk = Walk(preset, data)
        walk.report()
        for _ in range(data.draw(st.integers(2, STEPS))):
            step = data.draw(st.sampled_from(ACTS))
            try:
                with transaction.atomic():
                    step(walk)
            except PortalError:
                pass  # refused, and nothing of it was kept
            walk.now += data.draw(st.sampled_from([0, 1, 10, 30, 60, 240, 1440, 4320])) * timedelta(minutes=1)
            if data.draw(st.booleans()):
                flag_waking(now=walk.now)

        walk.now += timedelta(seconds=7)
        flag_waking(now=walk.now)

        clocks, findings = replayed(walk.agreement, until=walk.now)
        rows, found = kept(walk.agreement)
        known = {(row.subject, row.target, row.ordinal) for row in clocks}
        # What staff record later than it was done may leave no room for a clock: its row stays, and is void.
        rows = [row for row in rows if row.state != "void" or (row.subject, row.target, row.ordinal) in known]
        assert (clocks, findings) == (rows, found)
        transaction.set_rollback(True)
