"""Who may do what: one table of roles and acts, asked by pages, API and services alike.

Reading is not in it: what somebody may see is each queryset's `visible_to(user)`.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Role, User


class Act(StrEnum):
    """Something that not every user may do."""

    REPORT_INCIDENT = "report_incident"
    COMMENT = "comment"
    WORK_INCIDENT = "work_incident"
    """Answer, note, wait, resume, reproduce, resolve, reopen, link, assign."""
    RECLASSIFY = "reclassify"
    DETERMINE = "determine"
    ATTRIBUTE = "attribute"
    WITHDRAW = "withdraw"
    MANAGE_HOSTED_EVENTS = "manage_hosted_events"
    MANAGE_RELEASES = "manage_releases"
    MANAGE_AVAILABILITY = "manage_availability"
    """Record outages, announce maintenance, make the addresses at which backups check in."""
    REMEDY_PLAN = "remedy_plan"
    """Ask for a remedy plan, propose, agree, say what is done: a word of one's own side. Clause: JS-21."""
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_PEOPLE = "manage_people"
    """Invite a client's people, designate support contacts, close and reopen logins; a client's user its own only."""
    MANAGE_AGREEMENTS = "manage_agreements"
    """Draft, activate, amend, suspend, reinstate."""
    MANAGE_TEAMS = "manage_teams"
    """Make teams, say when they are told, write their rota, record absences of others."""
    CHOOSE_BETAS = "choose_betas"
    """Ask for beta releases under an agreement, or for none any more."""
    VOID_BREACH = "void_breach"
    SEE_MONEY = "see_money"
    """See credits, charges, invoices and statements; a client's user its own client's only."""
    PREPARE_MONEY = "prepare_money"
    """Propose what a second person decides on, type invoices in, offset credits against them."""
    APPROVE_MONEY = "approve_money"
    """Approve, waive or decline what somebody else prepared, up to the role's limit: credits, payouts, charges."""
    LOG_TIME = "log_time"
    """Log work that may be charged, and strike it again."""
    TERMINATE = "terminate"
    """Exercise a right to end the order form: the client's notice. Clause: JB-11."""
    DECIDE_OFFER = "decide_offer"
    """Accept or decline a quote, dispute a line of a statement: the client's word on money."""
    REPLAY = "replay"
    SEE_LATENCY = "see_latency"
    ACT_AS_CLIENT = "act_as_client"
    """See and do what a client's person does, in their name."""
    ADMINISTER = "administer"
    """Settings of the installation, logins of staff, the Django admin."""


_MEMBER = frozenset({Act.COMMENT})
# Only designated contacts open requests; a client's administrator may do what they may. Clause: JB-2, JS-16.
_SUPPORT_CONTACT = _MEMBER | {
    Act.REPORT_INCIDENT,
    Act.WITHDRAW,
    Act.MANAGE_HOSTED_EVENTS,
    Act.REMEDY_PLAN,
    Act.CHOOSE_BETAS,
    Act.SEE_MONEY,
}

_CLIENT_ADMINISTRATOR = _SUPPORT_CONTACT | {Act.MANAGE_PEOPLE, Act.DECIDE_OFFER, Act.TERMINATE}

_FINANCE = frozenset({Act.SEE_LATENCY, Act.SEE_MONEY, Act.PREPARE_MONEY, Act.APPROVE_MONEY, Act.LOG_TIME})
_AGENT = frozenset(
    {
        Act.REPORT_INCIDENT,
        Act.COMMENT,
        Act.WORK_INCIDENT,
        Act.RECLASSIFY,
        Act.DETERMINE,
        Act.ATTRIBUTE,
        Act.WITHDRAW,
        Act.MANAGE_HOSTED_EVENTS,
        Act.MANAGE_RELEASES,
        Act.MANAGE_AVAILABILITY,
        Act.LOG_TIME,
        Act.CHOOSE_BETAS,
        Act.REPLAY,
        Act.SEE_LATENCY,
    }
)
_MANAGER = _AGENT | {
    Act.MANAGE_TEAMS,
    Act.REMEDY_PLAN,
    Act.MANAGE_CLIENTS,
    Act.MANAGE_PEOPLE,
    Act.ACT_AS_CLIENT,
    Act.MANAGE_AGREEMENTS,
    Act.VOID_BREACH,
    Act.SEE_MONEY,
    Act.PREPARE_MONEY,
    Act.APPROVE_MONEY,
}

ALLOWED: MappingProxyType[Role, frozenset[Act]] = MappingProxyType(
    {
        Role.AGENT: _AGENT,
        Role.MANAGER: _MANAGER,
        Role.FINANCE: _FINANCE,
        Role.ADMINISTRATOR: frozenset(Act),
        Role.MEMBER: _MEMBER,
        Role.SUPPORT_CONTACT: _SUPPORT_CONTACT,
        Role.CLIENT_ADMINISTRATOR: _CLIENT_ADMINISTRATOR,
    }
)
"""What each role may do."""


OF_MONEY = frozenset({Act.SEE_MONEY, Act.PREPARE_MONEY, Act.APPROVE_MONEY, Act.LOG_TIME, Act.DECIDE_OFFER})
"""Everything that has to do with money."""

NEVER_IN_ANOTHERS_NAME = OF_MONEY | {Act.MANAGE_PEOPLE, Act.REMEDY_PLAN, Act.TERMINATE}
"""What staff who act as a client's person may not do: touch money, decide who signs in, agree to our plans, end it."""


def may(user: User, act: Act) -> bool:
    """Return whether the user's role allows the act. A login that was closed may do nothing."""
    if user.acted_by is not None and act in NEVER_IN_ANOTHERS_NAME:
        return False
    return user.is_active and act in ALLOWED[Role(user.role)]


def exists_for(user: User, act: Act) -> bool:
    """Return whether anybody on the user's side, the staff's or the clients', may do the act at all."""
    side = STAFF_ROLES if user.is_provider else CLIENT_ROLES
    return any(act in ALLOWED[role] for role in side)
