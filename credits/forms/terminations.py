"""Forms of the right to end an order form: a day to ask about, and the notice. Clause: JB-11."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.clients.forms.agreements import DayField
from portal.web.figures import day_text
from portal.web.forms import LineField, OnceForm, PortalForm


class BoundedDay(DayField):
    """A day between two others, both included."""

    earliest: date
    latest: date

    def validate(self, value: date | None) -> None:
        """Refuse a day outside."""
        super().validate(value)
        if value is not None and not self.earliest <= value <= self.latest:
            raise ValidationError(
                f"{day_text(value)} is out of range. Choose a day from {day_text(self.earliest)} "
                f"to {day_text(self.latest)}."
            )


def _bound(form: PortalForm, earliest: date, latest: date) -> None:
    field = form.fields["on"]
    assert isinstance(field, BoundedDay)  # noqa: S101  # It is declared below.
    field.earliest, field.latest = earliest, latest
    field.widget.attrs |= {"min": str(earliest), "max": str(latest)}


class DayForm(PortalForm):
    """Which day to ask about: the first without the order form."""

    on = BoundedDay(label="First day without it")

    def __init__(self, *args: Any, earliest: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bound(self, earliest, latest)


class NoticeForm(OnceForm):
    """The written notice: a day, and a name under it."""

    on = BoundedDay(label="First day without it", widget=forms.HiddenInput)
    name = LineField(label="Your name", max_length=150, help_text="The notice is signed by it.")

    def __init__(self, *args: Any, earliest: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bound(self, earliest, latest)
