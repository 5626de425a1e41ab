"""The forms of every page: bounded texts, instants with a zone, refusals that name field, value and remedy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.contract.zones import InvalidZone, check_zone
from portal.web.errors import PortalError
from portal.web.once import act_once
from portal.web.text import flaw_in, says_nothing

EARLIEST_YEAR = 2000
LATEST_YEAR = 2100
SELECTED = SafeString(" selected")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice's words: a label, what it means in one sentence, and the clause that says so."""

    label: str
    detail: str = ""
    clause: str = ""

    def __str__(self) -> str:
        return self.label


class QuickSelect(forms.Select):
    """A list to choose from, written at once: a template for each of a thousand options outlasts the page."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Return the list as HTML, its options escaped; groups are not known here."""
        chosen = set(self.format_value(value) or ())
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if str(key) in chosen else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )


class NamedChoices(ModelChoiceIterator):
    """The choices of rows by their `name`, without a model made of each."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        """Yield the empty choice, where there is one, then the rows. One query."""
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from self.queryset.values_list("pk", "name")


class NamedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # It takes none when it runs.
    """A choice among rows that may be very many and that people know by their `name`, such as clients."""

    widget = QuickSelect
    iterator = NamedChoices


CHOICE_WORDS = {
    "required": "Nothing is chosen. Choose one of the list.",
    "invalid_choice": "“%(value)s” is none of the choices. Choose one of the list.",
}


class PortalForm(forms.Form):
    """A form in the house's words; `components/_form.html` shows it. A refusal names the value and the remedy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages |= CHOICE_WORDS
            else:
                field.error_messages["required"] = "Nothing is filled in. Fill it in."

    def refuse(self, error: PortalError) -> None:
        """Show what a service refused, beside its field where the form has it, else above the form."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)


OF_THE_PAGE = frozenset({"after", "size"})
"""What else the address of a list may hold."""


class FilterForm(PortalForm):
    """What a list is narrowed to, as it stands in the address.

    A filter or a value that it does not know is refused, lest it look as if it were applied. BAD_INPUTS: 2.
    """

    def clean(self) -> dict[str, Any]:
        """Refuse filters that this list does not have."""
        unknown = sorted(set(self.data) - set(self.fields) - OF_THE_PAGE)
        if unknown:
            known = " or ".join(self.fields)
            raise ValidationError(f"There is no filter “{unknown[0][:40]}”. Filter by {known}, or take it out.")
        return super().clean() or {}


def make_alternatives(form: forms.Form, *names: str) -> None:
    """Let fields of which one has to be filled in not be called optional: the form says what is missing.

    `components/_field.html` reads the mark.
    """
    for name in names:
        form.fields[name].is_alternative = True  # type: ignore[attr-defined]


class OnceForm(PortalForm):
    """A form that creates or approves: sent twice it acts once, and both sendings lead to the same page.

    if form.is_valid():
        return redirect(form.act_once(user=request.user, at=timezone.now(), act=lambda: report(...).get_absolute_url()))
    """

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"invalid": "This form is damaged. Load the page again and fill it in anew."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].error_messages["required"] = self.fields["submission"].error_messages["invalid"]
        self.initial.setdefault("submission", uuid4())

    def act_once(self, *, user: Any, at: datetime, act: Callable[[], str]) -> str:
        """Run `act` for the first sending of this valid form; return its result's URL, to later sendings too."""
        token: UUID = self.cleaned_data["submission"]
        return act_once(user=user, token=token, at=at, act=act)


class BoundedTextField(forms.CharField):
    """Text of at most `max_length` characters, without NUL and half surrogate pairs; its line ends are line feeds.

    Text that nobody can see is none.
    """

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.longest = max_length
        self.validators = []  # Each of Django's is said in our own words below.

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if says_nothing(text):
            return ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if flaw := flaw_in(value):
            raise ValidationError(f"The text holds {flaw}. Take it out.", code="unstorable")
        if len(value) > self.longest:
            raise ValidationError(
                f"The text has {len(value):,} characters. Shorten it to {self.longest:,}.", code="max_length"
            )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: a browser would cut a pasted text in silence, and count line ends otherwise than we do.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class ProseField(BoundedTextField):
    """Text of several lines."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, *, max_length: int = 10_000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class LineField(BoundedTextField):
    """Text of one line: a title, a name. Refuses line ends and control characters too, which could forge headers."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(character < " " or character in "\x7f\x85\u2028\u2029" for character in value):
            raise ValidationError(
                "The line holds a line end or a control character. Write it in one line.", code="not_a_line"
            )


class FilesInput(forms.FileInput):
    """A chooser of several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files sent along, none or several; cleaned to a list. What is taken of them is for the service to say."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(file, initial) for file in data or []]


class ZoneField(forms.CharField):
    """An IANA time zone by name, such as `America/New_York`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)
        self.validators = []

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        try:
            check_zone(value)
        except InvalidZone:
            raise ValidationError(
                f"“{value[:64]}” is no time zone. Write one such as America/New_York.", code="unknown_zone"
            ) from None


class InstantField(forms.Field):
    """An instant typed as local date and time; cleaned to an aware datetime in UTC.

    The zone is the person's own (the current one) unless the form sets `field.zone`. The gap rule: a time that the
    clocks skip is refused, never moved; of a time that they repeat the first is meant. An offset typed along
    (`…+01:00`) decides. Years outside 2000 to 2100 are slips of the finger and refused.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, *, zone: ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zone = zone

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the reader's date and time are meant."""
        return self._zone or ZoneInfo(timezone.get_current_timezone_name())

    @zone.setter
    def zone(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        if not self.help_text:
            self.help_text = f"Date and time in {self.zone.key.replace('_', ' ')}."
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        try:
            parsed = value if isinstance(value, datetime) else parse_datetime(text)
        except ValueError:
            parsed = None  # The shape of an instant, but a 31 February or an hour 25.
        if parsed is None:
            shown = text if len(text) <= 40 else f"{text[:40]}…"
            raise ValidationError(f"“{shown}” is no date and time. Write one such as 2027-03-11T17:00.", code="invalid")
        if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
            raise ValidationError(
                f"The year {parsed.year} is out of range. Choose one from {EARLIEST_YEAR} to {LATEST_YEAR}.",
                code="range",
            )
        return self._to_utc(parsed)

    def _to_utc(self, parsed: datetime) -> datetime:
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
        at = parsed.replace(tzinfo=self.zone).astimezone(UTC)
        shown = at.astimezone(self.zone)
        if shown.replace(tzinfo=None) != parsed:
            raise ValidationError(
                f"{parsed:%Y-%m-%d %H:%M} does not exist in {self.zone.key}: the clocks skip it. "
                f"Times that are skipped are refused; choose {shown:%H:%M} or another time.",
                code="skipped",
            )
        return at
