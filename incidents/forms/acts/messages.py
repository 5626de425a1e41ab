"""Messages: to the client, among staff, from the client."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from incidents.forms.acts.act_form import LONGEST_BODY, ActForm, BackdatedForm
from portal.clocks.words import target_label
from portal.journal.attachments import RULES
from portal.web.figures import instant_text
from portal.web.forms import FilesField, ProseField

MET_BY_REPLY = frozenset({"response", "contact"})


class ReplyForm(BackdatedForm):
    """A message to the client. Clause: JS-6 to JS-9."""

    body = ProseField(label="Message", max_length=LONGEST_BODY)
    attachments = FilesField(label="Files", help_text=RULES)

    field_order = ("body", "attachments", "at", "backdating_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = self._met_words()

    def _met_words(self) -> str:
        """Return what sending meets: `Sending meets update 3, due 10:55 ET.`"""
        due = [clock for clock in self.standing.state.clocks.values() if clock.target in MET_BY_REPLY and clock.unmet]
        if not due:
            return "The client reads this."
        clock = due[0]
        label = target_label(clock.target, clock.ordinal).lower()
        zone = ZoneInfo(timezone.get_current_timezone_name())
        when = f", due {instant_text(clock.due_at, zone, 'time', self.standing.at)}" if clock.due_at else ""
        return f"Sending meets {label}{when}."


class NoteForm(ActForm):
    """A note among staff."""

    body = ProseField(label="Note", max_length=LONGEST_BODY, help_text="The client never sees this. It moves no clock.")
    attachments = FilesField(label="Files", help_text=RULES)


class ClientMessageForm(ActForm):
    """A message from the client."""

    body = ProseField(label="Your message", max_length=LONGEST_BODY)
    attachments = FilesField(label="Files", help_text=RULES)
