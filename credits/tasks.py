"""What beat does to the ledger: shells that hand the services their clock. Run twice, they do nothing more."""

from celery import shared_task
from django.utils import timezone

from credits import services


@shared_task(name="credits.tasks.expire_lots")
def expire_lots() -> None:
    """Take away what is left of lots that are no longer valid, and tell of those that soon are not. Clause: JN-2."""
    now = timezone.now()
    services.expire_lots(now=now)
    services.warn_of_expiring(now=now)


@shared_task(name="credits.tasks.make_digests")
def make_digests() -> None:
    """Add the day's entries to each client's chain of digests."""
    services.make_digests(now=timezone.now())


@shared_task(name="credits.tasks.close_months")
def close_months() -> None:
    """Close the months that are over, and those again of which something was learned since. Clause: JS-13, JS-20."""
    services.close_months(now=timezone.now())


@shared_task(name="credits.tasks.issue_statements")
def issue_statements() -> None:
    """Issue the statements whose month is over. Clause: T-8."""
    services.issue_statements(now=timezone.now())
