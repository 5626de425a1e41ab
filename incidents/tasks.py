"""The tasks of services, of the desk and of remedy plans: shells that tell the time."""

from celery import shared_task
from django.utils import timezone

from incidents.services import look_at_services, remind_of_waits, watch_remedy_plans


@shared_task(name="incidents.tasks.watch_services")
def watch_services() -> None:
    """Look again at every service that time alone has changed."""
    look_at_services(now=timezone.now())


@shared_task(name="incidents.tasks.remind_of_waits")
def remind_of_passed_waits() -> None:
    """Remind of the waits that should be over."""
    remind_of_waits(now=timezone.now())


@shared_task(name="incidents.tasks.watch_remedies")
def watch_remedies() -> None:
    """Remind of the actions of remedy plans. Clause: JS-21."""
    watch_remedy_plans(now=timezone.now())
