"""Lists whose address asks for what there is not: a broken cursor, no size, an unknown filter."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from portal.web.errors import PortalError
from portal.web.forms import PortalForm
from portal.web.views import refuse

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


class UnknownFilterError(PortalError):
    """A filter has a value that the list does not know. BAD_INPUTS: 2."""

    code = "unknown_filter"


def checked(form: PortalForm) -> None:
    """Refuse a filter that is not valid.

    Raises:
        UnknownFilterError: With the form's sentences.
    """
    if not form.is_valid():
        raise UnknownFilterError(" ".join(str(error) for errors in form.errors.values() for error in errors))


def refusing(view: Page[P]) -> Page[P]:
    """Answer what a list refuses as a page that says why."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PortalError as error:
            return refuse(request, HTTPStatus(error.status), code=error.code, detail=error.sentence)

    return answered
