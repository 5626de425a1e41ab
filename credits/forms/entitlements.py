"""Granting, using and holding prepaid units. Clause: JI-8, JN-2. BAD_INPUTS: 13, 42."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from credits.forms.fields import units_of
from credits.queries.entitlements import Prepaid
from credits.rules.units import Amount
from credits.words import UNIT_LABELS, amount_text
from portal.clients.forms.agreements import DayField
from portal.clients.models import Agreement
from portal.web.forms import LineField, OnceForm, ProseField

LONGEST_NOTE = 2000


class GrantForm(OnceForm):
    """Units that the client bought. Clause: JI-8, JN-2."""

    agreement = forms.TypedChoiceField(coerce=int)
    unit = forms.ChoiceField(choices=[(unit, label) for unit, label in UNIT_LABELS.items()])
    amount = LineField(label="How many", max_length=40, help_text="In plain digits: hours such as 12.50, others whole.")
    effective_on = DayField(label="Valid from")
    valid_until = DayField(
        label="Valid until", required=False, help_text="The last day on which they can be used. Empty: for ever."
    )
    source = LineField(label="Bought with", max_length=150, help_text="The order's number, such as PO-4711.")
    reason = ProseField(label="What for", max_length=LONGEST_NOTE, help_text="The client reads it.")

    def __init__(self, *args: Any, agreements: Sequence[Agreement], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agreement"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # It is declared above.
        field.choices = [(row.pk, f"{row.title} ({row.ref})") for row in agreements]
        self.initial.setdefault("effective_on", today)

    def clean(self) -> dict[str, Any]:
        """Read the amount in its unit, and look at both days."""
        cleaned = super().clean() or self.cleaned_data
        if "amount" in cleaned and "unit" in cleaned:
            try:
                cleaned["units"] = units_of(cleaned["amount"], cleaned["unit"])
            except forms.ValidationError as error:
                self.add_error("amount", error)
        start, end = cleaned.get("effective_on"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "They would expire before they begin. Give a later day, or none.")
        return cleaned


class SpendForm(OnceForm):
    """Units that are used or held, of one unit under one agreement."""

    prepaid = forms.ChoiceField(label="Of")
    amount = LineField(label="How many", max_length=40, help_text="In plain digits: hours such as 1.50, others whole.")
    reason = ProseField(label="What for", max_length=LONGEST_NOTE, help_text="The client reads it.")

    def __init__(self, *args: Any, prepaid: Sequence[Prepaid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepaid = {f"{it.agreement.pk}:{it.unit}": it for it in prepaid}
        field = self.fields["prepaid"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # It is declared above.
        field.choices = [
            (key, f"{amount_text(it.left_amount)} left, {it.agreement.title} ({it.agreement.ref})")
            for key, it in self._prepaid.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Read the amount in the chosen unit."""
        cleaned = super().clean() or self.cleaned_data
        if "amount" in cleaned and "prepaid" in cleaned:
            try:
                cleaned["units"] = units_of(cleaned["amount"], self._prepaid[cleaned["prepaid"]].unit)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return cleaned

    def agreement(self) -> Agreement:
        """Return the agreement whose units are meant."""
        return self._prepaid[self.cleaned_data["prepaid"]].agreement


class CaptureForm(OnceForm):
    """How much of a hold is used; the rest goes back."""

    amount = LineField(label="How many were used", max_length=40)
    reason = ProseField(label="What for", max_length=LONGEST_NOTE, help_text="The client reads it.")

    def __init__(self, *args: Any, held: Amount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        self.fields["amount"].help_text = f"{amount_text(held)} is held. What is not used goes back."
        self.initial.setdefault("amount", str(held).split(" ")[0])

    def clean_amount(self) -> Amount:
        """Read the amount in the hold's unit."""
        return units_of(self.cleaned_data["amount"], self.held.unit)


class ReleaseForm(OnceForm):
    """A hold that is given back."""

    reason = ProseField(label="Why", max_length=LONGEST_NOTE, help_text="The client reads it.")
