import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import User
from portal.web.models import Submission
from portal.web.paging import BrokenCursorError, InvalidSizeError, Page, page_of
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 2, 15, 42, tzinfo=UTC)
NEWEST_FIRST = ["-sent_at", "-id"]


@pytest.fixture
def staff() -> User:
    return StaffFactory.create()


def send(user: User, number: int, *, minutes: int) -> Submission:
    return Submission.objects.create(
        user=user, token=UUID(int=number), result_url=f"/{number}/", sent_at=AT + timedelta(minutes=minutes)
    )


def page(order: list[str] = NEWEST_FIRST, **query: Any) -> Page[Submission]:
    return page_of(RequestFactory().get("/", query), Submission.objects.all(), order=order)


def numbers(found: Page[Submission]) -> list[int]:
    return [submission.token.int for submission in found.rows]


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize("order", [["-sent_at", "-id"], ["sent_at", "id"]])
def test_pages_joined_are_the_whole_list_even_where_instants_are_equal(staff: User, order: list[str]) -> None:
    for number in range(7):
        send(staff, number, minutes=number // 3)

    seen, found = [], page(order, size=2)
    seen += numbers(found)
    while found.next:
        found = page(order, size=2, after=found.next)
        seen += numbers(found)

    assert seen == [row.token.int for row in Submission.objects.order_by(*order)]


def test_rows_that_come_in_between_neither_repeat_nor_hide_others(staff: User) -> None:
    for number in range(4):
        send(staff, number, minutes=number)
    first = page(size=2)

    send(staff, 9, minutes=60)
    second = page(size=2, after=first.next)

    assert numbers(first) + numbers(second) == [3, 2, 1, 0]


def test_a_page_is_one_query_that_compares_rows_as_a_whole(staff: User) -> None:
    for number in range(3):
        send(staff, number, minutes=number)
    after = page(size=1).next

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(size=1, after=after)

    assert len(queries) == 1
    assert " OR " not in queries[0]["sql"]
    assert '("web_submission"."sent_at", "web_submission"."id") <' in queries[0]["sql"]


def test_links_keep_the_filters_of_the_list(staff: User) -> None:
    for number in range(3):
        send(staff, number, minutes=number)

    first = page(size=1, severity="critical")
    second = page(size=1, severity="critical", after=first.next)

    assert first.next_url == f"?size=1&severity=critical&after={first.next}"
    assert (first.begun, second.begun) == (False, True)
    assert second.first_url == "?size=1&severity=critical"


def test_the_last_page_leads_nowhere(staff: User) -> None:
    send(staff, 1, minutes=0)

    assert page(size=1).next is None


@pytest.mark.parametrize(
    "broken",
    [
        "x",
        "%%%",
        "é",
        "A" * 100_000,
        cursor("2027-03-02T15:42:00+00:00"),
        cursor("yesterday", 1),
        cursor("2027-03-02T15:42:00", 1),
        cursor("2027-03-02T15:42:00+00:00", None),
        cursor("2027-03-02T15:42:00+00:00", 10**30),
        cursor("2027-03-02T15:42:00+00:00", {"a": 1}),
        cursor({"a": 1}, [1]),
        cursor("9999-12-31T23:59:59-12:00", 1),
        cursor("0001-01-01T00:00:00+12:00", 1),
        cursor("2027-03-02T15:42:00+00:00", 1.5),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
    ],
)
def test_a_broken_cursor_is_refused_with_the_remedy(broken: str) -> None:
    with pytest.raises(BrokenCursorError, match="begin again without it"):
        page(after=broken)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", {}, [], 5, float("nan")])
def test_a_cursor_with_a_text_that_no_database_keeps_is_refused(text: Any) -> None:
    with pytest.raises(BrokenCursorError):
        page(["result_url", "id"], after=cursor(text, 1))


@pytest.mark.parametrize("size", ["-1", "0", "x", "1.5", "٣", "9" * 100])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(InvalidSizeError, match="whole number from 1 to 200"):
        page(size=size)


def test_a_size_of_a_milliard_is_capped(staff: User) -> None:
    Submission.objects.bulk_create(
        Submission(user=staff, token=UUID(int=number), result_url="/", sent_at=AT) for number in range(201)
    )

    assert len(page(size=10**9).rows) == 200


def test_an_order_that_runs_both_ways_is_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="runs both ways"):
        page(["-sent_at", "id"])
