"""The credits app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CreditsConfig(AppConfig):
    """Registers what the database guards and how sources are shown, and makes the units after every migrate."""

    name = "credits"
    verbose_name = "Credits"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from credits import guards, proposals, source_kinds, termination_notices, today, work_register
        from credits.credit_payload import SERVICE_CREDIT
        from credits.queries import rights
        from credits.refund import REFUND, RefundKind
        from credits.service_credit import ServiceCreditKind
        from credits.services.units import make_units
        from portal.accounts.permissions import Act, may
        from portal.alerts.kinds import register_kind
        from portal.clients.today import decisions, risks
        from portal.web import navigation
        from portal.web.navigation import NavEntry

        guards.register()
        source_kinds.register()
        proposals.register(SERVICE_CREDIT, ServiceCreditKind())
        proposals.register(REFUND, RefundKind())
        decisions.register(today.proposals_to_decide)
        risks.register(rights.risks)
        for kind in termination_notices.KINDS:
            register_kind(kind, termination_notices.render)
        work_register.register()
        navigation.register(
            NavEntry(
                url_name="proposals",
                label="Approvals",
                icon="stamp",
                audience="staff",
                order=130,
                section="Money",
                allows=lambda request: may(request.user, Act.SEE_MONEY),  # type: ignore[arg-type]
            ),
        )
        post_migrate.connect(make_units, sender=self, dispatch_uid="credits_units")
