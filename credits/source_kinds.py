"""The kinds of sources that this module knows of itself: incidents and outages, breaches, invoices, lots, clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from credits.models import Lot, Proposal
from credits.proposals import titles, url_of
from credits.sources import Resolve, Source, SourceKey, register_source
from portal.clients.models import Client
from portal.clocks.models import Breach
from portal.clocks.words import target_label
from portal.journal.subjects import Description, described, subject_kind
from portal.web.navigation import Audience


def of_subjects(kind: str) -> Resolve:
    """Return how a kind of the journal's subjects is shown: by its own description."""

    def resolve(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
        known = subject_kind(kind).describe([(key.agreement_id, key.ref) for key in keys if key.agreement_id])
        return {
            key: Source(described.label, _path(described, audience))
            for key in keys
            if key.agreement_id and (described := known.get((key.agreement_id, key.ref)))
        }

    return resolve


def of_breaches(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
    """Return how breaches are shown: by what was missed, and why the time was over. Two queries a kind of subject."""
    by_id = numbered(keys)
    rows = {
        breach.pk: breach.clock
        for breach in Breach.objects.filter(pk__in=by_id).select_related("clock").order_by("clock__subject_kind")
    }
    shown = described(clock.named for clock in rows.values())
    found = {}
    for pk, key in by_id.items():
        clock = rows.get(pk)
        subject = clock and shown.get(clock.named)
        if clock is not None and subject:
            path = _path(subject, audience)
            if clock.subject_kind == "incident" and path:
                path = f"{path}why/{clock.target}/{clock.ordinal}/"
            label = f"{subject.label}, {target_label(clock.target, clock.ordinal).lower()}"
            found[key] = Source(label, path, clause=clock.clause)
    return found


def of_invoices(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
    """Return how invoices are shown: by their number, which is all that is known of them here. No query."""
    return {key: Source(f"Invoice {key.ref}", title=f"Invoice {key.ref}") for key in keys}


def of_clients(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
    """Return how clients are shown, on whose accounts as a whole an entry rests: to staff as their money. One query."""
    by_id = numbered(keys)
    clients = Client.objects.filter(pk__in=by_id)
    return {
        by_id[client.pk]: Source(client.name, reverse("money_client", args=[client.pk]) if audience == "staff" else "")
        for client in clients
    }


def of_lots(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
    """Return how lots of prepaid units are shown. One query."""
    by_id = numbered(keys)
    lots = Lot.objects.filter(pk__in=by_id)
    return {by_id[lot.pk]: Source(f"Lot {lot.pk}, granted {lot.effective_at:%Y-%m-%d}") for lot in lots}


def of_proposals(keys: Sequence[SourceKey], audience: Audience) -> Mapping[SourceKey, Source]:
    """Return how proposals are shown: by what their kind calls them. As many queries as their kinds need."""
    by_id = numbered(keys)
    rows = Proposal.objects.filter(pk__in=by_id).select_related("client", "agreement").order_by("pk")
    shown = titles(list(rows))
    return {
        by_id[row.pk]: Source(
            f"Proposal {row.pk}",
            url_of(row) if audience == "staff" else shown[row.pk].client_url,
            title=shown[row.pk].title,
            detail=", ".join(filter(None, (shown[row.pk].detail, f"{row.month:%B %Y}" if row.month else ""))),
            clause=shown[row.pk].clause,
        )
        for row in rows
    }


def numbered(keys: Sequence[SourceKey]) -> dict[int, SourceKey]:
    """Return the keys whose reference is a row's id, by that id."""
    plain = (key for key in keys if key.ref.isascii() and key.ref.isdigit() and len(key.ref) < 19)
    return {int(key.ref): key for key in plain}


def _path(described: Description, audience: Audience) -> str:
    return described.staff_path if audience == "staff" else described.client_path


def register() -> None:
    """Register these kinds."""
    for kind in ("incident", "outage", "maintenance"):
        register_source(kind, of_subjects(kind))
    register_source("breach", of_breaches)
    register_source("invoice", of_invoices)
    register_source("client", of_clients)
    register_source("lot", of_lots)
    register_source("proposal", of_proposals)
