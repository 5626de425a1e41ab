"""Several senders at once: each message once; and none lost with a sender that dies."""

import os
import signal
import subprocess
import sys
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.db import connection, connections
from pytest_django import Settings

from portal.alerts.models import Message
from portal.alerts.sender import BATCH, LEASE
from tests.portal.alerts.letters import NOW, letter, post, send
from tests.portal.alerts.mail_server import MailServer, running

pytestmark = pytest.mark.django_db(transaction=True)


def start_sender(server: MailServer) -> "subprocess.Popen[bytes]":
    """Start a sender in a process of its own, at work on this test's database."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.portal.alerts.sender_process",
            str(connection.settings_dict["NAME"]),
            str(server.port),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "EMAIL_URL": "smtp://127.0.0.1:25"},
    )


def test_senders_at_work_together_send_each_message_once(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    post(*(letter(f"letter-{number}", f"a{number}@people.example") for number in range(4 * BATCH)))
    together = Barrier(3)

    def one_sender() -> None:
        together.wait()
        try:
            send()
        finally:
            connections.close_all()

    with running(MailServer()) as server:
        settings.EMAIL_PORT = server.port
        threads = [Thread(target=one_sender) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(server.arrived) == len(set(server.subjects)) == 4 * BATCH
    assert not Message.objects.unsent().exists()


def test_senders_at_work_together_send_a_storm_as_one_digest() -> None:
    post(*(letter(f"letter-{number}") for number in range(4 * BATCH)))
    together = Barrier(3)

    def one_sender() -> None:
        together.wait()
        try:
            send()
        finally:
            connections.close_all()

    threads = [Thread(target=one_sender) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Message.objects.filter(kind="digest").count() == 1


def test_a_sender_that_is_killed_loses_nothing_and_what_it_held_goes_out_after_its_lease(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    post(*(letter(f"letter-{number}", f"a{number}@people.example") for number in range(3 * BATCH)))
    victims: list[subprocess.Popen[bytes]] = []

    def kill_at_the_seventh(server: MailServer) -> None:
        # The server has taken the mail, and its sender never learns of it.
        if len(server.arrived) == 7:
            victims[0].send_signal(signal.SIGKILL)

    with running(MailServer(during=kill_at_the_seventh)) as server:
        settings.EMAIL_PORT = server.port
        victims.append(start_sender(server))
        died = victims[0].wait(timeout=60)
        survivor = start_sender(server)
        assert survivor.wait(timeout=60) == 0
        held = Message.objects.unsent().count()
        send(NOW + LEASE)

    times = Counter(str(mail["Message-ID"]) for mail in server.arrived)
    assert died == -signal.SIGKILL
    assert held == BATCH - 6
    assert len(times) == 3 * BATCH
    assert sorted(times.values())[-2:] == [1, 2]
    assert not Message.objects.unsent().exists()
