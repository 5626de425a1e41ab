from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.web.errors import PortalError


class AlreadyClosedError(PortalError):
    code = "already_closed"
    status: ClassVar[int] = 409


class SessionSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()


class EventSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=10)
    sessions = SessionSerializer(many=True)


def answer(*, raising: Exception | None = None, body: Any = None, **request: Any) -> Response:
    class View(APIView):
        authentication_classes = ()
        permission_classes = ()

        def post(self, request: Request) -> Response:
            if raising:
                raise raising
            serializer = EventSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            return Response({})

    response = View.as_view()(APIRequestFactory().post("/api/events/", body, **({"format": "json"} | request)))
    response.render()
    return response


def test_a_services_refusal_is_a_problem_with_its_code_and_sentence() -> None:
    response = answer(raising=AlreadyClosedError("INC-7 is closed; reopen it first.", field="incident"))

    assert response.status_code == 409
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.data == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "already_closed",
        "detail": "INC-7 is closed; reopen it first.",
        "errors": [{"field": "incident", "code": "already_closed", "detail": "INC-7 is closed; reopen it first."}],
    }


def test_each_field_at_fault_is_named_by_its_path() -> None:
    response = answer(body={"title": "much too long for this", "sessions": [{"starts_at": "2027-02-31T10:00Z"}, {}]})

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert [(error["field"], error["code"]) for error in response.data["errors"]] == [
        ("title", "max_length"),
        ("sessions.0.starts_at", "invalid"),
        ("sessions.1.starts_at", "required"),
    ]


@pytest.mark.parametrize("body", [[1, 2], "text", 5, None])
def test_an_array_or_a_word_for_an_object_is_a_400(body: Any) -> None:
    assert answer(body=body).status_code == 400


@pytest.mark.parametrize(
    ("raising", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (Throttled(wait=5), 429, "throttled"),
    ],
)
def test_refusals_of_the_framework_have_stable_codes_too(raising: Exception, status: int, code: str) -> None:
    response = answer(raising=raising)

    assert (response.status_code, response.data["code"]) == (status, code)


def test_json_sent_as_text_is_a_415_and_an_odd_accept_a_406() -> None:
    as_text = answer(body='{"title": "a"}', format=None, content_type="text/plain")
    odd = answer(body={}, HTTP_ACCEPT="application/x-odd")

    assert [as_text.status_code, odd.status_code] == [415, 406]
    assert odd["Content-Type"].startswith("application/problem+json")


def test_our_own_failures_are_not_dressed_up_as_refusals() -> None:
    with pytest.raises(ZeroDivisionError):
        answer(raising=ZeroDivisionError())
