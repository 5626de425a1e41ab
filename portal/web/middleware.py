"""What holds for every request: its size, its reader's zone, and that nothing of it is kept by caches."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from portal.web.errors import PortalError
from portal.web.views import refuse

Handler = Callable[[HttpRequest], HttpResponseBase]


class RequestLimits:
    """Refuse a body that is too large before it is read, and what no field of ours could hold.

    413 beyond MAX_REQUEST_BYTES, 400 for a body of unstated length and for a NUL in the query, 404 for one in the path.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._refusal(request) or self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            sentence = "The request does not say how long its body is. Send it with a Content-Length."
            return refuse(request, HTTPStatus.BAD_REQUEST, code="length_missing", detail=sentence)
        length = request.headers.get("Content-Length") or "0"
        if length.isascii() and length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            most = f"{settings.MAX_REQUEST_BYTES // 1_000_000} MB"
            sentence = f"The request is larger than {most}, the most that is taken at once. Send a smaller file."
            return refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, code="body_too_large", detail=sentence)
        if "\0" in request.path:
            return refuse(request, HTTPStatus.NOT_FOUND, code="not_found")
        if "%00" in request.META.get("QUERY_STRING", ""):
            sentence = "The address holds a NUL character (%00). Take it out."
            return refuse(request, HTTPStatus.BAD_REQUEST, code="unreadable", detail=sentence)
        return None


class UserZone:
    """Tell instants in the zone of the person who reads: `request.user.zone`, else the site's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = getattr(request.user, "zone", "") or settings.TIME_ZONE
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            # A zone that was valid when it was saved and has since left the database of zones.
            zone = ZoneInfo(settings.TIME_ZONE)
        with timezone.override(zone):
            return self.get_response(request)


class PrivateResponses:
    """Let no cache keep what was answered to somebody who is signed in, nor hand it to somebody else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "Authorization"])
        return response


class SpokenRefusals:
    """Answer what a page's view let through, such as a broken cursor, with its sentence instead of a failure.

    So is an address opened that only a button sends to: whoever was signed out meanwhile comes back to one by the door.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        sentence = "Only a button leads to this address. Go back to its page and press it there."
        spoken = refuse(request, HTTPStatus.METHOD_NOT_ALLOWED, code="method_not_allowed", detail=sentence)
        spoken["Allow"] = response.get("Allow", "")
        return spoken

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal of the portal's own into a page; everything else stays a failure."""
        if not isinstance(exception, PortalError):
            return None
        return refuse(request, HTTPStatus(exception.status), code=exception.code, detail=exception.sentence)
