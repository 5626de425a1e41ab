"""Problem details of the API (RFC 9457): one shape for every refusal, with stable codes.

{"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid",
 "detail": "One field has to be put right.",
 "errors": [{"field": "severity", "code": "invalid_choice", "detail": "..."}]}
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from portal.web.errors import PortalError

CONTENT_TYPE = "application/problem+json"

Problem = dict[str, Any]


def problem(status: int, *, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> Problem:
    """Return a problem's members; `errors` names the fields at fault, where there are any."""
    members: Problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    return members | {"errors": errors} if errors else members


def problem_response(status: int, *, code: str, detail: str) -> JsonResponse:
    """Return a problem from outside of DRF: middleware, error views."""
    return JsonResponse(problem(status, code=code, detail=detail), status=status, content_type=CONTENT_TYPE)


def speaks_problems(request: HttpRequest) -> bool:
    """Return whether a refusal of this request is for a machine: the API lies below /api/."""
    return request.path.startswith("/api/")


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of an API view into a problem (DRF's EXCEPTION_HANDLER); None for what is our own failure."""
    if isinstance(exception, PortalError):
        set_rollback()
        errors = [_error(exception.field, exception.code, exception.sentence)] if exception.field else None
        members = problem(exception.status, code=exception.code, detail=exception.sentence, errors=errors)
        return Response(members, status=exception.status, content_type=CONTENT_TYPE)
    response = exception_handler(exception, context)
    if response is None:
        return None
    response.data = _members(exception, response)
    response.content_type = CONTENT_TYPE
    return response


def _members(exception: Exception, response: Response) -> Problem:
    if isinstance(exception, ValidationError):
        errors = list(_flatten(exception.detail))
        detail = "One field has to be put right." if len(errors) == 1 else f"{len(errors)} things have to be put right."
        return problem(response.status_code, code="invalid", detail=detail, errors=errors)
    code = {403: "permission_denied", 404: "not_found"}.get(response.status_code, "refused")
    detail = HTTPStatus(response.status_code).description
    if isinstance(exception, APIException) and isinstance(exception.detail, ErrorDetail):
        code, detail = exception.detail.code or code, str(exception.detail)
    return problem(response.status_code, code=code, detail=detail)


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield each error of a nested detail with the dotted path of its field: `sessions.0.starts_at`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            step = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, ".".join(filter(None, (path, step))))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, ".".join(filter(None, (path, str(index)))) if nested else path)
    else:
        yield _error(path, getattr(detail, "code", "invalid"), str(detail))


def _error(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
