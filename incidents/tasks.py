"""The task of services: a shell that tells the time."""

from celery import shared_task
from django.utils import timezone

from incidents.services import look_at_services


@shared_task(name="incidents.tasks.watch_services")
def watch_services() -> None:
    """Look again at every service that time alone has changed."""
    look_at_services(now=timezone.now())
