"""What people did that no history tells: a remedy plan, invoices, prepaid units bought and used, work logged, credits
granted, statements and what the client says to them, a quote, a service request.

Each deed goes through its service, at its own instant; nobody is told of what was done before the demonstration began.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from credits.jobs import INCIDENT, job_of
from credits.models import DisputeAnswer, Kind, Proposal, Rate, ServiceRequest, StatementLine
from credits.queries.closing import crediting
from credits.rules.quotes import HoursAtRate
from credits.rules.units import Amount
from credits.services import (
    Order,
    answer_dispute,
    approve,
    approve_proposal,
    charge_client,
    close_months,
    consume_entitlement,
    enter_invoice,
    grant_entitlement,
    issue_statements,
    log_time,
    offset_invoices,
    quote_work,
    raise_dispute,
    record_payment,
    request_service,
    reserve,
    waive_proposal,
)
from incidents.models import Incident
from incidents.rules.months import Month
from incidents.services import (
    PlannedAction,
    agree_to_remedy_plan,
    ask_remedy_plan,
    finish_remedy_action,
    propose_remedy_plan,
)
from portal.accounts.models import User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.contract.money import Money

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ENGINEER = "Engineer"
CONCERN = (
    "The session cache filled up twice within two weeks, and both times nobody could join. "
    "We want to know what you change so that it does not happen at the next event."
)


class Deeds:
    """The people and agreements of the demonstration, and what is done with them."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people = {user.email.partition("@")[0]: user for user in User.objects.select_related("client")}
        self.agreements = {row.ref: row for row in Agreement.objects.select_related("client")}

    def do(self) -> None:
        """Do all of it, and forget the notices that it queued."""
        self.agree_on_a_remedy()
        self.keep_books()
        self.grant_credits()
        self.tell_of_money()
        self.offer_work()
        Message.objects.all().delete()

    def agree_on_a_remedy(self) -> None:
        """Let Alder & Finch ask for a plan, both sides agree, and one action is done. Clause: JS-21."""
        maya, elena, then = self.people["maya.okafor"], self.people["elena.finch"], self.now - 2 * DAY
        today = self.now.astimezone(ZoneInfo("America/New_York")).date()
        plan = ask_remedy_plan(agreement_id=self.agreements["ALDER-SUPPORT"].pk, concern=CONCERN, by=elena, now=then)
        actions = [
            PlannedAction("Double the session cache and empty it after imports.", "provider", "Priya Raman", today),
            PlannedAction("Watch the cache, and call out at 80 %.", "provider", "Jonas Lindqvist", today + 2 * DAY),
            PlannedAction("Send imports a day before an event.", "client", "Dana Whitlock", today + 9 * DAY),
            PlannedAction("Go through the next two events together.", "provider", "Maya Okafor", today + 30 * DAY),
        ]
        note = "The cache was too small for imports during an event; these are the four steps."
        propose_remedy_plan(plan_id=plan.pk, after=0, actions=actions, note=note, by=maya, now=then + 3 * HOUR)
        agree_to_remedy_plan(plan_id=plan.pk, version=1, name=elena.name, by=elena, now=then + 22 * HOUR)
        finish_remedy_action(plan_id=plan.pk, number=1, note="Live since last night.", by=maya, now=then + 40 * HOUR)

    def keep_books(self) -> None:
        """Enter invoices, sell and use prepaid units, log and charge work. Clause: JS-15, JI-8, JN-2, JB-8."""
        tom, noor = self.people["tom.adeyemi"], self.people["noor.haddad"]
        for ref, dollars in (("ALDER-SUPPORT", 10_000), ("ALDER-BROADCAST", 4_000)):
            for back in (2, 1, 0):
                first = Month.of(self.now, ZoneInfo("America/New_York")).plus(-back)
                issued = first.start(ZoneInfo("America/New_York")).date()
                number = f"{ref}-{first}"
                money = Money(dollars * 100, "USD")
                invoice = enter_invoice(
                    client=self.agreements[ref].client,
                    number=number,
                    issued_on=issued,
                    money=money,
                    by=tom,
                    now=self.now,
                )
                if back == 2 and ref == "ALDER-BROADCAST":
                    paid = self._order("alder-paid", tom)
                    paid |= {"source": f"invoice:{number}", "effective_on": issued + 21 * DAY}
                    record_payment(invoice=invoice, money=money, **paid)
        self._sell("NORTHFIELD-LAUNCH", Amount(120_00, "hours"), tom)
        self._use("NORTHFIELD-LAUNCH", Amount(46_50, "hours"), "northfield-so-far")
        self._sell("LUMEN-SERVICES", Amount(24, "sessions"), tom)
        self._use("LUMEN-SERVICES", Amount(7, "sessions"), "lumen-so-far")
        self._sell("AVEREY-CHANGES", Amount(10, "advanced_credits"), tom)
        reserve(
            agreement=self.agreements["AVEREY-CHANGES"],
            amount=Amount(1, "advanced_credits"),
            **self._order("averey-next-change", None),
        )
        self._charge(tom, noor)

    def grant_credits(self) -> None:
        """Close what was over six weeks ago; waive the first, leave the last, apply a part. Clause: JS-15, JS-20."""
        tom, noor, then = self.people["tom.adeyemi"], self.people["noor.haddad"], self.now - 45 * DAY
        agreement = self.agreements["ALDER-SUPPORT"]
        close_months(now=then, agreements=crediting().filter(client=agreement.client))
        # What takes back follows what gave.
        waiting = list(Proposal.objects.undecided().filter(client=agreement.client).order_by("month", "-minor", "pk"))
        waive_proposal(
            proposal_id=waiting[0].pk,
            reason="You chose the free training day instead.",
            by=noor,
            now=then + DAY,
        )
        for proposal in waiting[1:-1]:
            approve_proposal(proposal_id=proposal.pk, by=noor, now=then + DAY)
        applied_at = self.now - 40 * DAY
        offset_invoices(
            client=agreement.client,
            money=Money(1_500_00, "USD"),
            scope="demonstration",
            key="alder-applied",
            effective_on=applied_at.astimezone(ZoneInfo("America/New_York")).date(),
            by=tom,
            now=applied_at,
            source=f"client:{agreement.client_id}",
        )

    def tell_of_money(self) -> None:
        """Issue each month's statements on the day after it; the client disputes two lines, one is answered."""
        this = Month.of(self.now, ZoneInfo("America/New_York"))
        for back in (2, 1, 0):
            day_after = this.plus(-back).start(ZoneInfo("America/New_York")) + DAY
            issue_statements(now=min(day_after, self.now))
        elena, tom = self.people["elena.finch"], self.people["tom.adeyemi"]
        lines = StatementLine.objects.visible_to(elena).filter(entry__kind=Kind.SERVICE_CREDIT).order_by("pk")
        first, second = lines[:2]
        answered = raise_dispute(
            line_id=first.pk, reason="We count one hour more than this credit does.", by=elena, now=self.now - 20 * HOUR
        )
        answer_dispute(
            dispute_id=answered.pk,
            outcome=DisputeAnswer.Outcome.RIGHT,
            text="The hour before was announced maintenance, which the agreement does not count.",
            by=tom,
            now=self.now - 16 * HOUR,
        )
        raise_dispute(
            line_id=second.pk,
            reason="Our attendees could not join for the whole evening; this covers an hour of it.",
            by=elena,
            now=self.now - 3 * HOUR,
        )

    def offer_work(self) -> None:
        """Quote what support does not cover, and let a client ask for a training. Clause: JS-2, JB-14."""
        maya, luis = self.people["maya.okafor"], self.people["luis.ortega"]
        today = self.now.astimezone(ZoneInfo("America/New_York")).date()
        incident = Incident.objects.get(agreement=self.agreements["ALDER-SUPPORT"], ref="INC-2027")
        quote_work(
            job=job_of(INCIDENT, incident.pk, user=maya),
            price=HoursAtRate(3 * 60, ENGINEER),
            text="We merge the two lists, look through the doubtful pairs with you, and hand you the result as a file.",
            valid_until=today + 14 * DAY,
            by=maya,
            now=self.now - 2 * HOUR,
        )
        request_service(
            agreement_id=self.agreements["COASTLINE-SUPPORT"].pk,
            kind=ServiceRequest.Kind.TRAINING,
            title="Train three new editors",
            wish="Three colleagues start next month. Half a day, remotely, on writing and approving pages.",
            wanted_on=today + 21 * DAY,
            by=luis,
            now=self.now - 5 * HOUR,
        )

    def _order(self, key: str, by: User | None) -> Order:
        return {
            "scope": "demonstration",
            "key": key,
            "effective_on": self.now.date() - DAY,
            "by": by,
            "now": self.now,
            "source": f"order:{key}",
        }

    def _sell(self, ref: str, amount: Amount, by: User) -> None:
        grant_entitlement(
            agreement=self.agreements[ref],
            amount=amount,
            effective_at=self.now - 200 * DAY,
            expires_at=self.now + 165 * DAY,
            **self._order(f"sold-{ref}", by),
        )

    def _use(self, ref: str, amount: Amount, key: str) -> None:
        consume_entitlement(agreement=self.agreements[ref], amount=amount, **self._order(key, None))

    def _charge(self, tom: User, noor: User) -> None:
        """Charge an investigation whose cause was not ours, and leave an hour logged that waits. Clause: JB-8."""
        agreement, priya = self.agreements["COASTLINE-SUPPORT"], self.people["priya.raman"]
        Rate.objects.create(name=ENGINEER, unit_id="USD", hourly=180_00, from_on=(self.now - 365 * DAY).date())
        worked_on = (self.now - 6 * DAY).date()
        entries = [
            log_time(
                agreement=agreement,
                subject=f"incident:{incident}",
                worked_by=priya,
                worked_on=worked_on,
                minutes=minutes,
                rate=ENGINEER,
                currency="USD",
                by=priya,
                now=self.now - 5 * DAY,
            )
            for incident, minutes in (("INC-2033", 90), ("INC-2030", 60))
        ]
        charge_client(
            agreement=agreement,
            subject="incident:INC-2033",
            reason="The page was changed by the client's own agency.",
            fixed=Money(0, "USD"),
            time=entries[:1],
            approval=approve(
                client=agreement.client, prepared_by=tom, amount=Amount(270_00, "USD"), by=noor, now=self.now - 4 * DAY
            ),
            **self._order("charge-INC-2033", noor),
        )
