"""The address at which backups check in: no login, no page, a secret in the path. Clause: JS-19."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents.services import check_in_backup
from portal.web.errors import PortalError


@never_cache  # A check-in that a proxy answers is none.
@csrf_exempt  # The path's secret is what lets in; no browser's session takes part.
@require_http_methods(["GET", "POST"])
def backup_check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Take a check-in, by GET or POST, with `retention_days` if it is known how long the backup is kept.

    It answers in plain text for the log of a script: 200, 400 for days that can't be, 404 for an unknown address, 429
    within ten seconds of the last.
    """
    text = request.POST.get("retention_days") or request.GET.get("retention_days") or ""
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        return _say("retention_days is no whole number. Give the days for which the backup is kept.", 400)
    try:
        check = check_in_backup(token=token, retention_days=int(text) if text else None, now=timezone.now())
    except PortalError as error:
        return _say(error.sentence, error.status)
    return _say(f"Checked in: {check.kind} backup.", 200)


def _say(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
