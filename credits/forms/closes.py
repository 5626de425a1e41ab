"""Forms of closing months: which are listed, and why one closes though something speaks against it."""

from __future__ import annotations

from credits.services.proposals import LONGEST_REASON
from portal.clients.models import Client
from portal.web.forms import FilterForm, NamedChoiceField, OnceForm, ProseField


class CloseFilter(FilterForm):
    """Which closes. An unknown value is refused, never ignored. BAD_INPUTS: 2."""

    client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")


class CloseForm(OnceForm):
    """Why a month closes by a person's word."""

    reason = ProseField(
        label="Why does it close all the same?",
        max_length=LONGEST_REASON,
        help_text="What comes out later is proposed as a difference.",
    )
