"""The tasks of agreements: shells that tell the time."""

from celery import shared_task
from django.utils import timezone

from portal.clients.services import begin_amendments, remind_of_terms, turn_pages


@shared_task(name="portal.clients.tasks.keep_agreements")
def keep_agreements() -> None:
    """Begin amendments, end agreements whose last day is over, begin agreed terms, and remind of terms that end."""
    now = timezone.now()
    begin_amendments(now=now)
    turn_pages(now=now)
    remind_of_terms(now=now)
