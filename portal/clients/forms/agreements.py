"""Agreements: what they say beside the terms, and the targets that they may set otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.accounts.models import Team
from portal.clients.measures import REMEDY, UnreadableMeasure, measure_words, read_measure
from portal.clients.models import Agreement, Client, Product, default_reminders
from portal.clients.services import AgreementDetails
from portal.contract.money import SCALES, InvalidMoney, Money
from portal.contract.terms import Basis, Terms
from portal.web.forms import EARLIEST_YEAR, LATEST_YEAR, LineField, OnceForm, ProseField, ZoneField

MOST_REMINDERS = 10
MOST_REMINDER_DAYS = 365
TARGETS = {"response": "First response", "contact": "Update at least every", "resolution": "Resolution"}


class DayField(forms.DateField):
    """A calendar date of this century."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = "That is no date. Write one such as 2027-03-11."

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            raise ValidationError(
                f"The year {value.year} is out of range. Choose one from {EARLIEST_YEAR} to {LATEST_YEAR}."
            )


class MeasureField(LineField):
    """A target: an amount of time, business days, or the next release; cleaned to what terms write."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> str:
        words = super().clean(value)
        try:
            return read_measure(words)
        except UnreadableMeasure as error:
            raise ValidationError(str(error)) from None


@dataclass(frozen=True, slots=True)
class TargetField:
    """A target's field with what its contract says of it."""

    field: forms.BoundField
    clause: str
    basis: Basis
    note: str


@dataclass(frozen=True, slots=True)
class SeverityFields:
    """The targets of one severity."""

    name: str
    meaning: str
    targets: list[TargetField]


class TermsForm(OnceForm):
    """The targets of a contract's severities, one field each. What the contract does not promise has no field."""

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        self.terms = terms
        super().__init__(*args, **kwargs)
        support = terms.document.support
        self._severities = support.severities if support else []
        for severity in self._severities:
            for target, label in TARGETS.items():
                value = getattr(severity, target)
                if value is None:
                    continue
                field = MeasureField(label=label, initial=measure_words(value.value))
                field.error_messages["required"] = f"Nothing is filled in. {REMEDY}"
                self.fields[f"{severity.name}_{target}"] = field

    @property
    def severities(self) -> list[SeverityFields]:
        """The fields of the targets by severity, the most severe first."""
        return [
            SeverityFields(
                severity.name,
                severity.meaning.value,
                [
                    TargetField(self[f"{severity.name}_{target}"], value.clause, value.basis, value.note)
                    for target in TARGETS
                    if (value := getattr(severity, target)) is not None
                ],
            )
            for severity in self._severities
        ]

    def targets(self) -> dict[str, dict[str, str]]:
        """Return every target as given, by severity."""
        return {
            severity.name: {
                target: self.cleaned_data[f"{severity.name}_{target}"]
                for target in TARGETS
                if getattr(severity, target) is not None
            }
            for severity in self._severities
        }


class RenewalForm(OnceForm):
    """The last day of the term that follows."""

    ends_on = DayField(label="Last day of the new term", help_text="Included in it.")


class DiscontinuationForm(OnceForm):
    """With which day an agreement ends, and why. Clause: JS-22."""

    last_day = DayField(label="Last day", help_text="Support goes on until it is over, in the agreement's zone.")
    reason = ProseField(label="What the client reads with it", required=False, max_length=2000)


