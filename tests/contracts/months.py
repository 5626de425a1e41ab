"""What a month costs, through pages and the beat's task: late incidents, outages, and what the close proposes."""

from __future__ import annotations

from credits.models import Proposal
from credits.tasks import close_months
from incidents.models import Incident, Outage
from tests.contracts.desk import at
from tests.contracts.paid import PaidDesk


def late(desk: PaidDesk, day: str = "03-03") -> Incident:
    """Let a critical incident be answered after an hour and solved after eight: 10 % and 15 %."""
    incident = desk.report(f"{day} 09:00", category="nonconformity")
    desk.flag(f"{day} 09:45")
    desk.work(f"{day} 10:00", incident, "reply", body="We look at it.")
    desk.flag(f"{day} 16:00")
    desk.work(f"{day} 17:00", incident, "resolve", how="fix", body="It works again.")
    return incident


def in_time(desk: PaidDesk, day: str) -> Incident:
    """Let a critical incident be answered and solved in time."""
    incident = desk.report(f"{day} 09:00", category="nonconformity")
    desk.work(f"{day} 09:10", incident, "reply", body="We look at it.")
    desk.work(f"{day} 09:20", incident, "resolve", how="fix", body="It works again.")
    return incident


def down(desk: PaidDesk, when: str, start: str, end: str) -> Outage:
    """Let the manager record an outage, by New York's wall clock."""
    page = f"/availability/{desk.agreement.pk}/outages/new/"
    desk.do(when, page, by=desk.manager, start=start, end=end, cause="unscheduled")
    return Outage.objects.latest("pk")


def close(when: str = "04-01 00:30") -> None:
    """Let beat close what is over."""
    with at(when):
        close_months()


def proposed() -> dict[str, int]:
    """Return what waits for a second person, by rule, in cents."""
    waiting = Proposal.objects.undecided()
    return {proposal.payload["rule"]: proposal.minor for proposal in waiting.order_by("pk")}


def approve_all(desk: PaidDesk, when: str) -> None:
    """Let the second person approve whatever waits, largest first."""
    for proposal in Proposal.objects.undecided().order_by("-minor"):
        desk.do(when, f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")
