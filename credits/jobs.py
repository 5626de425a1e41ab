"""What somebody works on beyond the fee: an incident, or a service request. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from credits.models import ServiceRequest
from incidents.models import Incident
from portal.accounts.models import User
from portal.clients.models import Agreement, Client

INCIDENT, SERVICE_REQUEST = "incident", "service_request"
KINDS = (INCIDENT, SERVICE_REQUEST)

NOT_OURS = ("client_misuse", "outside_control")
"""Causes that are not the provider's: investigating them may be charged. Clause: JB-7, JB-8."""


@dataclass(frozen=True, slots=True)
class Job:
    """One incident or service request, as quotes, logged time and charges know it.

    Attributes:
        quotable: The clause that lets it be quoted now, '' where none does.
        chargeable: The clause that lets its logged time be charged without a quote, '' where none does.
        watcher_id: The client's person who brought it up, if they have a login.
    """

    kind: str
    pk: int
    ref: str
    title: str
    agreement: Agreement
    quotable: str
    chargeable: str
    watcher_id: int | None

    @property
    def subject(self) -> str:
        """How the ledger names it, such as `incident:INC-7`."""
        return f"{self.kind}:{self.ref}"

    @property
    def client(self) -> Client:
        """Whose it is."""
        return self.agreement.client

    @property
    def currency(self) -> str:
        """In which currency it is quoted and charged: the agreement's."""
        return self.agreement.fee_currency

    def path(self, *, for_staff: bool) -> str:
        """Return where its page is. Mails are written where no request is, so that both sides' paths are needed."""
        if self.kind == SERVICE_REQUEST:
            return f"/service-requests/{self.pk}/"
        return f"/incidents/{self.pk}/" if for_staff else f"/support/{self.pk}/"


def job_of(kind: str, pk: int, *, user: User) -> Job:
    """Return what somebody works on, as far as the user may see it. One query.

    Raises:
        Http404: There is none, or it is another client's.
    """
    found: Incident | ServiceRequest | None = None
    if kind == INCIDENT:
        found = Incident.objects.visible_to(user).select_related("agreement__client").filter(pk=pk).first()
    elif kind == SERVICE_REQUEST:
        found = ServiceRequest.objects.visible_to(user).select_related("agreement__client").filter(pk=pk).first()
    if found is None:
        raise Http404
    return _job(found)


def job_named(subject: str, *, agreement: Agreement) -> Job:
    """Return what the ledger names, such as `incident:INC-7`. One query.

    Raises:
        LookupError: The agreement has none of that name.
    """
    kind, _, ref = subject.partition(":")
    found: Incident | ServiceRequest | None = None
    if kind == INCIDENT:
        found = Incident.objects.select_related("agreement__client").filter(agreement=agreement, ref=ref).first()
    elif kind == SERVICE_REQUEST:
        found = ServiceRequest.objects.select_related("agreement__client").filter(agreement=agreement, ref=ref).first()
    if found is None:
        raise LookupError(f"{agreement.ref} has no {subject}.")
    return _job(found)


def _job(found: Incident | ServiceRequest) -> Job:
    if isinstance(found, ServiceRequest):
        return Job(
            kind=SERVICE_REQUEST,
            pk=found.pk,
            ref=found.ref,
            title=found.title,
            agreement=found.agreement,
            quotable="JB-14" if found.is_open else "",
            chargeable="",
            watcher_id=found.requested_by_id,
        )
    gone = found.status in (Incident.Status.WITHDRAWN, Incident.Status.MERGED)
    return Job(
        kind=INCIDENT,
        pk=found.pk,
        ref=found.ref,
        title=found.title,
        agreement=found.agreement,
        quotable="" if found.supported or gone else "JS-2",
        chargeable="JB-8" if found.cause in NOT_OURS else "",
        watcher_id=found.reporter_id,
    )
