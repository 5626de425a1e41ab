"""The incidents app."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Registers the app, and what the portal must know of its subjects."""

    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from incidents import (
            agenda,
            desk_mails,
            happenings,
            maintenance,
            release_notes,
            remedies,
            remedy_notices,
            today,
        )
        from incidents.mails import render
        from incidents.models import RemedyAction, RemedyConsent, RemedyDone, RemedyVersion
        from incidents.notice_words import SAYS
        from incidents.notices import KINDS, TO_CLIENT
        from incidents.services import BackupKind, IncidentKind, MaintenanceKind, OutageKind
        from portal.alerts.kinds import Audience, register_kind
        from portal.clients import places, underway
        from portal.clients import today as first_screens
        from portal.clients.agreed import agreed
        from portal.journal import feed
        from portal.journal.append_only import append_only
        from portal.journal.subjects import register
        from portal.web import navigation
        from portal.web.navigation import NavEntry

        register("incident", IncidentKind())
        register("outage", OutageKind())
        register("maintenance", MaintenanceKind())
        register("backup", BackupKind())
        for kind in KINDS:
            side: Audience = "client" if kind in TO_CLIENT else "staff"
            register_kind(
                kind, render, desk_mails.outdated, told=side, mutable=TO_CLIENT.get(kind, True), says=SAYS[kind]
            )
        for kind in maintenance.KINDS:
            register_kind(kind, maintenance.render, told="client", mutable=False, says=SAYS[kind])
        register_kind(
            release_notes.KIND, release_notes.render, told="client", mutable=False, says=SAYS[release_notes.KIND]
        )
        feed.register_words("incident", happenings.of_incident, label="Incidents")
        feed.register_words("breach", happenings.of_incident)
        feed.register_words("hosted_event", happenings.of_hosted_event, label="Hosted events")
        feed.register_words("release", happenings.of_release, label="Releases")
        feed.register_words("maintenance", happenings.of_maintenance, label="Maintenance")
        feed.register_words("outage", happenings.of_outage, label="Outages")
        feed.register_words("backup", happenings.of_backup, label="Backups")
        feed.register_subject("hosted_event", happenings.describe_hosted_events)
        feed.register_subject("release", happenings.describe_releases)
        places.register(
            places.Place(url_name="incident_queue", label="Incidents", icon="life-buoy", order=20, narrowed=True)
        )
        underway.register(today.begun)
        first_screens.awaited.register(today.awaited)
        first_screens.decisions.register(today.decisions)
        first_screens.decisions.register(remedies.decisions)
        first_screens.risks.register(today.risks)
        first_screens.coming.register(agenda.coming_up)
        for fact in (RemedyVersion, RemedyAction, RemedyConsent, RemedyDone):
            append_only(fact)
        for kind in remedy_notices.KINDS:
            register_kind(
                kind, remedy_notices.render, remedy_notices.outdated, told="both", mutable=False, says=SAYS[kind]
            )
        navigation.register(
            NavEntry(url_name="incident_queue", label="Incidents", icon="life-buoy", audience="staff", order=20),
            NavEntry(url_name="hosted_events", label="Hosted events", icon="calendar", audience="staff", order=22),
            NavEntry(url_name="releases", label="Releases", icon="package", audience="staff", order=24),
            NavEntry(url_name="problems", label="Problems", icon="link", audience="staff", order=26),
            NavEntry(
                url_name="hosted_events",
                label="Events",
                icon="calendar",
                audience="client",
                order=30,
                allows=agreed("hosted"),
            ),
            NavEntry(
                url_name="releases",
                label="Releases",
                icon="package",
                audience="client",
                order=110,
                section="More",
                allows=agreed("product"),
            ),
            NavEntry(
                url_name="availability_list",
                label="Availability",
                icon="gauge",
                audience="staff",
                order=110,
                section="Promises",
            ),
            NavEntry(
                url_name="availability_list",
                label="Availability",
                icon="gauge",
                audience="client",
                order=120,
                section="More",
                allows=agreed("availability"),
            ),
            NavEntry(
                url_name="remedies",
                label="Remedy plans",
                icon="list-checks",
                audience="staff",
                order=115,
                section="Promises",
            ),
            NavEntry(
                url_name="support",
                label="Support",
                icon="life-buoy",
                audience="client",
                order=20,
                allows=agreed("support"),
            ),
        )
