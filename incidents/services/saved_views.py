"""Filters of the queue under a name: one's own, shared with a team, and the one that the queue begins with."""

from __future__ import annotations

from django.db import transaction

from incidents.errors import AlreadyDoneError, UnknownReferenceError
from incidents.models import SavedView
from incidents.services.opening import words
from portal.accounts.models import User

MOST_VIEWS = 50


@transaction.atomic
def save_view(
    *, by: User, name: str, query: str, team_id: int | None = None, is_default: bool = False, view_id: int | None = None
) -> SavedView:
    """Keep a filter under a name, or change one's own; `query` is what the queue's filter wrote.

    Raises:
        UnknownReferenceError: The view is not one's own, or one is not on the team.
        AlreadyDoneError: One has a view of that name, or too many.
    """
    name = words(name, field="name", what="The name", longest=60)
    # The owner's row, so that of two views of one name, or two defaults, saved at once the second is told.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    own = SavedView.objects.filter(owner=by)
    view = SavedView(owner=by)
    if view_id is not None:
        found = own.filter(pk=view_id).first()
        if found is None:
            raise UnknownReferenceError("That view is not yours. Save one of your own.")
        view = found
    elif own.count() >= MOST_VIEWS:
        raise AlreadyDoneError(f"You have {MOST_VIEWS} views. Remove one first.", field="name")
    if own.filter(name=name).exclude(pk=view.pk).exists():
        raise AlreadyDoneError(f"You have a view called “{name}”. Choose another name.", field="name")
    if team_id is not None and not by.teams.filter(pk=team_id).exists():
        raise UnknownReferenceError("You are not on that team. Choose one of yours.", field="team")
    if is_default:
        own.filter(is_default=True).exclude(pk=view.pk).update(is_default=False)
    view.name, view.query, view.team_id, view.is_default = name, query, team_id, is_default
    view.save()
    return view


@transaction.atomic
def remove_view(*, by: User, view_id: int) -> None:
    """Remove one's own view; those it was shared with lose it too.

    Raises:
        UnknownReferenceError: It is not one's own.
    """
    gone, _ = SavedView.objects.filter(owner=by, pk=view_id).delete()
    if not gone:
        raise UnknownReferenceError("That view is not yours. Its owner can remove it.")
