"""Fragments that a page refreshes by itself (web/live.js), with an ETag, so that no change costs no swap."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

# Each rendering masks the token anew; the same fragment with another mask is the same fragment.
_MASKED_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def fragment_response(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """Render a fragment, or answer 304 when the browser shows this very one already.

    The ETag is taken over the rendered text, so that it can never be fresher or staler than what is shown.
    """
    text = render_to_string(template, context, request)
    digest = hashlib.sha256(_MASKED_TOKEN.sub("", text).encode()).hexdigest()[:32]
    etag = quote_etag(digest)
    shown = {known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))}
    response = HttpResponseNotModified() if etag in shown else HttpResponse(text)
    response["ETag"] = etag
    response["X-Fragment"] = "1"
    patch_vary_headers(response, ["HX-Request"])
    return response
