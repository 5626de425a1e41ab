"""The credits app."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.accounts.models import User
    from portal.accounts.permissions import Act


def _may(act: Act, request: HttpRequest) -> bool:
    from portal.accounts.models import User
    from portal.accounts.permissions import may

    return isinstance(request.user, User) and may(request.user, act)


def _sees_money(user: User) -> bool:
    from portal.accounts.permissions import Act, may

    return may(user, Act.SEE_MONEY)


class CreditsConfig(AppConfig):
    """Registers what the database guards and how sources are shown, and makes the units after every migrate."""

    name = "credits"
    verbose_name = "Credits"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from credits import (
            dispute_notices,
            guards,
            proposals,
            source_kinds,
            termination_notices,
            today,
            work_register,
        )
        from credits.credit_payload import SERVICE_CREDIT
        from credits.notice_words import SAYS
        from credits.payout import PAYOUT, PayoutKind
        from credits.queries import rights
        from credits.refund import REFUND, RefundKind
        from credits.reversal import REVERSAL, ReversalKind
        from credits.service_credit import ServiceCreditKind
        from credits.services.units import make_units
        from portal.accounts.permissions import Act
        from portal.alerts.kinds import register_kind
        from portal.clients import places
        from portal.clients.today import decisions, risks
        from portal.web import navigation
        from portal.web.navigation import NavEntry

        guards.register()
        source_kinds.register()
        proposals.register(SERVICE_CREDIT, ServiceCreditKind())
        proposals.register(REFUND, RefundKind())
        proposals.register(PAYOUT, PayoutKind())
        proposals.register(REVERSAL, ReversalKind())
        decisions.register(today.proposals_to_decide)
        decisions.register(today.months_held_up)
        decisions.register(today.disputes_to_answer)
        raised, answered = dispute_notices.RAISED, dispute_notices.ANSWERED
        register_kind(raised, dispute_notices.render, told="staff", mutable=False, says=SAYS[raised])
        register_kind(answered, dispute_notices.render, told="client", mutable=False, says=SAYS[answered])
        risks.register(rights.risks)
        for kind in termination_notices.KINDS:
            register_kind(kind, termination_notices.render, told="both", mutable=False, says=SAYS[kind])
        work_register.register()
        places.register(
            places.Place(url_name="money_client", label="Balance", icon="scale", order=60, allows=_sees_money),
            places.Place(
                url_name="statements",
                label="Statements",
                icon="file-text",
                order=62,
                narrowed=True,
                allows=_sees_money,
            ),
            places.Place(url_name="client_entitlements", label="Prepaid units", icon="ticket", order=64),
        )
        sees_money = partial(_may, Act.SEE_MONEY)
        navigation.register(
            NavEntry(
                url_name="money",
                label="Balances",
                icon="scale",
                audience="staff",
                order=128,
                section="Money",
                allows=sees_money,
            ),
            NavEntry(
                url_name="closes",
                label="Months",
                icon="calendar",
                audience="staff",
                order=131,
                section="Money",
                allows=sees_money,
            ),
            NavEntry(
                url_name="statements",
                label="Statements",
                icon="file-text",
                audience="staff",
                order=138,
                section="Money",
                allows=sees_money,
            ),
            NavEntry(
                url_name="statements",
                label="Statements",
                icon="file-text",
                audience="client",
                order=160,
                section="More",
                allows=sees_money,
            ),
            NavEntry(
                url_name="proposals",
                label="Approvals",
                icon="stamp",
                audience="staff",
                order=130,
                section="Money",
                allows=sees_money,
            ),
        )
        post_migrate.connect(make_units, sender=self, dispatch_uid="credits_units")
