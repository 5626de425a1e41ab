"""Monitors: what is red, since when, and that asking never fails."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from portal.alerts.models import Message
from portal.alerts.queries import alerting_state, failed_recently
from portal.alerts.services import beat
from tests.factories import ClientUserFactory, StaffFactory
from tests.portal.alerts.letters import NOW, letter, post

SECOND = timedelta(seconds=1)

ASK = """
import django
django.setup()
from django.test import Client
for path in ("/healthz", "/healthz/alerting"):
    answer = Client(raise_request_exception=True).get(path, headers={"host": "127.0.0.1"})
    print(answer.status_code, answer.json()["status"])
"""


@pytest.mark.django_db
def test_without_any_cycle_deadlines_count_as_unwatched() -> None:
    assert alerting_state(NOW).problems == ["Deadlines are not watched: the flagger has not finished a cycle yet."]


@pytest.mark.django_db
def test_a_flagger_is_silent_after_a_minute_and_not_before() -> None:
    beat("flagger", at=NOW)

    assert alerting_state(NOW + 60 * SECOND).problems == []
    assert alerting_state(NOW + 61 * SECOND).problems == ["Deadlines have not been watched for 1\xa0min."]


@pytest.mark.django_db
def test_an_unsent_message_is_late_after_two_minutes_and_not_before() -> None:
    post(letter())
    beat("flagger", at=NOW + 120 * SECOND)

    assert alerting_state(NOW + 120 * SECOND).problems == []
    assert alerting_state(NOW + 121 * SECOND).problems == ["The oldest unsent mail has waited for 2\xa0min."]


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["accepted_at", "suppressed_at", "failed_at"])
def test_a_message_that_came_to_an_end_is_not_waited_for(outcome: str) -> None:
    post(letter())
    Message.objects.update(**{outcome: NOW})
    beat("flagger", at=NOW + timedelta(hours=1))

    assert alerting_state(NOW + timedelta(hours=1)).problems == []


@pytest.mark.django_db
def test_failures_of_the_last_seven_days_are_counted() -> None:
    post(letter("old"), letter("new"))
    Message.objects.filter(key="old").update(failed_at=NOW - timedelta(days=7))
    Message.objects.filter(key="new").update(failed_at=NOW)

    assert failed_recently(NOW) == 1


@pytest.mark.django_db
def test_the_monitor_sees_green_while_all_is_well(client: Client) -> None:
    beat("flagger", at=NOW)

    with time_machine.travel(NOW, tick=False):
        answer = client.get("/healthz/alerting")

    assert (answer.status_code, answer.json()["status"], answer.json()["unsent"]) == (200, "ok", 0)
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_the_monitor_sees_red_and_why(client: Client) -> None:
    post(letter())
    beat("flagger", at=NOW)

    with time_machine.travel(NOW + 121 * SECOND, tick=False):
        answer = client.get("/healthz/alerting")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "failing",
        "problems": [
            "Deadlines have not been watched for 2\xa0min.",
            "The oldest unsent mail has waited for 2\xa0min.",
        ],
        "flagger_finished_at": "2027-03-02T15:32:00Z",
        "oldest_unsent_at": "2027-03-02T15:32:00Z",
        "unsent": 1,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/healthz/alerting"])
def test_a_monitor_is_answered_while_the_database_is_away(client: Client, path: str) -> None:
    def away(execute: Callable[..., Any], *arguments: Any) -> None:
        raise OperationalError("the connection was refused")

    with connection.execute_wrapper(away):
        answer = client.get(path)

    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "problems": ["The database does not answer."]}


def test_a_monitor_is_answered_where_no_database_and_no_broker_ever_were(tmp_path: Any) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing",
            "REDIS_URL": "redis://127.0.0.1:9/0",
        },
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )

    assert answer.stdout.decode().splitlines() == ["503 failing", "503 failing"]


@pytest.mark.django_db
def test_staff_see_a_banner_while_alerting_fails_and_none_while_it_works(client: Client) -> None:
    client.force_login(StaffFactory())

    red = client.get("/alerting-banner/").content.decode()
    beat("flagger", at=NOW)
    with time_machine.travel(NOW, tick=False):
        green = client.get("/alerting-banner/").content.decode()

    assert "Alerts are late" in red
    assert "Deadlines are not watched" in red
    assert green.strip() == ""


@pytest.mark.django_db
def test_the_banner_does_not_exist_for_clients(client: Client) -> None:
    client.force_login(ClientUserFactory())

    assert client.get("/alerting-banner/").status_code == 404


@pytest.mark.django_db
def test_figures_for_machines_are_plain_json(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)
