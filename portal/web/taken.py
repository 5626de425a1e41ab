"""Names that are to be had once: looked for first, and decided by the database where two ask at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portal.web.errors import PortalError


@contextmanager
def refused_if_taken(error: PortalError) -> Iterator[None]:
    """Raise `error` where a row that is saved meets one that somebody else saved since it was looked for."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise error from None
