"""The form of a run: which file, under which contracts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.clients.models import Agreement
from portal.contract.money import SCALES, InvalidMoney, Money
from portal.contract.terms import Terms, library_names, library_terms
from portal.replay.models import Run
from portal.replay.services import LARGEST_FILE
from portal.web.forms import LineField, OnceForm, ProseField, ZoneField

LIBRARY, AGREEMENT = "library", "agreement"


class SeverityMapField(ProseField):
    """Lines such as `major = high`, cleaned to a mapping."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, **kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        severities: dict[str, str] = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            name, equals, mapped = (part.strip() for part in line.partition("="))
            if not (name and equals and mapped):
                raise ValidationError(f"“{line.strip()[:60]}” is no pair. Write one a line, such as major = high.")
            if name in severities:
                raise ValidationError(f"“{name[:60]}” stands there twice. Leave one line.")
            severities[name] = mapped
        return severities


class RunForm(OnceForm):
    """An upload and what it is judged under."""

    file = forms.FileField(
        label="History",
        help_text=f"At most {LARGEST_FILE // 1_000_000} MB. It is kept for seven days and changes nothing here.",
    )
    source = forms.ChoiceField(label="The file is", choices=Run.Source.choices, initial=Run.Source.HISTORY)
    zone = ZoneField(
        label="Zone of its times",
        required=False,
        help_text="For ServiceNow's sheet, which names none: such as Europe/London. A time that the clocks skip is "
        "refused; of one that they repeat the first is meant.",
    )
    contract_a = forms.ChoiceField(label="Contract A")
    contract_b = forms.ChoiceField(label="Contract B", required=False, help_text="To see both side by side.")
    severities = SeverityMapField(
        label="Severities",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the file's severities become where a contract does not have them, one a line: major = high.",
    )

    fee = LineField(
        label="Monthly fee",
        required=False,
        max_length=40,
        help_text="In plain digits, such as 10000.00, for a file that names none. Credits are shares of it.",
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in SCALES], initial="USD", required=False)

    def __init__(self, *args: Any, agreements: Iterable[Agreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreements = {str(agreement.pk): agreement for agreement in agreements}
        choices = [
            ("The library", [(f"{LIBRARY}:{name}", library_terms(name).document.title) for name in library_names()]),
            ("Agreements", [(f"{AGREEMENT}:{pk}", str(agreement)) for pk, agreement in self.agreements.items()]),
        ]
        self.fields["contract_a"].choices = [("", "Choose one"), *choices]  # type: ignore[attr-defined]
        self.fields["contract_b"].choices = [("", "None"), *choices]  # type: ignore[attr-defined]
        self.fields["file"].error_messages["required"] = "No file is chosen. Choose one."
        self.fields["file"].error_messages["empty"] = "The file is empty. Choose another."

    def clean(self) -> dict[str, Any]:
        """Ask for the zone where the file has none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") == Run.Source.SERVICENOW and not cleaned.get("zone") and "zone" not in self.errors:
            self.add_error("zone", "ServiceNow's times have no zone. Write the one in which they were recorded.")
        if cleaned.get("fee"):
            try:
                fee = self.monthly_fee()
                if fee is not None and fee.minor < 0:
                    self.add_error("fee", f"{cleaned['fee']} is negative. Write 0 or more.")
            except InvalidMoney as error:
                self.add_error("fee", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return cleaned

    def monthly_fee(self) -> Money | None:
        """Return the monthly fee that was given.

        Raises:
            InvalidMoney: It is no amount of its currency.
        """
        text = self.cleaned_data.get("fee")
        return Money.parse(text, self.cleaned_data.get("currency") or "USD") if text else None

    def contracts(self) -> list[tuple[str, Terms]]:
        """Return the contracts chosen, each with its title."""
        chosen = [self.cleaned_data["contract_a"], self.cleaned_data["contract_b"]]
        return [self._contract(value) for value in chosen if value]

    def _contract(self, value: str) -> tuple[str, Terms]:
        kind, _, name = value.partition(":")
        if kind == LIBRARY:
            terms = library_terms(name)
            return terms.document.title, terms
        agreement = self.agreements[name]
        return str(agreement)[:200], agreement.pinned_terms