class AmendmentForm(TermsForm):
    """Other targets, from now on or from a day ahead. `seen` is the digest of what its reader was shown."""

    on = DayField(
        label="From",
        required=False,
        help_text="As that day begins in the agreement's zone. Left empty: from now on.",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def digest(self) -> str:
        """Return what tells these targets and their day from others."""
        return sha256(repr((sorted(self.targets().items()), self.cleaned_data["on"])).encode()).hexdigest()

    def was_shown(self) -> bool:
        """Return whether its reader saw what exactly these targets change."""
        return bool(self.cleaned_data["seen"] == self.digest())


class AgreementForm(TermsForm):
    """An agreement under a contract of the library. `agreement` is the draft to change, none for a new one."""

    ref = LineField(label="Reference", max_length=60, help_text="Short and its own, such as ALDER-SUPPORT.")
    title = LineField(max_length=150)
    zone = ZoneField(label="Time zone", help_text="Months and credits follow it (T-10).")
    fee = LineField(
        required=False, max_length=40, help_text="In plain digits, such as 10000.00. Credits are shares of it."
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in SCALES])
    fee_per = forms.ChoiceField(label="The fee is for", choices=Agreement.FeePeriod.choices)
    prepaid = LineField(label="Prepaid for the term", required=False, max_length=40)
    starts_on = DayField(label="First day of the term", required=False)
    ends_on = DayField(label="Last day of the term", required=False)
    hosting = forms.ChoiceField(choices=Agreement.Hosting.choices)
    product = forms.ModelChoiceField(
        Product.objects.all(), required=False, empty_label="None", help_text="Its releases fix minor incidents (JS-9)."
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="None", help_text="Told of its breaches."
    )
    reminder_days = LineField(
        label="Reminders of the term's end",
        required=False,
        max_length=60,
        help_text="Days before its last day, with commas between them: 90, 60, 30.",
    )

    def __init__(
        self, *args: Any, terms: Terms, client: Client, agreement: Agreement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, terms=terms, initial=_initial(terms, client, agreement), **kwargs)
        support = terms.document.support
        self.missing = support.severities_missing.value if support and support.severities_missing else ""
        if self.missing:
            self.fields["severities_confirmed"] = forms.BooleanField(
                label="The client agreed to these severities and times", required=False
            )

    @property
    def detail_fields(self) -> list[forms.BoundField]:
        """The fields that say what the agreement says beside its terms."""
        return [self[name] for name in self.base_fields if name != "submission"]

    def clean_reminder_days(self) -> list[int]:
        """Return the days, the most first, each once."""
        words = [word.strip() for word in self.cleaned_data["reminder_days"].split(",") if word.strip()]
        for word in words:
            if not (word.isascii() and word.isdigit() and 1 <= int(word) <= MOST_REMINDER_DAYS):
                raise ValidationError(
                    f"“{word[:20]}” is no number of days from 1 to {MOST_REMINDER_DAYS}. Write them as 90, 60, 30."
                )
        if len(words) > MOST_REMINDERS:
            raise ValidationError(f"These are {len(words)} reminders. Give {MOST_REMINDERS} at most.")
        return sorted({int(word) for word in words}, reverse=True)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in ("fee", "prepaid"):
            if values.get(name) and values.get("currency"):
                values[name] = self._money(name, values[name], values["currency"])
        return values

    def _money(self, name: str, text: str, currency: str) -> Money | None:
        try:
            money = Money.parse(text, currency)
        except InvalidMoney as error:
            self.add_error(name, f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return None
        if money.minor < 0:
            self.add_error(name, f"The amount {text} is negative. Give 0 or more.")
        return money

    def details(self) -> AgreementDetails:
        """Return what the services take beside the targets."""
        product, team = self.cleaned_data["product"], self.cleaned_data["team"]
        plain = ("ref", "title", "zone", "fee", "fee_per", "prepaid", "starts_on", "ends_on", "hosting")
        given: dict[str, Any] = {name: self.cleaned_data[name] or None for name in plain}
        return AgreementDetails(
            **given,
            reminder_days=self.cleaned_data["reminder_days"],
            product_id=product.pk if product else None,
            team_id=team.pk if team else None,
        )


def _listed(days: Iterable[int]) -> str:
    return ", ".join(map(str, days))


def _initial(terms: Terms, client: Client, agreement: Agreement | None) -> dict[str, Any]:
    if agreement is None:
        return {
            "title": terms.document.title,
            "zone": client.zone,
            "currency": "USD",
            "fee_per": Agreement.FeePeriod.MONTH,
            "hosting": Agreement.Hosting.HOSTED,
            "reminder_days": _listed(default_reminders()),
        }
    plain = ("ref", "title", "zone", "fee_per", "starts_on", "ends_on", "hosting", "product", "team")
    prepaid = None if agreement.prepaid_minor is None else Money(agreement.prepaid_minor, agreement.fee_currency)
    return {
        **{name: getattr(agreement, name) for name in plain},
        "currency": agreement.fee_currency,
        "fee": agreement.fee or "",
        "prepaid": prepaid or "",
        "reminder_days": _listed(agreement.reminder_days),
    }
