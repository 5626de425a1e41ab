"""What all forms of this module share: sent twice they act once; what the service refuses stands beside its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.models import User
from portal.web.errors import PortalError
from portal.web.forms import OnceForm

Acted = tuple[str, str]
"""Where a form's act leads, and what happened in a sentence."""


def sent(request: HttpRequest) -> dict[str, object]:
    """Return what a form is made of: nothing yet, or what was sent."""
    return {"data": request.POST} if request.method == "POST" else {}


def acted(
    request: HttpRequest,
    form: OnceForm,
    act: Callable[[], Acted],
    *,
    user: User,
    now: datetime,
    over: type[PortalError] | tuple[type[PortalError], ...] = (),
    back: str = "",
) -> HttpResponse | None:
    """Act on a valid form and lead on; return None where the form is shown, with what was refused.

    What somebody else did before (`over`) leads to the page that shows it, `back`, with the service's sentence.
    """
    if not form.is_valid():
        return None

    def once() -> str:
        url, sentence = act()
        messages.success(request, sentence)
        return url

    try:
        return redirect(form.act_once(user=user, at=now, act=once))
    except PortalError as error:
        if not isinstance(error, over):
            form.refuse(error)
            return None
        messages.warning(request, error.sentence)
        return redirect(back)
