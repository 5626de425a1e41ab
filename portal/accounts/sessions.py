"""Sessions as their owner sees them: since when, where, on what; ended one by one or all together."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.core.internal.httpkit import get_client_ip
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from portal.accounts.models import SignIn, User

EXACT_TO = timedelta(minutes=5)
"""How old `seen_at` may be: a page costs a write only once in this time."""

_SEEN = "seen"

_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}


def device(agent: str) -> str:
    """Return what a browser calls itself in a few words: `Firefox on Windows`."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "An unknown browser")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return f"{browser} on {system}" if system else browser


def note_session(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Keep a session's row true: it is made at sign-in, and written again after five minutes.

    The session itself remembers when that was, so that most pages cost no query.
    """
    if request.session.session_key is None:
        request.session.save()  # It was emptied at the sign-in of somebody else in the same browser.
    key = request.session.session_key
    noted = request.session.get(_SEEN)
    if noted and noted["key"] == key and at - datetime.fromisoformat(noted["at"]) < EXACT_TO:
        return
    if noted and noted["key"] != key:
        SignIn.objects.filter(session_key=noted["key"], user=user).delete()  # The key changes with the password.
    values = {
        "user": user,
        "seen_at": at,
        "address": get_client_ip(request),
        "agent": request.headers.get("User-Agent", "")[:200],
    }
    SignIn.objects.update_or_create(session_key=key, defaults=values, create_defaults={**values, "began_at": at})
    request.session[_SEEN] = {"key": key, "at": at.isoformat()}


def end_others(request: HttpRequest, user: User) -> None:
    """End every session of a person but the one that asks, as a changed password does."""
    own = request.session.get(_SEEN, {}).get("key", "")
    end_sessions(user.sign_ins.exclude(session_key__in=[own, request.session.session_key or ""]))


def sessions_of(user: User, *, at: datetime) -> QuerySet[SignIn]:
    """Return a person's live sessions, the one seen last first. One query."""
    live = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
    return user.sign_ins.filter(Exists(live)).order_by("-seen_at", "-id")


@transaction.atomic
def forget_sessions(*, now: datetime) -> int:
    """Forget the sessions that ran out, and with each its row on the list; return how many. Two statements."""
    forgotten, _ = Session.objects.filter(expire_date__lt=now).delete()
    SignIn.objects.filter(~Exists(Session.objects.filter(session_key=OuterRef("session_key")))).delete()
    return forgotten


@transaction.atomic
def end_sessions(sign_ins: QuerySet[SignIn]) -> None:
    """End sessions: whoever holds their cookies is signed out with the next page."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
