from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from portal.accounts.models import User
from portal.web.errors import PortalError
from portal.web.models import Submission
from portal.web.once import act_once
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 2, 15, 42, tzinfo=UTC)
TOKEN = UUID("7f3c2a52-6d0c-4d6e-9a64-1b6a2f0e9d11")


class Desk:
    """Counts what was really done."""

    def __init__(self) -> None:
        self.reports = 0

    def report(self) -> str:
        self.reports += 1
        return f"/incidents/{self.reports}/"


@pytest.fixture
def staff() -> User:
    return StaffFactory.create()


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_page(staff: User) -> None:
    desk = Desk()

    urls = [act_once(user=staff, token=TOKEN, at=AT, act=desk.report) for _ in range(2)]

    assert urls == ["/incidents/1/", "/incidents/1/"]
    assert desk.reports == 1


def test_another_form_acts_for_itself(staff: User) -> None:
    desk = Desk()

    act_once(user=staff, token=TOKEN, at=AT, act=desk.report)
    url = act_once(user=staff, token=UUID(int=1), at=AT, act=desk.report)

    assert url == "/incidents/2/"


def test_another_persons_token_is_another_token(staff: User) -> None:
    desk = Desk()

    act_once(user=staff, token=TOKEN, at=AT, act=desk.report)
    url = act_once(user=StaffFactory.create(), token=TOKEN, at=AT, act=desk.report)

    assert url == "/incidents/2/"


def test_a_refused_act_leaves_the_form_usable(staff: User) -> None:
    desk = Desk()

    def refuse() -> str:
        raise PortalError("The agreement is suspended.")

    with pytest.raises(PortalError):
        act_once(user=staff, token=TOKEN, at=AT, act=refuse)

    assert act_once(user=staff, token=TOKEN, at=AT, act=desk.report) == "/incidents/1/"


def test_submissions_are_forgotten_after_a_day(staff: User) -> None:
    desk = Desk()

    act_once(user=staff, token=TOKEN, at=AT, act=desk.report)
    act_once(user=staff, token=UUID(int=1), at=AT + timedelta(days=1, microseconds=1), act=desk.report)

    assert [submission.token for submission in Submission.objects.all()] == [UUID(int=1)]


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_clicks_one_acts_and_both_lead_to_its_page(staff: User) -> None:
    desk, together = Desk(), Barrier(2)

    def click() -> str:
        together.wait()
        try:
            return act_once(user=staff, token=TOKEN, at=AT, act=desk.report)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as clicks:
        urls = [answer.result() for answer in [clicks.submit(click), clicks.submit(click)]]

    assert urls == ["/incidents/1/", "/incidents/1/"]
    assert desk.reports == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_form_does_not_wait_for_anothers_act_because_both_forget_what_is_old(staff: User) -> None:
    desk, acting, done = Desk(), Event(), Event()
    act_once(user=staff, token=uuid4(), at=AT - timedelta(days=2), act=desk.report)

    def act_for_long() -> None:
        def act() -> str:
            acting.set()
            assert done.wait(20)
            return desk.report()

        try:
            act_once(user=staff, token=uuid4(), at=AT, act=act)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        slow = threads.submit(act_for_long)
        assert acting.wait(20)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            url = act_once(user=staff, token=TOKEN, at=AT, act=desk.report)
        done.set()
        slow.result(20)

    assert url == "/incidents/2/"
    assert Submission.objects.filter(sent_at__lt=AT).count() == 0
