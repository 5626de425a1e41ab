"""The sender's task: a shell that hands the sender its clock."""

from celery import shared_task
from django.utils import timezone

from portal.alerts import sender
from portal.alerts.poke import TASK


@shared_task(name=TASK)
def send_outbox() -> None:
    """Send what waits in the outbox. Doubled or missed rounds are harmless."""
    sender.send_outbox(clock=timezone.now)
