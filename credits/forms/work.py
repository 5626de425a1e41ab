"""Service requests, quotes, the time log, the rate card and charges. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from credits.forms.fields import HoursField, MoneyField
from credits.models import Quote, QuoteVersion, Rate, ServiceRequest, TimeEntry
from credits.rules.quotes import FixedPrice, HoursAtRate, Price
from credits.rules.units import Amount
from credits.words import amount_text
from portal.clients.forms.agreements import DayField
from portal.clients.models import Agreement
from portal.contract.money import SCALES, Money
from portal.web.figures import day_text, duration_text, money_text
from portal.web.forms import Choice, FilterForm, LineField, OnceForm, ProseField

LONGEST_REASON = 2000

KINDS = {
    ServiceRequest.Kind.ON_SITE: "Somebody of ours comes to you and works there.",
    ServiceRequest.Kind.INSTALLATION: "We set the product up for you, or move it.",
    ServiceRequest.Kind.TRAINING: "We teach your people, remotely or at your place.",
}


class ServiceRequestForm(OnceForm):
    """What a client wants on request and for a price. Clause: JB-14."""

    agreement = forms.TypedChoiceField(coerce=int)
    kind = forms.ChoiceField(label="What do you need?", widget=forms.RadioSelect)
    title = LineField(label="In a few words", max_length=300)
    wish = ProseField(
        label="What is to be done", help_text="For whom, where, and anything that we should know to say a price."
    )
    wanted_on = DayField(label="By when, if there is a day", required=False)

    def __init__(self, *args: Any, agreements: Sequence[Agreement], named: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (row.pk, f"{row.client}: {row.title} ({row.ref})" if named else f"{row.title} ({row.ref})")
            for row in agreements
        ]
        _choices(self, "agreement", choices)
        _choices(self, "kind", [(kind, Choice(kind.label, detail, "JB-14")) for kind, detail in KINDS.items()])
        if len(choices) == 1:
            self.initial.setdefault("agreement", choices[0][0])


class CloseForm(OnceForm):
    """How a service request ended. Clause: JB-14."""

    outcome = forms.ChoiceField(
        label="How did it end?",
        widget=forms.RadioSelect,
        choices=[(it, it.label) for it in (ServiceRequest.Outcome.DONE, ServiceRequest.Outcome.REFUSED)],
    )
    reason = ProseField(label="What the client reads", max_length=LONGEST_REASON)


class ReasonForm(OnceForm):
    """An act that says why."""

    reason = ProseField(label="Why", max_length=LONGEST_REASON)


class DeclineForm(OnceForm):
    """A quote that is not taken."""

    reason = ProseField(label="Why, if you like to say so", max_length=LONGEST_REASON, required=False)


class ConfirmForm(OnceForm):
    """An act without any field of its own."""


class QuoteForm(OnceForm):
    """A price for work: a fixed one, or hours at a rate. Clause: JS-2, JB-14."""

    text = ProseField(label="What is done for it", help_text="The client reads and accepts these words.")
    basis = forms.ChoiceField(label="Price", widget=forms.RadioSelect)
    price = MoneyField(label="Fixed price", required=False)
    hours = HoursField(label="Hours", required=False)
    rate = forms.ChoiceField(required=False)
    valid_until = DayField(label="Valid until", help_text="The client can accept it until the end of this day.")

    def __init__(self, *args: Any, currency: str, rates: Sequence[Rate], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields["price"]
        assert isinstance(price, MoneyField)  # noqa: S101  # It is declared above.
        price.currency = currency
        price.help_text = f"In {currency}, plain digits, such as {Money(150_000, currency)}."
        _choices(
            self,
            "basis",
            [
                (QuoteVersion.Basis.FIXED, Choice("A fixed price", "However long it takes.")),
                (
                    QuoteVersion.Basis.TIME,
                    Choice("Hours at a rate", "The logged time is charged, never more than these hours."),
                ),
            ],
        )
        _choices(self, "rate", rate_choices(rates))
        self.initial.setdefault("basis", QuoteVersion.Basis.FIXED)
        self.fields["valid_until"].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind of price needs."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("basis") == QuoteVersion.Basis.FIXED and "price" not in self.errors and not cleaned["price"]:
            self.add_error("price", "Nothing is filled in. Give the price.")
        if cleaned.get("basis") == QuoteVersion.Basis.TIME:
            if "hours" not in self.errors and not cleaned["hours"]:
                self.add_error("hours", "Nothing is filled in. Give the hours.")
            if "rate" not in self.errors and not cleaned["rate"]:
                self.add_error("rate", "Nothing is chosen. Choose a rate of the card.")
        return cleaned

    def offered(self) -> Price:
        """Return the price."""
        cleaned = self.cleaned_data
        if cleaned["basis"] == QuoteVersion.Basis.FIXED:
            return FixedPrice(cleaned["price"])
        return HoursAtRate(cleaned["hours"], cleaned["rate"])


class TimeForm(OnceForm):
    """Work that was done. Clause: JS-2, JB-8, JB-14."""

    worked_on = DayField(label="Day")
    hours = HoursField(label="Time")
    rate = forms.ChoiceField()
    note = LineField(label="What was done", max_length=300, help_text="The client reads it once it is charged.")

    def __init__(self, *args: Any, rates: Sequence[Rate], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "rate", rate_choices(rates))
        self.initial.setdefault("worked_on", today)
        self.fields["worked_on"].widget.attrs["max"] = today.isoformat()


class RateForm(OnceForm):
    """A price of an hour, from a day on."""

    name = LineField(max_length=60, help_text="Such as Engineer, or Engineer on site. The same name replaces it.")
    currency = forms.ChoiceField(choices=[(code, code) for code in SCALES])
    hourly = LineField(label="Price of an hour", max_length=40, help_text="In plain digits, such as 200.00.")
    from_on = DayField(label="From", help_text="Work of this day and later has this price.")

    def clean(self) -> dict[str, Any]:
        """Read the price in its currency."""
        cleaned = super().clean() or self.cleaned_data
        if "hourly" in cleaned and "currency" in cleaned:
            field = MoneyField(currency=cleaned["currency"])
            try:
                cleaned["money"] = field.clean(cleaned["hourly"])
            except forms.ValidationError as error:
                self.add_error("hourly", error)
        return cleaned


class ChargeForm(OnceForm):
    """What the client is to be charged: an accepted quote's price, or logged time and expenses. Clause: JS-2, JB-8."""

    basis = forms.ChoiceField(label="Under", widget=forms.RadioSelect)
    time = forms.TypedMultipleChoiceField(
        label="Logged time", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    expenses = MoneyField(label="Expenses", required=False)
    reason = ProseField(label="Why the client is charged", max_length=LONGEST_REASON, help_text="The client reads it.")

    def __init__(
        self,
        *args: Any,
        currency: str,
        quotes: Sequence[tuple[Quote, QuoteVersion, Amount]],
        chargeable: str,
        time: Sequence[TimeEntry],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        expenses = self.fields["expenses"]
        assert isinstance(expenses, MoneyField)  # noqa: S101  # It is declared above.
        expenses.currency = currency
        expenses.help_text = f"In {currency}. What was paid to others for this work; say in the reason for what."
        bases = [(str(quote.pk), _quote_choice(quote, version, left)) for quote, version, left in quotes]
        if chargeable:
            bases.append(
                ("cause", Choice("No quote", "The recorded cause is not ours: time and expenses.", chargeable))
            )
        _choices(self, "basis", bases)
        if bases:
            self.initial.setdefault("basis", bases[0][0])
        field = self.fields["time"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  # It is declared above.
        field.choices = [(row.pk, time_words(row)) for row in time]
        self.initial.setdefault("time", [row.pk for row in time])
        field.error_messages["invalid_choice"] = "“%(value)s” is none of the logged time. Choose of the list."


def _quote_choice(quote: Quote, version: QuoteVersion, left: Amount) -> Choice:
    if version.basis == QuoteVersion.Basis.FIXED:
        return Choice(
            f"Quote {quote.ref}: {amount_text(left)}", "The accepted fixed price, without time.", quote.clause
        )
    return Choice(
        f"Quote {quote.ref}: up to {amount_text(left)}", "The time that you choose, at its rates.", quote.clause
    )


def time_words(row: TimeEntry) -> str:
    """Return some logged time in a line: `Mon 2 Mar 2026, 1 h 30 min, Engineer, Ada: Read the logs`."""
    words = (
        f"{day_text(row.worked_on)}, {duration_text(timedelta(minutes=row.minutes))}, {row.rate.name}, {row.worked_by}"
    )
    return f"{words}: {row.note}" if row.note else words


def rate_choices(rates: Iterable[Rate]) -> list[tuple[str, str]]:
    """Return the names of the card with what an hour costs now."""
    return [(rate.name, f"{rate.name}, {money_text(Money(rate.hourly, rate.unit_id))} an hour") for rate in rates]


def _choices(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # A slip of the programmer's, not of the user's.
    field.choices = list(choices)


class QuoteFilter(FilterForm):
    """Which quotes are listed; it lives in the URL."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", "All"), ("waiting", "Waiting"), ("accepted", "Accepted"), ("ended", "Declined or withdrawn")],
    )
