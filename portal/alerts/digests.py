"""Storms: more than 20 messages to one address within a minute become one mail that names them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from portal.alerts.kinds import Mail, render_each, zone_of
from portal.alerts.models import UNSENT, Message
from portal.web.figures import instant_text

DIGEST = "digest"
MOST_SINGLE = 20
WINDOW = timedelta(minutes=1)
MOST_NAMED = 50
MOST_PARTS = 10_000
"""In one digest; what goes beyond it waits for the next one."""
LOOK_AGAIN = timedelta(seconds=5)
"""How long messages wait while a digest to their address is under way."""


def fold_storms(rows: Sequence[Message], *, token: UUID, at: datetime) -> list[int]:
    """Return the ids to send in place of `rows`: calm addresses' own, and a new digest for each stormy address.

    One digest a minute: what comes while one is under way or just went out waits for the next. Rows are locked by the
    caller, in whose transaction this runs. At most five queries, and two more for each stormy address.
    """
    stormy = _stormy({row.address for row in rows}, at)
    calm = [row.pk for row in rows if row.address not in stormy]
    if not stormy:
        return calm
    parts: defaultdict[str, list[int]] = defaultdict(list)
    # Only what is not locked: another sender at work on the same address must not make this one wait.
    waiting = Message.objects.claimable(at).filter(address__in=stormy).exclude(kind=DIGEST).order_by("not_before", "id")
    for pk, address in waiting.select_for_update(skip_locked=True).values_list("pk", "address")[:MOST_PARTS]:
        parts[address].append(pk)
    held = _held(stormy, at)
    digests: list[int] = [row.pk for row in rows if row.address in stormy and row.kind == DIGEST]
    for address, ids in parts.items():
        if address not in held:
            digest = _begin(address, ids, token=token, at=at)
            if digest.claim_token == token:
                Message.objects.filter(pk__in=ids).update(digest=digest)
                digests.append(digest.pk)
                continue
            held[address] = at + LOOK_AGAIN
        Message.objects.filter(pk__in=ids).update(not_before=held[address])
    return calm + digests


def _stormy(addresses: Iterable[str], at: datetime) -> set[str]:
    """Return the addresses that got or await more than 20 messages within the minute before `at`."""
    counts = (
        Message.objects.filter(address__in=addresses)
        .exclude(kind=DIGEST)
        .filter(Q(accepted_at__gt=at - WINDOW) | (UNSENT & Q(digest__isnull=True, not_before__lte=at)))
        .order_by()
        .values("address")
        .annotate(messages=Count("pk"))
    )
    return {row["address"] for row in counts if row["messages"] > MOST_SINGLE}


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
        context={"lines": [_line(part, written[part.pk]) for part in named], "more": number - len(named)},
    )


def _line(part: Message, written: Mail | Exception) -> str:
    return written.subject if isinstance(written, Mail) else f"{part.kind}, which cannot be shown"
