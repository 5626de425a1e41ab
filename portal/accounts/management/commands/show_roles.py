"""Print docs/roles.md: who may do what, from the table that pages, API and services ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand

from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Role
from portal.accounts.permissions import ALLOWED, NEVER_IN_ANOTHERS_NAME, Act

WORDS = {
    Act.REPORT_INCIDENT: "Report an incident",
    Act.COMMENT: "Write to the other side",
    Act.WORK_INCIDENT: "Answer, note, wait, resume, reproduce, resolve, reopen, link and assign an incident",
    Act.RECLASSIFY: "Give an incident another severity",
    Act.DETERMINE: "Determine whether support covers an incident",
    Act.ATTRIBUTE: "Say what caused an incident",
    Act.WITHDRAW: "Withdraw an incident",
    Act.MANAGE_HOSTED_EVENTS: "Schedule, change and cancel hosted events",
    Act.MANAGE_RELEASES: "Plan and publish releases",
    Act.MANAGE_AVAILABILITY: "Record outages, announce maintenance, let backups check in",
    Act.REMEDY_PLAN: "Ask for a remedy plan, propose its actions, agree to them, say what is done (JS-21)",
    Act.MANAGE_CLIENTS: "Make and change clients and their contacts",
    Act.MANAGE_PEOPLE: "Invite people, name support contacts, close and reopen logins, of a client",
    Act.MANAGE_AGREEMENTS: "Draft, activate, amend, suspend and reinstate agreements",
    Act.MANAGE_TEAMS: "Manage teams, their rota, and absences of others",
    Act.CHOOSE_BETAS: "Ask for beta releases under an agreement, or stop them",
    Act.VOID_BREACH: "Void a breach, with a reason",
    Act.SEE_MONEY: "See credits, charges, invoices and statements",
    Act.PREPARE_MONEY: "Propose credits, payouts and charges, type invoices in, offset credits against them",
    Act.APPROVE_MONEY: "Decide on credits, payouts and charges that somebody else prepared, up to the role's limit",
    Act.LOG_TIME: "Log work that may be charged",
    Act.TERMINATE: "Exercise the right to end the order form (JB-11)",
    Act.DECIDE_OFFER: "Accept or decline a quote, dispute a line of a statement",
    Act.REPLAY: "Replay a recorded history",
    Act.SEE_LATENCY: "See how fast the portal alerts",
    Act.ACT_AS_CLIENT: "Act as a client's person, with a reason",
    Act.ADMINISTER: "Change the settings, manage staff's logins, open the records",
}
"""Each act in a few words."""

HEAD = """# Who may do what

A role is all that decides. What somebody may *see* is another matter: staff see every client, a client's people see
their own. A page that no role of a side may act on does not exist for that side (404); others of the side are refused
(403).

`./dev manage show_roles` prints this page from the table in `portal/accounts/permissions.py`; a test keeps both equal,
and `tests/test_every_url.py` walks every address as every role by the same table.
"""


def table(roles: Sequence[Role], acts: Sequence[Act]) -> str:
    """Return the rows of some acts in Markdown, a column for each role."""
    rows = [[WORDS[act], *("yes" if act in ALLOWED[role] else "no" for role in roles)] for act in acts]
    lines = [["", *(role.label for role in roles)], ["---"] * (len(roles) + 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def page() -> str:
    """Return the whole page."""
    of_clients = [act for act in Act if any(act in ALLOWED[role] for role in CLIENT_ROLES)]
    never = "\n".join(f"- {WORDS[act]}" for act in Act if act in NEVER_IN_ANOTHERS_NAME)
    parts = [
        HEAD,
        "## Staff\n",
        f"{table(STAFF_ROLES, list(Act))}\n",
        "## Clients' people\n",
        f"{table(CLIENT_ROLES, of_clients)}\n",
        "## In another's name\n",
        f"Staff who act as a client's person do what that person may, but never:\n\n{never}\n",
    ]
    return "\n".join(parts)


class Command(BaseCommand):
    """Print the page."""

    help = "Print docs/roles.md: who may do what."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write to standard output."""
        self.stdout.write(page(), ending="")
