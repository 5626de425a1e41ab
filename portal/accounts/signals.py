"""What happens beside a sign-in, told by signals of Django and allauth."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.acting import end_acting
from portal.accounts.models import User
from portal.accounts.sessions import end_others, note_session

log = structlog.get_logger(__name__)


def note_sign_in(sender: object, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Put the new session on its owner's list."""
    note_session(request, user, at=timezone.now())  # noqa: TID251  (part of signing in, which is a view's)


def end_other_sessions(sender: object, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Take the sessions that a new password ended off their owner's list."""
    end_others(request, user)


def end_acting_at_sign_out(sender: object, *, request: HttpRequest, **kwargs: Any) -> None:
    """Write down that whoever acted as a client's person does so no longer."""
    end_acting(request, at=timezone.now())  # noqa: TID251  (part of signing out, which is a view's)


def log_wrong_code(sender: object, *, user: User, **kwargs: Any) -> None:
    """Log a code that was wrong or used already."""
    log.warning("second_step_refused", user_id=user.pk)
