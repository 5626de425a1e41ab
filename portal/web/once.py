"""Forms that act once, however often they are sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from portal.web.models import Submission

KEPT_FOR = timedelta(days=1)
"""How long a form's result is remembered; the same form sent again later acts again."""
MOST_FORGOTTEN = 200
"""Old sendings that one form takes away."""


@transaction.atomic
def act_once(*, user: AbstractBaseUser, token: UUID, at: datetime, act: Callable[[], str]) -> str:
    """Run an act for the first sending of a form and return its result's URL; later sendings get the same URL only.

    The claim on the token and the act are one transaction: of two simultaneous sendings the second waits for the first,
    and an act that raises leaves the token unused, so that the corrected form can be sent.
    """
    _forget(before=at - KEPT_FOR)
    submission, first = Submission.objects.get_or_create(user=user, token=token, defaults={"sent_at": at})
    if first:
        submission.result_url = act()
        submission.save(update_fields=["result_url"])
    return submission.result_url


def _forget(*, before: datetime) -> None:
    """Forget old sendings, but for those that somebody else forgets right now: nobody waits for another's act."""
    old = Submission.objects.filter(sent_at__lt=before).select_for_update(skip_locked=True)
    Submission.objects.filter(pk__in=old.values("pk")[:MOST_FORGOTTEN]).delete()
