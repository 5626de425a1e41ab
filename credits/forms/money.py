"""Forms of statements, invoices, offsets, payouts and reversals. BAD_INPUTS: 11, 13, 42."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from credits.forms.fields import refusal
from credits.models import DisputeAnswer
from credits.models.statements import DisputeQuerySet, StatementQuerySet
from credits.rules.units import UNITS
from credits.services.disputes import LONGEST_TEXT
from incidents.rules.months import Month
from portal.clients.forms.agreements import DayField
from portal.clients.models import Agreement, Client
from portal.contract.money import InvalidMoney, Money
from portal.web.forms import FilterForm, LineField, NamedChoiceField, OnceForm, ProseField

LARGEST_SHEET = 1024 * 1024
DISPUTE_STATES = {"waiting": "Waiting", "answered": "Answered", "all": "All"}


class MonthField(forms.Field):
    """A calendar month such as `2027-02`, cleaned to a `Month`; None for nothing."""

    widget = forms.DateInput(attrs={"type": "month"})

    def clean(self, value: Any) -> Month | None:
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        year, dash, number = text.partition("-")
        plain = dash and text.isascii() and len(year) == 4 and len(number) == 2 and (year + number).isdigit()
        if not plain or not 1 <= int(number) <= 12 or not 2000 <= int(year) <= 2100:
            raise ValidationError(f"“{text[:40]}” is no month. Write one such as 2027-02.")
        return Month(int(year), int(number))


class StatementFilter(FilterForm):
    """Which statements. An unknown value is refused, never ignored. BAD_INPUTS: 2."""

    client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")
    unit = forms.ChoiceField(
        choices=[("", "Any unit"), *((unit, unit.replace("_", " ")) for unit in UNITS)], required=False
    )
    month = MonthField(required=False)

    def narrow(self, statements: StatementQuerySet) -> StatementQuerySet:
        """Return the statements that are asked for."""
        asked = self.cleaned_data
        if asked["client"]:
            statements = statements.filter(client=asked["client"])
        if asked["unit"]:
            statements = statements.filter(unit=asked["unit"])
        if asked["month"]:
            statements = statements.filter(month_on=date(asked["month"].year, asked["month"].number, 1))
        return statements


class DisputeForm(OnceForm):
    """Why a line is wrong."""

    reason = ProseField(
        label="What is wrong with it?",
        max_length=LONGEST_TEXT,
        help_text="We answer here and by mail. A line stays as it was posted; what puts it right is a further line.",
    )


class MissingForm(OnceForm):
    """What should stand on a statement and does not."""

    reason = ProseField(
        label="What is missing?",
        max_length=LONGEST_TEXT,
        help_text="Say what happened and when, such as the number of an incident. We answer here and by mail.",
    )


class MissingInMonthForm(MissingForm):
    """What a month should have brought and did not, whether a statement tells of it or none."""

    agreement = forms.TypedChoiceField(coerce=int)
    month = MonthField(label="For which month?", help_text="One that is over.")
    incident = LineField(
        label="For which incident, if it is one?",
        max_length=100,
        required=False,
        help_text="Its number, as its page has it.",
    )

    field_order = ("agreement", "month", "incident", "reason")

    def __init__(self, *args: Any, agreements: Sequence[Agreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Say what happened and when. We answer here and by mail."
        choices = [(row.pk, f"{row.title} ({row.ref})") for row in agreements]
        self.fields["agreement"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial.setdefault("agreement", choices[0][0])


class DisputeFilter(FilterForm):
    """Which disputes. An unknown value is refused, never ignored. BAD_INPUTS: 2."""

    state = forms.ChoiceField(choices=list(DISPUTE_STATES.items()), required=False)
    client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")

    def narrow(self, disputes: DisputeQuerySet) -> DisputeQuerySet:
        """Return the disputes that are asked for; those that wait unless others are."""
        asked = self.cleaned_data
        state = asked["state"] or "waiting"
        if state != "all":
            disputes = disputes.filter(answer__isnull=state == "waiting")
        return disputes.of_clients([asked["client"].pk]) if asked["client"] else disputes


class AnswerForm(OnceForm):
    """What staff say to a dispute of a line, or to `missing`: one of what is not there."""

    outcome = forms.ChoiceField(
        label="Does the line stand?", choices=DisputeAnswer.Outcome.choices, widget=forms.RadioSelect
    )
    text = ProseField(
        label="What the client reads",
        max_length=LONGEST_TEXT,
        help_text="The statement is not changed by this. Reverse an entry, or post what is missing, to put it right.",
    )

    def __init__(self, *args: Any, missing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if missing:
            field = self.fields["outcome"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # It is declared above.
            field.label, field.choices = "Is it missing?", list(DisputeAnswer.OF_WHAT_IS_MISSING.items())


class _SumForm(OnceForm):
    """A form with a sum in one of the client's currencies."""

    currency = forms.ChoiceField()
    amount = LineField(max_length=40, help_text="Digits and a point, such as 1500.00.")

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]
        self.initial.setdefault("currency", currencies[0])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text, currency = cleaned.get("amount"), cleaned.get("currency")
        if text and currency:
            try:
                money = Money.parse(text, currency)
            except InvalidMoney as error:
                self.add_error("amount", refusal(error))
            else:
                if money.minor <= 0:
                    self.add_error("amount", f"“{text}” is not above zero. Give a sum of {currency}.")
                cleaned["money"] = money
        return cleaned


class InvoiceForm(_SumForm):
    """An invoice that was billed elsewhere."""

    number = LineField(max_length=60, help_text="As it stands on the invoice.")
    issued_on = DayField(label="Issued on")

    field_order = ("number", "issued_on", "currency", "amount")


class PaymentForm(_SumForm):
    """What the client paid of an invoice, and when."""

    effective_on = DayField(label="Paid on")

    field_order = ("effective_on", "currency", "amount")


class OffsetForm(_SumForm):
    """A sum of service credit to apply to open invoices. Clause: JS-15."""


class PayoutForm(_SumForm):
    """A sum to pay out, and why. Clause: JS-15, JB-11."""

    owed = forms.ChoiceField(label="Out of what", choices=[("credit", "Service credit")], widget=forms.RadioSelect)
    reason = ProseField(max_length=2000, help_text="The second person who decides on it reads this.")

    field_order = ("owed", "currency", "amount", "reason")

    def __init__(self, *args: Any, refunds: Sequence[Agreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("credit", "Service credit"), *((f"{row.pk}", f"Refund of {row.ref}") for row in refunds)]
        self.fields["owed"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("owed", "credit")


class ReversalForm(OnceForm):
    """Why an entry is taken back."""

    reason = ProseField(max_length=2000, help_text="The second person who decides on it reads this.")


class InvoiceImportForm(OnceForm):
    """A sheet of invoices. BAD_INPUTS: 11."""

    sheet = forms.FileField(
        label="Sheet",
        help_text="CSV with the columns client, number, issued_on, currency and amount; 1,000 rows and 1 MB at most. "
        "All of it is entered, or nothing.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_sheet(self) -> bytes:
        """Return what the sheet holds, if it is not too large."""
        sheet = self.cleaned_data["sheet"]
        if sheet.size > LARGEST_SHEET:
            raise ValidationError(f"The sheet has {sheet.size:,} bytes. Split it; 1 MB is taken at once.")
        return bytes(sheet.read())
