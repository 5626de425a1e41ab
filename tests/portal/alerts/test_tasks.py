"""The sender's task: the shell that beat and poke ask for by name."""

import pytest
import time_machine
from django.core import mail

from portal.alerts import tasks
from portal.alerts.models import Heartbeat
from portal.alerts.poke import TASK
from portal.celery import app
from tests.portal.alerts.letters import NOW, letter, post


@pytest.mark.django_db
def test_the_task_sends_what_waits_and_leaves_a_heartbeat_of_that_instant() -> None:
    post(letter())

    with time_machine.travel(NOW, tick=False):
        tasks.send_outbox()

    assert len(mail.outbox) == 1
    assert Heartbeat.objects.get(name="sender").finished_at == NOW


def test_the_task_bears_the_name_under_which_beat_and_pages_ask_for_it() -> None:
    assert app.tasks[TASK].name == app.conf.beat_schedule["send-outbox"]["task"]
    assert TASK in app.conf.task_routes
