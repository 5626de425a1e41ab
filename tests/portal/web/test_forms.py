from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import timezone

from portal.clients.models import Client
from portal.web.errors import PortalError
from portal.web.forms import (
    Choice,
    InstantField,
    LineField,
    NamedChoiceField,
    OnceForm,
    PortalForm,
    ProseField,
    ZoneField,
)
from tests.factories import ClientFactory


class ReportForm(PortalForm):
    title = LineField(max_length=20, help_text="In one line.")
    severity = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[("critical", Choice("Critical", "Down.", "JS-6")), ("minor", Choice("Minor"))],
    )
    text = ProseField(max_length=50, required=False)


def show(form: forms.Form) -> str:
    return Template('{% include "components/_form.html" with submit="Report incident" %}').render(
        Context({"form": form})
    )


def refusal(field: forms.Field, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\0b", "NUL"),
        ("a\ud800", "half of a surrogate pair"),
        ("Subject\r\nBcc: all@elsewhere.example", "in one line"),
        ("a\x1bb", "control character"),
        ("a\u2028b", "line end"),
        ("x" * 41, "has 41 characters. Shorten it to 40"),
        ("", "required"),
    ],
)
def test_a_line_refuses_what_could_forge_a_header_or_cannot_be_kept(value: str, words: str) -> None:
    assert words in refusal(LineField(max_length=40), value)


def test_a_line_keeps_right_to_left_marks_and_emoji() -> None:
    assert LineField().clean(" a\u202eb \N{ROCKET} ") == "a\u202eb \N{ROCKET}"


@pytest.mark.parametrize("value", ["\u200b", " \u2060\n\ufeff ", "\u00a0\u200d"])
def test_text_that_nobody_can_see_is_missing(value: str) -> None:
    assert "required" in refusal(ProseField(), value)
    assert ProseField(required=False).clean(value) == ""


def test_prose_keeps_its_line_ends_as_one_kind() -> None:
    assert ProseField().clean("one\r\ntwo\rthree") == "one\ntwo\nthree"


def test_prose_refuses_a_megabyte_by_its_length_alone() -> None:
    assert "1,000,000 characters. Shorten it to 10,000" in refusal(ProseField(), "x" * 1_000_000)


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc", "x" * 5_000, "/etc/passwd", "America/New_York\0"])
def test_a_zone_that_does_not_exist_is_refused_with_an_example(zone: str) -> None:
    assert "America/New_York" in refusal(ZoneField(), zone)


def test_a_zone_is_known_by_its_name() -> None:
    assert ZoneField().clean("Europe/London") == "Europe/London"


def test_an_instant_is_meant_in_the_readers_zone() -> None:
    with timezone.override("America/New_York"):
        assert InstantField().clean("2027-03-11T17:00") == datetime(2027, 3, 11, 22, 0, tzinfo=UTC)


def test_an_offset_typed_along_decides() -> None:
    field = InstantField(zone=ZoneInfo("America/New_York"))

    assert field.clean("2027-03-11T17:00+01:00") == datetime(2027, 3, 11, 16, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_refused_with_the_rule() -> None:
    words = refusal(InstantField(zone=ZoneInfo("America/New_York")), "2027-03-14T02:30")

    assert "2027-03-14 02:30 does not exist in America/New_York" in words
    assert "choose 03:30" in words


def test_of_a_time_that_the_clocks_repeat_the_first_is_meant() -> None:
    field = InstantField(zone=ZoneInfo("America/New_York"))

    assert field.clean("2027-11-07T01:30") == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2027-02-31T10:00", "is no date and time"),
        ("0000-01-01T00:00", "is no date and time"),
        ("0001-01-01T00:00", "year 1 is out of range"),
        ("9999-12-31T23:59", "year 9999 is out of range"),
        ("9999-12-31T23:59-12:00", "year 9999 is out of range"),
        ("tomorrow", "“tomorrow” is no date and time"),
        ("2027-03-11T25:00", "is no date and time"),
    ],
)
def test_an_impossible_instant_is_refused_by_its_value(value: str, words: str) -> None:
    assert words in refusal(InstantField(zone=ZoneInfo("UTC")), value)


def test_an_instant_is_shown_again_in_its_zone() -> None:
    class Form(PortalForm):
        at = InstantField(zone=ZoneInfo("America/New_York"))

    html = str(Form(initial={"at": datetime(2027, 3, 11, 22, 0, tzinfo=UTC)})["at"])

    assert 'value="2027-03-11T17:00"' in html


def test_a_form_ties_label_hint_and_error_to_the_field() -> None:
    html = show(ReportForm({"title": "", "severity": "critical"}))

    assert '<label for="id_title">Title</label>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_the_summary_leads_to_each_field_that_has_to_be_put_right() -> None:
    html = show(ReportForm({"title": "", "severity": "grave"}))

    assert "2 things to put right" in html
    assert '<a href="#id_title">Title</a>: Nothing is filled in. Fill it in.' in html
    assert '<a href="#id_severity">Severity</a>: “grave” is none of the choices.' in html
    assert 'id="id_severity"' in html


def test_a_choice_says_what_it_means_and_which_clause_says_so() -> None:
    html = show(ReportForm())

    assert "Critical<small>Down. " in html
    assert "JS-6" in html


def test_hostile_text_comes_back_escaped() -> None:
    html = show(ReportForm({"title": '"><script>alert(1)</script>', "severity": "<b>"}))

    assert "<script>" not in html
    assert "<b>“" not in html


def test_a_services_refusal_stands_beside_its_field_or_above_the_form() -> None:
    form = ReportForm({"title": "Down", "severity": "minor"})

    form.refuse(PortalError("INC-7 has this title. Choose another.", field="title"))
    form.refuse(PortalError("The agreement is suspended."))

    assert form.errors["title"] == ["INC-7 has this title. Choose another."]
    assert form.non_field_errors() == ["The agreement is suspended."]


def test_a_form_that_acts_once_carries_a_token_of_its_own_and_keeps_it_when_refused() -> None:
    class Form(OnceForm):
        title = LineField()

    first, second = Form(), Form()
    token = first.initial["submission"]
    again = Form({"submission": str(token), "title": ""})

    assert token != second.initial["submission"]
    assert f'value="{token}"' in show(first)
    assert f'value="{token}"' in show(again)
    assert list(again.errors) == ["title"]


def test_a_form_that_lost_its_token_says_so() -> None:
    form = OnceForm({})

    assert form.errors["submission"] == ["This form is damaged. Load the page again and fill it in anew."]


@pytest.mark.django_db
def test_rows_to_choose_from_are_named_escaped_and_the_chosen_one_is_marked() -> None:
    first, second = ClientFactory(name="Alder & Finch"), ClientFactory(name="<b>Bold</b>")

    class ByClient(PortalForm):
        client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")

    shown = str(ByClient({"client": second.pk})["client"])

    assert '<option value="">Any client</option>' in shown
    assert f'<option value="{first.pk}">Alder &amp; Finch</option>' in shown
    assert f'<option value="{second.pk}" selected>&lt;b&gt;Bold&lt;/b&gt;</option>' in shown
    assert '<option value="" selected>Any client</option>' in str(ByClient()["client"])
