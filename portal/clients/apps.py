"""The clients app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.http import HttpRequest


class ClientsConfig(AppConfig):
    """Tells the floors below who the provider is, makes it after every migrate, and has its pages in the navigation."""

    name = "portal.clients"
    label = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        # The models can only be imported once every app is loaded.
        from portal.accounts.access import user_of
        from portal.accounts.permissions import Act, may
        from portal.alerts.kinds import register_kind
        from portal.alerts.provider import set_provider
        from portal.clients import amendment_notices, decisions, happenings, notices, today
        from portal.clients.mails import outdated_invitations, render_invitations
        from portal.clients.notice_words import SAYS
        from portal.clients.queries import provider_as_sender
        from portal.clients.services.invitations import KIND
        from portal.clients.services.provider import make_provider
        from portal.journal import feed
        from portal.web import navigation

        def administers(request: HttpRequest) -> bool:
            return may(user_of(request), Act.ADMINISTER)

        def manages_people(request: HttpRequest) -> bool:
            return may(user_of(request), Act.MANAGE_PEOPLE)

        set_provider(provider_as_sender)
        register_kind(KIND, render_invitations, outdated_invitations)
        for kind in notices.TO_CLIENT:
            register_kind(kind, notices.render, told="client", mutable=False, says=SAYS[kind])
        for kind in amendment_notices.KINDS:
            register_kind(kind, amendment_notices.render, told="both", mutable=False, says=SAYS[kind])
        register_kind(
            notices.TERM_ENDING,
            notices.render_term_endings,
            notices.outdated_term_endings,
            told="staff",
            says=SAYS[notices.TERM_ENDING],
        )
        feed.register_words("agreement", happenings.of_agreement, label="Agreements")
        feed.register_subject("agreement", happenings.describe_agreements)
        today.decisions.register(decisions.renewals)
        today.coming.register(decisions.endings)
        navigation.register(
            navigation.NavEntry(url_name="clients", label="Clients", icon="building-2", audience="staff", order=40),
            navigation.NavEntry(url_name="teams", label="Teams", icon="users-round", audience="staff", order=50),
            navigation.NavEntry(
                url_name="staff",
                label="Staff",
                icon="users",
                audience="staff",
                order=890,
                section="Installation",
                allows=administers,
            ),
            navigation.NavEntry(
                url_name="settings",
                label="Settings",
                icon="settings",
                audience="staff",
                order=900,
                section="Installation",
                allows=administers,
            ),
            navigation.NavEntry(
                url_name="admin:index",
                label="Records",
                icon="database",
                audience="staff",
                order=910,
                section="Installation",
                allows=administers,
            ),
            navigation.NavEntry(url_name="agreements", label="Agreements", icon="scale", audience="client", order=40),
            navigation.NavEntry(
                url_name="people", label="People", icon="users", audience="client", order=50, allows=manages_people
            ),
            navigation.NavEntry(
                url_name="activity", label="Activity", icon="history", audience="client", order=170, section="More"
            ),
        )
        post_migrate.connect(make_provider, sender=self, dispatch_uid="clients_provider")
