"""What happened under an agreement, in words: to its incidents, its hosted events and releases, and to its service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.urls import reverse

from incidents.cards import WAITS
from incidents.models import BackupType, HostedEvent, Outage, Release
from portal.clients.models import Agreement
from portal.clocks.words import target_label
from portal.journal.feed import Reader, Words, plain_name
from portal.journal.models import Event
from portal.journal.subjects import Description, SubjectKey
from portal.web.figures import instant_text, period_text
from portal.web.words import severity_sign


def incident_words(event: Event, *, for_staff: bool, before: str = "") -> Words:
    """Return what happened to an incident in words; `before` is the severity that it had until then."""
    payload = event.payload
    match event.kind:
        case "incident.reported":
            return Words("flag", f"Reported as {payload.get('severity', '')}")
        case "incident.responded":
            return Words("message-square", "First response given")
        case "incident.contacted":
            return Words("message-square", "Update given")
        case "incident.diagnostics_completed":
            return Words("circle-check", "Diagnostics complete: the response clock starts", clause="JB-4")
        case "incident.reproduced":
            return Words("circle-check", "Reproduced: the resolution clock starts", clause="JB-5")
        case "incident.waiting":
            return Words("circle-pause", f"Waiting {WAITS[payload['on']][0 if for_staff else 1]}", status="paused")
        case "incident.resumed":
            return Words("play", "The wait is over", clause="T-6")
        case "incident.reclassified":
            sign = severity_sign(payload["severity"])
            change = f"{before} to" if before else "as"
            return Words(sign.icon, f"Reclassified {change} {payload['severity']}", clause="T-7")
        case "incident.resolved":
            how = "a work-around" if payload.get("by") == "workaround" else "a fix"
            return Words("circle-check", f"Resolved by {how}", status="met")
        case "incident.reopened":
            return Words("history", "Reopened: a new resolution clock starts", clause="T-11")
        case "incident.linked":
            return Words("link", f"Linked to problem {payload.get('problem', '')}", clause="JS-13", status="internal")
        case "incident.determined":
            return Words("ban", "Found not to be covered by support: it has no deadlines", clause="JS-2", status="void")
        case "incident.attributed":
            return Words("ban", f"{_CAUSES[payload['cause']]}: no resolution time", clause="JB-7", status="void")
        case "incident.withdrawn":
            return Words("ban", "Withdrawn", status="void")
        case "incident.merged":
            return Words("shuffle", f"Goes on in {payload.get('into', '')}", status="void")
        case "breach.voided":
            label = target_label(payload["target"], payload["ordinal"])
            return Words("ban", f"The breach of {label.lower()} was voided", clause="T-5", status="void")
        case _:
            return Words("info", plain_name(event.kind))


_CAUSES = {"client_misuse": "Caused by misuse", "outside_control": "Caused outside the provider's control"}


def of_incident(event: Event, reader: Reader) -> Words:
    """Return what happened to an incident, or to a breach of its, as a line of the feed."""
    return incident_words(event, for_staff=reader.for_staff)


def of_hosted_event(event: Event, reader: Reader) -> Words:
    """Return what happened to a hosted event. Clause: JS-10."""
    sessions = event.payload.get("sessions", [])
    first = instant_text(min(_at(start) for start, _ in sessions), reader.zone) if sessions else ""
    many = f"{len(sessions)} sessions, the first {first}" if len(sessions) > 1 else first
    match event.kind:
        case "hosted_event.scheduled":
            return Words("calendar", "Hosted event scheduled", many, clause="JS-10")
        case "hosted_event.rescheduled":
            return Words("calendar", "Hosted event moved", many, clause="JS-10")
        case _:
            return Words("calendar-x", "Hosted event cancelled", clause="JS-10", status="void")


def of_release(event: Event, reader: Reader) -> Words:
    """Return what happened to a release. Clause: JS-9, JB-9."""
    name = "Beta release" if event.payload.get("beta") else "Release"
    if event.kind == "release.planned":
        return Words("package", f"{name} planned", f"for {instant_text(_at(event.payload['planned_at']), reader.zone)}")
    fixes = len(event.payload.get("fixes", []))
    return Words("package", f"{name} published", f"fixes {fixes} of yours" if fixes and not reader.for_staff else "")


def of_maintenance(event: Event, reader: Reader) -> Words:
    """Return what happened to a maintenance window. Clause: JS-18, JB-10."""
    if event.kind == "maintenance.cancelled":
        return Words("ban", "Maintenance cancelled", status="void")
    first, last = period_text(_at(event.payload["start"]), _at(event.payload["end"]), reader.zone)
    return Words("wrench", "Maintenance announced", f"{first} to {last}")


def of_outage(event: Event, reader: Reader) -> Words:
    """Return what was recorded of an outage. Clause: JS-17, JB-10."""
    payload = event.payload
    cause = Outage.Cause(payload.get("cause", Outage.Cause.UNSCHEDULED)).label
    if payload.get("end") is None:
        return Words(
            "octagon-x", "Outage", f"since {instant_text(_at(payload['start']), reader.zone)}", status="breached"
        )
    first, last = period_text(_at(payload["start"]), _at(payload["end"]), reader.zone)
    return Words("octagon-x", "Outage recorded", f"{first} to {last}. {cause}")


def of_backup(event: Event, reader: Reader) -> Words:
    """Return what checked in. Clause: JS-19."""
    return Words("circle-check", f"{BackupType(event.payload['kind']).label} backup completed", clause="JS-19")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def describe_hosted_events(keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
    """Return how hosted events are shown. One query."""
    wanted = set(keys)
    rows = HostedEvent.objects.filter(agreement__in={pk for pk, _ in wanted}, ref__in={ref for _, ref in wanted})
    paths = {row.pk: reverse("hosted_event", args=[row.pk]) for row in rows}
    return {(row.agreement_id, row.ref): Description(row.name, "", paths[row.pk], paths[row.pk]) for row in rows}


def describe_releases(keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
    """Return how releases are shown: those of an agreement's product. Two queries."""
    wanted = set(keys)
    products = dict(Agreement.objects.filter(pk__in={pk for pk, _ in wanted}).values_list("pk", "product_id"))
    rows = Release.objects.filter(product__in=set(products.values()) - {None}, ref__in={ref for _, ref in wanted})
    named = {(row.product_id, row.ref): row for row in rows.select_related("product")}
    found = {key: named.get((products.get(key[0]) or 0, key[1])) for key in wanted}
    return {
        key: Description(f"{row.product} {row.ref}", "", *[reverse("release", args=[row.pk])] * 2)
        for key, row in found.items()
        if row is not None
    }
