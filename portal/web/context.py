"""What every template may name."""

from django.http import HttpRequest
from django.utils import timezone


def display(request: HttpRequest) -> dict[str, str]:
    """Name the zone in which the page tells instants: the signed-in person's, which the middleware made current."""
    return {"display_zone": timezone.get_current_timezone_name()}
