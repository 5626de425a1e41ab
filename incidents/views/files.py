"""The files that people sent on an incident, to be saved by those who may see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from incidents.queries import file_of
from portal.accounts.access import signed_in, user_of
from portal.journal.attachments import download


@require_safe
@signed_in
def incident_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a file of an incident; one in a note of staff's is not there for clients. BAD_INPUTS: 19, 21."""
    file = file_of(pk, user_of(request))
    if file is None:
        raise Http404
    return download(file)
