"""The tasks of accounts: shells that tell the time."""

from celery import shared_task
from django.utils import timezone

from portal.accounts.sessions import forget_sessions


@shared_task(name="portal.accounts.tasks.clear_sessions")
def clear_sessions() -> None:
    """Forget the sessions that ran out. Doubled or missed rounds are harmless."""
    forget_sessions(now=timezone.now())
