"""Releases: planned and published once for every client on the product. Clause: JS-9, JB-9."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from incidents.errors import AlreadyDoneError, BadInstantError, IncidentNotFoundError, UnknownReferenceError
from incidents.models import Incident, Release
from incidents.services.opening import require, words
from incidents.services.retiming import open_refs, retime_incidents
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement, Product
from portal.clocks.services import lock_agreement
from portal.contract.events import ReleasePlanned, ReleasePublished
from portal.journal.services import append


def _agreements(product_id: int, now: datetime) -> list[Agreement]:
    """Lock the active agreements on a product, in one order for every writer."""
    ids = Agreement.objects.active(now).filter(product=product_id).order_by("pk").values_list("pk", flat=True)
    return [lock_agreement(pk) for pk in ids]


@transaction.atomic
def plan_release(
    *, product_id: int, ref: str, planned_at: datetime, by: User, now: datetime, notes: str = "", beta: bool = False
) -> Release:
    """Plan a release, or plan it anew: open clocks that wait for a release follow. Clause: JS-9.

    Raises:
        UnknownReferenceError: No such product.
        AlreadyDoneError: It is published.
        BadInstantError: The planned time lies in the past.
    """
    require(by, Act.MANAGE_RELEASES)
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise UnknownReferenceError("That product does not exist. Choose one of the list.", field="product")
    ref = words(ref, field="ref", what="The release's name", longest=200)
    if planned_at <= now:
        raise BadInstantError(
            "The planned time lies in the past. Publish the release, or give a later time.", field="planned_at"
        )
    agreements = _agreements(product.pk, now)
    release, _ = Release.objects.select_for_update().get_or_create(product=product, ref=ref)
    if release.published_at is not None:
        raise AlreadyDoneError(f"{release.ref} was published. Choose another name.", field="ref")
    release.planned_at, release.notes, release.beta = planned_at, notes, beta
    release.save(update_fields=["planned_at", "notes", "beta"])
    if not beta:  # A beta is no release that a promise could mean. Clause: JB-12.
        shared_ref = uuid4()
        for agreement in agreements:
            event = ReleasePlanned(at=now, release=release.ref, planned_at=planned_at)
            append(agreement=agreement, event=event, actor=by, recorded_at=now, shared_ref=shared_ref)
            retime_incidents(agreement, open_refs(agreement), now=now)
    return release


@transaction.atomic
def publish_release(*, release_id: int, fixes: Sequence[int], by: User, now: datetime, notes: str = "") -> Release:
    """Publish a release to every client on the product; its fixes are resolved then. Clause: JS-9, JB-9.

    Args:
        fixes: Ids of incidents that it solves, of any client on the product.

    Raises:
        AlreadyDoneError: It is published.
        UnknownReferenceError: A fix is no incident on this product.
    """
    require(by, Act.MANAGE_RELEASES)
    found = Release.objects.filter(pk=release_id).values_list("product_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Release {release_id} does not exist.")
    agreements = _agreements(found, now)
    release = Release.objects.select_for_update().get(pk=release_id)
    if release.published_at is not None:
        raise AlreadyDoneError(f"{release.ref} was published already.")
    fixed: dict[int, list[str]] = {}
    wanted = set(fixes)
    for pk, agreement_id, ref in Incident.objects.filter(pk__in=wanted, agreement__in=agreements).values_list(
        "pk", "agreement_id", "ref"
    ):
        fixed.setdefault(agreement_id, []).append(ref)
        wanted.discard(pk)
    if wanted:
        raise UnknownReferenceError(
            "One of the fixes is no incident on this product. Choose from the list.", field="fixes"
        )
    release.published_at = now
    release.notes = notes or release.notes
    release.save(update_fields=["published_at", "notes"])
    if not release.beta:
        _tell_agreements(release, agreements, fixed, by=by, now=now)
    return release


def _tell_agreements(
    release: Release, agreements: Iterable[Agreement], fixed: dict[int, list[str]], *, by: User, now: datetime
) -> None:
    shared_ref = uuid4()
    for agreement in agreements:
        event = ReleasePublished(at=now, release=release.ref, fixes=sorted(fixed.get(agreement.pk, [])))
        append(agreement=agreement, event=event, actor=by, recorded_at=now, shared_ref=shared_ref)
        retime_incidents(agreement, open_refs(agreement), now=now)
