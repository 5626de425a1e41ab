"""The form of a hosted event: its name, its zone, and its sessions as rows told in that zone. Clause: JS-10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from incidents.models import HostedEvent
from portal.clients.models import Agreement
from portal.contract.zones import InvalidZone, check_zone
from portal.web.forms import CHOICE_WORDS, InstantField, LineField, OnceForm, PortalForm, ZoneField

MOST_SESSIONS = 200
MORE_ROWS = 3
"""Empty rows below those that are filled in."""
ROWS = "sessions"
KEPT = ("submission", "agreement", "name", "zone")
GAP_RULE = "Times that the clocks skip are refused; of a time that they repeat the first is meant."


class SessionInstant(InstantField):
    """An instant whose zone is said once above all rows, not below each field."""

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return forms.Field.get_bound_field(self, form, field_name)


class SessionForm(PortalForm):
    """One session. Both times, or neither: a row left empty is none."""

    starts_at = SessionInstant(label="Starts", required=False)
    ends_at = SessionInstant(label="Ends", required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            assert isinstance(field, InstantField)  # noqa: S101  # Both are declared above.
            field.zone = zone

    def clean(self) -> dict[str, Any]:
        """Refuse half a session, and one that ends before it starts."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and not end and "ends_at" not in self.errors:
            self.add_error("ends_at", "The session has no end. Give one, or empty the row.")
        if end and not start and "starts_at" not in self.errors:
            self.add_error("starts_at", "The session has no start. Give one, or empty the row.")
        if start and end and end <= start:
            self.add_error("ends_at", "The session ends before it starts. Give a later end.")
        return cleaned


SessionRows = forms.formset_factory(
    SessionForm, extra=0, max_num=MOST_SESSIONS, validate_max=True, absolute_max=MOST_SESSIONS
)


def _rows_of(hosted: HostedEvent | None) -> list[dict[str, Any]]:
    sessions = hosted.sessions.all() if hosted is not None else []
    return [{"starts_at": session.starts_at, "ends_at": session.ends_at} for session in sessions]


def _typed_rows(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows as they were typed, the empty ones left out."""
    rows = (
        {name: typed.get(f"{ROWS}-{number}-{name}", "") for name in ("starts_at", "ends_at")}
        for number in range(MOST_SESSIONS)
    )
    return [row for row in rows if any(row.values())]


class HostedEventForm(OnceForm):
    """An event with its sessions. `sessions` is the formset of its rows.

    `typed` is what somebody has typed so far and asks more rows for: it is shown again, and not judged yet.
    """

    name = LineField(label="Name of the event", max_length=200)
    zone = ZoneField(help_text=f"The event's own, such as America/New_York. {GAP_RULE}")

    def __init__(
        self,
        *args: Any,
        agreements: Iterable[Agreement] = (),
        hosted: HostedEvent | None = None,
        names_clients: bool = True,
        default_zone: str = "America/New_York",
        typed: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in KEPT:
            if typed is not None and name in typed:
                self.initial[name] = typed[name]
        choices = [(row.pk, f"{row.client}: {row}" if names_clients else str(row)) for row in agreements]
        if hosted is not None:
            del self.fields["name"]
            self.initial.setdefault("zone", hosted.zone)
        else:
            self.initial.setdefault("zone", default_zone)
            agreement = forms.TypedChoiceField(choices=choices, coerce=int, error_messages=CHOICE_WORDS)
            self.fields = {"agreement": agreement, **self.fields}
        self.sessions = self._rows(_typed_rows(typed) if typed is not None else _rows_of(hosted))

    def _rows(self, initial: list[dict[str, Any]]) -> Any:
        data = self.data if self.is_bound else None
        rows = SessionRows(data, initial=initial, prefix=ROWS, form_kwargs={"zone": self._zone_of_rows()})
        rows.extra = MORE_ROWS
        return rows

    def _zone_of_rows(self) -> ZoneInfo:
        """Return the zone in which the rows are meant: the one given along with them."""
        name = self.data.get("zone") if self.is_bound else self.initial["zone"]
        try:
            return check_zone(str(name))
        except InvalidZone:
            return ZoneInfo("UTC")  # The zone itself is refused, and no row is kept.

    def is_valid(self) -> bool:
        """Return whether the event and all of its rows can be kept, and at least one session is there."""
        valid = super().is_valid() and self.sessions.is_valid()
        if valid and not self.periods():
            self.add_error(None, ValidationError("The event has no session. Give the start and the end of one."))
            return False
        return valid

    def periods(self) -> list[tuple[datetime, datetime]]:
        """Return the sessions, in order."""
        rows = (row.cleaned_data for row in self.sessions.forms)
        return sorted((row["starts_at"], row["ends_at"]) for row in rows if row.get("starts_at"))
