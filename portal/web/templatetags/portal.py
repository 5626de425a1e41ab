"""The tags of every page: `{% load portal %}`."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from portal.contract.money import Money
from portal.web import text
from portal.web.figures import (
    DurationStyle,
    InstantStyle,
    day_text,
    duration_text,
    instant_machine,
    instant_text,
    left_text,
    money_text,
    period_text,
)
from portal.web.navigation import Audience, NavSection, sections_for
from portal.web.words import severity_sign, state_sign

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a lucide drawing, hidden from readers because a word stands beside it. Raises: IconDoesNotExist."""
    return _icon(str(name))


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    attributes = {"class": "icon", "stroke_width": "1.75", "aria_hidden": "true", "focusable": "false"}
    return mark_safe(lucide(name, size=None, **attributes))  # noqa: S308 - the package's own drawing


def _zone(context: Context, zone: ZoneInfo | str | None) -> ZoneInfo:
    chosen = zone or context.get("display_zone") or timezone.get_current_timezone_name()
    return chosen if isinstance(chosen, ZoneInfo) else ZoneInfo(str(chosen))


@register.simple_tag(takes_context=True)
def instant(
    context: Context, at: datetime | None, style: InstantStyle = "full", zone: ZoneInfo | str | None = None
) -> str:
    """Return `<time>` with the zone named, in the page's zone (`display_zone`) unless another is given.

    Styles `full`, `list`, `time` and `exact` as in `figures.instant_text`; `list` and `time` leave out what the
    context's `now` tells. Nothing for None.
    """
    if at is None:
        return ""
    place = _zone(context, zone)
    words = instant_text(at, place, style, context.get("now"))
    return format_html('<time datetime="{}">{}</time>', instant_machine(at, place), words)


@register.simple_tag(takes_context=True)
def period(context: Context, start: datetime, end: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """Return two `<time>`s: `Fri 26 Feb, 14:00 to 17:00 ET`; the first alone when it has no length or no end."""
    if end is None or end == start:
        return instant(context, start, "list", zone)
    place = _zone(context, zone)
    first, last = period_text(start, end, place, context.get("now"))
    return format_html(
        '<time datetime="{}">{}</time> to <time datetime="{}">{}</time>',
        instant_machine(start, place),
        first,
        instant_machine(end, place),
        last,
    )


@register.simple_tag
def day(on: date | None, *, year: bool = True) -> str:
    """Return `<time>` for a date: `Thu 11 Mar 2027`. Nothing for None."""
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), day_text(on, year=year)) if on else ""


@register.filter
def duration(amount: timedelta | None, style: DurationStyle = "minutes") -> str:
    """Return a length of time as in `figures.duration_text`: `4 h 53 min`. Nothing for None."""
    return "" if amount is None else duration_text(amount, style)


@register.filter
def left(amount: timedelta | None) -> str:
    """Return the time left: `13 min`, `under 1 min`, `10 min over`. Nothing for None."""
    return "" if amount is None else left_text(amount)


@register.simple_tag
def status_badge(state: str, word: str = "") -> str:
    """Return a state as a word with its icon; `word` replaces the usual one. Raises: ValueError for no such state."""
    sign = state_sign(str(state))
    return format_html('<span class="badge" data-status="{}">{}{}</span>', state, _icon(sign.icon), word or sign.word)


@register.simple_tag
def severity(name: str) -> str:
    """Return a severity as a word whose weight, never its colour, tells how grave it is."""
    sign = severity_sign(str(name))
    return format_html('<span class="sev" data-sev="{}">{}{}</span>', name, _icon(sign.icon), sign.word)


@register.simple_tag
def clause(reference: str) -> str:
    """Return a clause's id, as a link to its page where there is one."""
    try:
        url = reverse("clause", args=[reference])
    except NoReverseMatch:
        return format_html('<span class="clause">{}</span>', reference)
    return format_html('<a class="clause" href="{}" title="What clause {} says">{}</a>', url, reference, reference)


def _percent(share: Decimal | float) -> str:
    """Return a share of one as an SVG length in [0, 100] with at most two decimals."""
    held = min(max(Decimal(str(share)), Decimal(0)), Decimal(1)) * 100
    return f"{held.quantize(Decimal('0.01')).normalize():f}"


@register.simple_tag
def meter(share: Decimal | float, status: str = "", marks: Iterable[Decimal | float] = ()) -> str:
    """Return a bar of the share that is used, with a notch at each mark. Shares are of one; beyond one it is full."""
    notches = format_html_join(
        "", '<rect class="meter-mark" x="{}" width="0.8" height="5"/>', ((_percent(mark),) for mark in marks)
    )
    return format_html(
        '<svg class="meter"{} viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="meter-track" width="100" height="5"/><rect class="meter-fill" width="{}" height="5"/>{}</svg>',
        format_html(' data-status="{}"', status) if status else "",
        _percent(share),
        notches,
    )


@register.simple_tag
def dots(asked: tuple[int, int]) -> str:
    """Return reach-outs as dots, those without an answer filled: `(2, 3)` is two of three."""
    unanswered, of = asked
    circles = format_html_join(
        "",
        '<circle{} cx="{}" cy="5" r="3.6"/>',
        ((mark_safe(' class="on"') if place < unanswered else "", 6 + 12 * place) for place in range(of)),
    )
    words = f"{unanswered} of {of} reach-outs unanswered"
    return format_html(
        '<svg class="dots" viewBox="0 0 {} 10" role="img" aria-label="{}">{}</svg>', 12 * of, words, circles
    )


@register.simple_tag
def money(amount: Money | None) -> str:
    """Return an amount with its currency, as `<data>` whose value machines read. Nothing for None."""
    if amount is None:
        return ""
    return format_html('<data class="num" value="{} {}">{}</data>', amount, amount.currency, money_text(amount))


@register.filter
def plain_paragraphs(value: str | None) -> SafeString:
    """Return what a person wrote as escaped paragraphs with safe links."""
    return text.plain_paragraphs(value or "")


_REFERENCE = re.compile(r"(?<=[A-Z])-(?=[0-9])")


@register.filter
def unbroken(words: str) -> str:
    """Return words whose references, such as `INC-2041`, are not broken at their hyphen."""
    return _REFERENCE.sub("\N{NON-BREAKING HYPHEN}", words)


@register.filter
def place(zone: str) -> str:
    """Return a zone as people write it: `America/New York`."""
    return zone.replace("_", " ")


@register.filter
def subject_words(subject: str) -> str:
    """Return a subject as people call it: `maintenance:MW-32` is Maintenance MW-32."""
    kind, _, ref = subject.partition(":")
    return f"{kind.replace('_', ' ').capitalize()} {ref}".strip()


@register.filter
def initials(name: Any) -> str:
    """Return the first letters of a name's first and last word, for an avatar."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else "?"


@register.filter
def message_status(tags: str) -> str:
    """Return the state that colours a toast with these message tags, '' for a plain one."""
    return next((state for tag, state in _MESSAGE_STATES.items() if tag in tags.split()), "")


_MESSAGE_STATES = {"success": "met", "warning": "risk", "error": "breached"}


@register.simple_tag(takes_context=True)
def navigation(context: Context, audience: Audience) -> list[NavSection]:
    """Return an audience's navigation for `{% navigation "staff" as sections %}`; empty outside a request."""
    request = context.get("request")
    return sections_for(request, audience) if request is not None else []
