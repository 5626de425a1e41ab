"""Prepaid units, prices and lengths of work as words: `{% load units %}`."""

from __future__ import annotations

from datetime import timedelta

from django import template

from credits.models import QuoteVersion
from credits.rules.units import Amount
from credits.words import UNIT_LABELS, amount_text
from credits.work_mails import price_words
from portal.web.figures import duration_text

register = template.Library()


@register.filter
def units(amount: Amount | None) -> str:
    """Return an amount of any unit: `1.5 hours`, `$1,500.00`. Nothing for None."""
    return "" if amount is None else amount_text(amount)


@register.filter
def unit_label(unit: str) -> str:
    """Return a prepaid unit's name: `Flexible credits`."""
    return UNIT_LABELS.get(unit, unit)


@register.filter
def price(version: QuoteVersion) -> str:
    """Return what a quote costs: `$1,200.00`, or `6 h at $200.00 an hour, $1,200.00 at most`."""
    return price_words(version)


@register.filter
def worked(minutes: int) -> str:
    """Return a length of work: `1 h 30 min`."""
    return duration_text(timedelta(minutes=minutes))
