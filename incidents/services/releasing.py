"""Releases: planned and published once for every client on the product. Clause: JS-9, JB-9."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from incidents.errors import AlreadyDoneError, BadInstantError, IncidentNotFoundError, UnknownReferenceError
from incidents.models import Incident, Release
from incidents.release_notes import tell_contacts
from incidents.services.opening import require, words
from incidents.services.retiming import open_refs, retime_incidents
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement, Product
from portal.contract.events import ReleasePlanned, ReleasePublished
from portal.journal.services import append

LONGEST_NOTES = 20_000


def _agreements(product_id: int, *, beta: bool, now: datetime) -> list[Agreement]:
    """Lock the active agreements that a release goes to, in one order for every writer.

    That is every one on the product; of a beta, every one that asked for betas. Clause: JB-9, JB-15.
    """
    on_product = Agreement.objects.active(now).filter(product=product_id)
    if beta:
        on_product = on_product.filter(betas_since__isnull=False)
    # The lock of `lock_agreement`, over all of them in one statement and one order.
    return list(on_product.locked().select_related("client").order_by("pk"))


@transaction.atomic
def plan_release(
    *, product_id: int, ref: str, planned_at: datetime, by: User, now: datetime, notes: str = "", beta: bool = False
) -> Release:
    """Plan a release, or plan it anew: open clocks that wait for a release follow. Clause: JS-9.

    Raises:
        UnknownReferenceError: No such product.
        AlreadyDoneError: It is published, or was planned as the other kind.
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
    agreements = _agreements(product.pk, beta=beta, now=now)
    release, is_new = Release.objects.select_for_update().get_or_create(
        product=product, ref=ref, defaults={"beta": beta}
    )
    if release.published_at is not None:
        raise AlreadyDoneError(f"{release.ref} was published. Choose another name.", field="ref")
    if not is_new and release.beta != beta:
        # Clients were told of it as what it is, and promises may count on it.
        kind = "a beta" if release.beta else "no beta"
        raise AlreadyDoneError(f"{release.ref} was planned as {kind}. Plan another release instead.", field="beta")
    release.planned_at, release.notes = planned_at, notes
    release.save(update_fields=["planned_at", "notes"])
    shared_ref = uuid4()
    for agreement in agreements:
        event = ReleasePlanned(at=now, release=release.ref, planned_at=planned_at, beta=beta)
        append(agreement=agreement, event=event, actor=by, recorded_at=now, shared_ref=shared_ref)
        if not beta:  # No promise means a beta. Clause: JB-12.
            retime_incidents(agreement, open_refs(agreement), now=now)
    return release


@transaction.atomic
def publish_release(*, release_id: int, fixes: Sequence[int], by: User, now: datetime, notes: str = "") -> Release:
    """Publish a release to everybody whom it goes to at once, with its notes; its fixes are resolved then.

    A release goes to every client on the product, a beta to every one that asked for betas: one event for each
    agreement with a reference in common, and a mail to each designated contact, queued at one instant. A beta solves
    nothing: no promise means it. Clause: JS-9, JB-9, JB-12, JB-15.

    Args:
        fixes: Ids of incidents that it solves, of any client on the product.
        notes: What its readers learn; left out, those of its plan.

    Raises:
        AlreadyDoneError: It is published.
        MissingError: It has no notes.
        UnknownReferenceError: A fix is no incident on this product, or a beta is said to solve something.
    """
    require(by, Act.MANAGE_RELEASES)
    found = Release.objects.filter(pk=release_id).values_list("product_id", "beta").first()
    if found is None:
        raise IncidentNotFoundError(f"Release {release_id} does not exist.")
    product_id, beta = found
    agreements = _agreements(product_id, beta=beta, now=now)
    release = Release.objects.select_for_update().get(pk=release_id)
    if release.published_at is not None:
        raise AlreadyDoneError(f"{release.ref} was published already.")
    notes = words(notes or release.notes, field="notes", what="What is new in it", longest=LONGEST_NOTES)
    fixed: dict[int, list[str]] = {}
    wanted = set(fixes)
    if wanted and beta:
        raise UnknownReferenceError("A beta solves no incident. Publish it without fixes.", field="fixes")
    for pk, agreement_id, ref in Incident.objects.filter(pk__in=wanted, agreement__in=agreements).values_list(
        "pk", "agreement_id", "ref"
    ):
        fixed.setdefault(agreement_id, []).append(ref)
        wanted.discard(pk)
    if wanted:
        raise UnknownReferenceError(
            "One of the fixes is no incident on this product. Choose from the list.", field="fixes"
        )
    release.published_at, release.notes = now, notes
    release.save(update_fields=["published_at", "notes"])
    _tell_agreements(release, agreements, fixed, by=by, now=now)
    return release


def _tell_agreements(
    release: Release, agreements: Sequence[Agreement], fixed: dict[int, list[str]], *, by: User, now: datetime
) -> None:
    shared_ref = uuid4()
    for agreement in agreements:
        event = ReleasePublished(
            at=now, release=release.ref, fixes=sorted(fixed.get(agreement.pk, [])), beta=release.beta
        )
        append(agreement=agreement, event=event, actor=by, recorded_at=now, shared_ref=shared_ref)
        if not release.beta:
            retime_incidents(agreement, open_refs(agreement), now=now)
    tell_contacts(release, agreements, at=now)
