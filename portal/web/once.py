"""Forms that act once, however often they are sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from portal.web.models import Submission

KEPT_FOR = timedelta(days=1)
"""How long a form's result is remembered; the same form sent again later acts again."""


@transaction.atomic
def act_once(*, user: AbstractBaseUser, token: UUID, at: datetime, act: Callable[[], str]) -> str:
    """Run an act for the first sending of a form and return its result's URL; later sendings get the same URL only.

    The claim on the token and the act are one transaction: of two simultaneous sendings the second waits for the first,
    and an act that raises leaves the token unused, so that the corrected form can be sent.
    """
    Submission.objects.filter(sent_at__lt=at - KEPT_FOR).delete()
    submission, first = Submission.objects.get_or_create(user=user, token=token, defaults={"sent_at": at})
    if first:
        submission.result_url = act()
        submission.save(update_fields=["result_url"])
    return submission.result_url
