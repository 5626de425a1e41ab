"""Messages: to the client, among staff, from the client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from incidents.forms.acts.act_form import LONGEST_BODY, ActForm, BackdatedForm, choice_field
from incidents.models import CannedReply
from incidents.standing import MET_BY_REPLY
from portal.clocks.words import target_label
from portal.journal.attachments import RULES
from portal.web.figures import instant_text
from portal.web.forms import FilesField, ProseField


class ReplyForm(BackdatedForm):
    """A message to the client. Clause: JS-6 to JS-9.

    `canned` chooses a canned reply, which the button `insert` puts below what is written; sending ignores it.
    """

    body = ProseField(label="Message", max_length=LONGEST_BODY)
    canned = forms.ChoiceField(label="Canned reply", required=False)
    attachments = FilesField(label="Files", help_text=RULES)

    field_order = ("body", "canned", "attachments", "at", "backdating_reason")

    def __init__(self, *args: Any, canned: Sequence[CannedReply] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = f"Message to {self.standing.incident.client}"
        self.fields["body"].help_text = self._met_words()
        self.replies = {str(reply.pk): reply for reply in canned}
        if canned:
            choices = [("", "None"), *((number, reply.title) for number, reply in self.replies.items())]
            choice_field(self, "canned").choices = choices
        else:
            del self.fields["canned"]

    def plain_fields(self) -> Iterable[forms.BoundField]:
        """Return the fields that everybody fills in; the canned replies have a button of their own."""
        return [field for field in super().plain_fields() if field.name != "canned"]

    def inserted(self) -> CannedReply | None:
        """Return the canned reply that the button puts in, None where none was pressed or chosen."""
        return self.replies.get(self.data.get("canned", "")) if "insert" in self.data else None

    def _met_words(self) -> str:
        """Return what sending meets, or what it gives too late: `Sending meets update 3, due 10:55 ET.`"""
        due = [clock for clock in self.standing.state.clocks.values() if clock.target in MET_BY_REPLY and clock.unmet]
        if not due:
            return "The client reads this."
        clock = due[0]
        label = target_label(clock.target, clock.ordinal).lower()
        if clock.due_at is None:
            return f"Sending meets {label}."
        zone = ZoneInfo(timezone.get_current_timezone_name())
        when = instant_text(clock.due_at, zone, "time", self.standing.at)
        if clock.due_at < self.standing.at:
            return f"Sending gives {label}, which was due {when}."
        return f"Sending meets {label}, due {when}."


class NoteForm(ActForm):
    """A note among staff."""

    body = ProseField(label="Note", max_length=LONGEST_BODY, help_text="The client never sees this. It moves no clock.")
    attachments = FilesField(label="Files", help_text=RULES)


class ClientMessageForm(ActForm):
    """A message from the client."""

    body = ProseField(label="Your message", max_length=LONGEST_BODY)
    attachments = FilesField(label="Files", help_text=RULES)
