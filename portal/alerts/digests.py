"""Digests: one mail that names many, for a storm of more than 20 within a minute, and for who asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse

from portal.alerts.kinds import Mail, render_each, zone_of
from portal.alerts.models import UNSENT, Message, Preference
from portal.alerts.provider import provider
from portal.web.figures import instant_text

DIGEST = "digest"
MOST_SINGLE = 20
WINDOW = timedelta(minutes=1)
MOST_NAMED = 50
DAILY_AT = time(8)
"""When a daily digest is due, where its reader is."""
MOST_PARTS = 10_000
"""In one digest; what goes beyond it waits for the next one."""
LOOK_AGAIN = timedelta(seconds=5)
"""How long messages wait while a digest to their address is under way."""


def collection_after(at: datetime, rhythm: Preference.Rhythm, zone: str) -> datetime | None:
    """Return when the next digest is due: at the full hour, or at 08:00 in the reader's zone; None: at once.

    Exactly at that instant the next one is meant.
    """
    match rhythm:
        case Preference.Rhythm.HOURLY:
            return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Preference.Rhythm.DAILY:
            place = ZoneInfo(zone or provider().zone)
            today = at.astimezone(place).date()
            for day in (today, today + timedelta(days=1)):
                due = datetime.combine(day, DAILY_AT, tzinfo=place).astimezone(UTC)
                if due > at:
                    return due
    return None


def fold(rows: Sequence[Message], *, token: UUID, at: datetime) -> list[int]:
    """Return the ids to send in place of `rows`: calm addresses' own, and a new digest for each other address.

    A storm takes everything that waits for an address; a digest that its reader asked for what waits for that alone.
    One digest a minute: what comes while one is under way or just went out waits for the next. Rows are locked by the
    caller, in whose transaction this runs. At most five queries, and two more for each digest.
    """
    stormy, collected = _many({row.address for row in rows}, at)
    folded = {row.pk for row in rows if row.address in stormy or (row.collect_at and row.address in collected)}
    digests = {row.pk for row in rows if row.kind == DIGEST}
    calm = [row.pk for row in rows if row.pk not in folded or row.pk in digests]
    if not stormy | collected:
        return calm
    parts: defaultdict[str, list[int]] = defaultdict(list)
    # Only what is not locked: another sender at work on the same address must not make this one wait.
    wanted = Q(address__in=stormy) | Q(address__in=collected, collect_at__isnull=False)
    waiting = Message.objects.claimable(at).filter(wanted).exclude(kind=DIGEST).order_by("not_before", "id")
    for pk, address in waiting.select_for_update(skip_locked=True).values_list("pk", "address")[:MOST_PARTS]:
        parts[address].append(pk)
    held = _held(stormy | collected, at)
    begun: list[int] = []
    for address, ids in parts.items():
        if address not in held:
            digest = _begin(address, ids, token=token, at=at)
            if digest.claim_token == token:
                Message.objects.filter(pk__in=ids).update(digest=digest)
                begun.append(digest.pk)
                continue
            held[address] = at + LOOK_AGAIN
        Message.objects.filter(pk__in=ids).update(not_before=held[address])
    return calm + begun


def _many(addresses: Iterable[str], at: datetime) -> tuple[set[str], set[str]]:
    """Return the addresses that got or await more than 20 messages within the minute before `at`, and those that await
    two or more that their reader wants together. One query.
    """
    waits = UNSENT & Q(digest__isnull=True, not_before__lte=at)
    counts = (
        Message.objects.filter(address__in=addresses)
        .exclude(kind=DIGEST)
        .filter(Q(accepted_at__gt=at - WINDOW) | waits)
        .order_by()
        .values("address")
        .annotate(
            # What was kept for a digest is no storm, however much it is.
            messages=Count("pk", filter=Q(collect_at__isnull=True)),
            kept=Count("pk", filter=waits & Q(collect_at__isnull=False)),
        )
    )
    rows = list(counts)
    stormy = {row["address"] for row in rows if row["messages"] > MOST_SINGLE}
    return stormy, {row["address"] for row in rows if row["kept"] > 1} - stormy


def _held(addresses: Iterable[str], at: datetime) -> dict[str, datetime]:
    """Return until when addresses wait whose last digest is under way or less than a minute old."""
    recent = Message.objects.filter(UNSENT | Q(accepted_at__gt=at - WINDOW), kind=DIGEST, address__in=addresses)
    held: dict[str, datetime] = {}
    for address, accepted_at in recent.values_list("address", "accepted_at"):
        held[address] = max(held.get(address, at), accepted_at + WINDOW if accepted_at else at + LOOK_AGAIN)
    return held


def _begin(address: str, ids: Sequence[int], *, token: UUID, at: datetime) -> Message:
    """Return this minute's digest to an address: a new one, or the one that another sender has just begun."""
    first = Message.objects.get(pk=ids[0])
    key = f"digest:{int(at.timestamp() // WINDOW.total_seconds())}:{address}"
    Message.objects.bulk_create(
        [
            Message(
                key=key,
                kind=DIGEST,
                address=address,
                recipient_id=first.recipient_id,
                queued_at=first.queued_at,
                collect_at=first.collect_at,
                not_before=at,
                claim_token=token,
            )
        ],
        ignore_conflicts=True,
    )
    return Message.objects.get(key=key)


def render_digests(digests: Sequence[Message]) -> list[Mail]:
    """Write digests: the subjects of their first 50 messages, then how many more there are."""
    return [_render(digest) for digest in digests]


def _render(digest: Message) -> Mail:
    parts = digest.parts.unsent().select_related("recipient").order_by("queued_at", "pk")
    number = parts.count()
    named = list(parts[:MOST_NAMED])
    written = render_each(named)
    # An alert of its own, when the minute's twenty went out one by one before it.
    alerts = "1 more alert" if number == 1 else f"{number:,} alerts"
    lines = {"lines": [_line(part, written[part.pk]) for part in named], "more": number - len(named)}
    if all(part.collect_at for part in named):
        notices = "1 notice" if number == 1 else f"{number:,} notices"
        return Mail(
            subject=f"{notices} since {instant_text(digest.queued_at, zone_of(digest))}",
            ask=f"Look at {'this notice' if number == 1 else f'these {number:,} notices'}.",
            why="You get them together because you asked for a digest.",
            link_path=reverse("preferences"),
            link_label="Change how you are told",
            text_template="mail/digest.txt",
            html_template="mail/digest.html",
            context=lines,
        )
    return Mail(
        subject=f"{alerts} within a minute, {instant_text(digest.queued_at, zone_of(digest))}",
        ask=f"Look at {'this alert' if number == 1 else f'these {number:,} alerts'}.",
        paragraphs=[f"More than {MOST_SINGLE} came within a minute, so they share one mail."],
        why="You get this because each of them is addressed to you.",
        link_path="/",
        link_label="Open the portal",
        state="risk",
        text_template="mail/digest.txt",
        html_template="mail/digest.html",
        context=lines,
    )


def _line(part: Message, written: Mail | Exception) -> str:
    return written.subject if isinstance(written, Mail) else f"{part.kind}, which cannot be shown"
