"""What agreements bring to the first screens: terms that end, and agreements that end by notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clients.queries import terms_running_out
from portal.clients.rules.endings import reminder_reached
from portal.clients.today import AHEAD, MOST, Asked, Coming, Decision
from portal.web.figures import day_text


def renewals(asked: Asked) -> list[Decision]:
    """Return the agreements whose term ends soon, or ended, without a renewal or a notice. One query."""
    if not may(asked.user, Act.MANAGE_AGREEMENTS):
        return []
    return list(_renewals(asked))[:MOST]


def _renewals(asked: Asked) -> Iterator[Decision]:
    for agreement in terms_running_out(at=asked.at, among=asked.agreements())[: MOST * 2]:
        assert agreement.ends_on is not None  # noqa: S101  # Only such are asked for.
        today = asked.at.astimezone(ZoneInfo(agreement.zone)).date()
        if reminder_reached(agreement.ends_on, agreement.reminder_days, today) is None:
            continue
        left = (agreement.ends_on - today).days
        ends = day_text(agreement.ends_on)
        text = f"Its term ends with {ends}, in {left} days." if left >= 0 else f"Its term ended with {ends}."
        yield Decision(
            title=f"Renew {agreement.ref} for {agreement.client}, or give notice",
            text=f"{text} Without either, support goes on without a term.",
            verb="Renew",
            url=reverse("agreement_renew", args=[agreement.pk]),
            since=_first_reminder(agreement),
        )


def _first_reminder(agreement: Agreement) -> datetime:
    assert agreement.ends_on is not None  # noqa: S101  # Only such are asked for.
    first = agreement.ends_on - timedelta(days=max(agreement.reminder_days, default=0))
    return datetime.combine(first, time(8), tzinfo=ZoneInfo(agreement.zone)).astimezone(UTC)


def endings(asked: Asked) -> list[Coming]:
    """Return the agreements that end by notice within the next 14 days, for both sides. One query. Clause: JS-22."""
    today = asked.at.date()
    ending = asked.agreements().active(asked.at)
    ending = ending.filter(last_day__gte=today, last_day__lt=today + AHEAD, ended_at__isnull=True)
    return [_ending(agreement, asked) for agreement in ending.select_related("client").order_by("last_day")[:MOST]]


def _ending(agreement: Agreement, asked: Asked) -> Coming:
    assert agreement.last_day is not None  # noqa: S101  # Only such are asked for.
    return Coming(
        title=f"{agreement.title} ends",
        url=reverse("agreement", args=[agreement.pk]),
        begins=datetime.combine(agreement.last_day, time(), tzinfo=ZoneInfo(agreement.zone)),
        whole_day=True,
        zone=ZoneInfo(agreement.zone),
        whom=agreement.client.name if asked.user.is_provider else "",
        text="Its last day, by notice",
        clause="JS-22",
    )
