from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from lucide import IconDoesNotExist
from pytest_django import Settings

from portal.contract.money import Money


def page(request: HttpRequest, reference: str) -> HttpResponse:
    raise AssertionError("Only the address matters here.")


urlpatterns = [path("clauses/<str:reference>/", page, name="clause")]
NOW = datetime(2027, 3, 2, 15, 42, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    html = Template("{% load portal %}" + source).render(Context({"display_zone": "America/New_York"} | context))
    return html.replace("\N{NO-BREAK SPACE}", " ")


def test_an_icon_is_lucides_drawing_hidden_from_readers() -> None:
    html = render('{% icon "timer" %}')

    assert 'class="icon"' in html
    assert 'aria-hidden="true"' in html
    assert 'stroke-width="1.75"' in html
    assert '<circle cx="12" cy="14" r="8"' in html


def test_an_unknown_icon_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(IconDoesNotExist):
        render('{% icon "no-such-icon" %}')


def test_an_instant_is_told_in_the_zone_of_the_page() -> None:
    assert (
        render("{% instant at %}", at=NOW) == '<time datetime="2027-03-02T10:42-05:00">Tue 2 Mar 2027, 10:42 ET</time>'
    )


def test_a_tag_can_name_another_zone_and_style() -> None:
    html = render('{% instant at "time" "Europe/Berlin" %}', at=NOW, now=NOW)

    assert html == '<time datetime="2027-03-02T16:42+01:00">16:42 CET</time>'


def test_absent_figures_are_shown_as_nothing() -> None:
    assert (
        render("{% instant x %}{% day x %}{% money x %}{{ x|duration }}{{ x|left }}{{ x|plain_paragraphs }}", x=None)
        == ""
    )


def test_a_period_has_two_machine_readable_ends() -> None:
    html = render("{% period start end %}", start=NOW, end=NOW + timedelta(minutes=30), now=NOW)

    assert html == (
        '<time datetime="2027-03-02T10:42-05:00">Tue 2 Mar, 10:42</time> to '
        '<time datetime="2027-03-02T11:12-05:00">11:12 ET</time>'
    )


def test_a_period_without_length_is_an_instant() -> None:
    assert "</time> to" not in render("{% period start start %}", start=NOW)


def test_a_date_is_a_time_element() -> None:
    assert render("{% day on %}", on=date(2027, 3, 9)) == '<time datetime="2027-03-09">Tue 9 Mar 2027</time>'


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("met", "Met"),
        ("running", "Running"),
        ("risk", "At risk"),
        ("breached", "Breached"),
        ("paused", "Paused"),
        ("void", "Void"),
        ("internal", "Internal"),
    ],
)
def test_a_state_is_a_word_with_an_icon(state: str, word: str) -> None:
    html = render("{% status_badge state %}", state=state)

    assert f'data-status="{state}"' in html
    assert "<svg" in html
    assert html.endswith(f"</svg>{word}</span>")


def test_an_unknown_state_is_an_error_that_names_the_states() -> None:
    with pytest.raises(ValueError, match="'late' is no state; the states are met, running"):
        render('{% status_badge "late" %}')


def test_a_severity_that_only_the_terms_know_is_escaped_and_faint() -> None:
    html = render("{% severity name %}", name='<b>"')

    assert "<b>" not in html
    assert 'd="M5 12h14"' in html


def test_a_clause_leads_to_its_page(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__

    html = render('{% clause "JS-7" %}')

    assert html == '<a class="clause" href="/clauses/JS-7/" title="What clause JS-7 says">JS-7</a>'


def test_a_clause_without_a_page_is_plain(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.web.test_navigation"

    assert render('{% clause "JS-7" %}') == '<span class="clause">JS-7</span>'


def test_a_meter_measures_by_attributes_and_never_leaves_its_track() -> None:
    html = render('{% meter share "risk" marks %}', share=Decimal("1.7"), marks=[Decimal("0.5"), Decimal("0.9")])

    assert 'class="meter-fill" width="100"' in html
    assert 'x="50"' in html
    assert 'x="90"' in html
    assert "style=" not in html


def test_a_meter_keeps_small_shares() -> None:
    assert 'class="meter-fill" width="0.13"' in render("{% meter share %}", share=Decimal("0.0013"))


def test_money_tells_machines_its_amount_and_currency() -> None:
    html = render("{% money amount %}", amount=Money(-100_000, "USD"))

    assert html == '<data class="num" value="-1000.00 USD">\N{MINUS SIGN}$1,000.00</data>'


@pytest.mark.parametrize(
    ("name", "letters"), [("Maya Okafor", "MO"), ("Cher", "C"), ("Ana de la Cruz", "AC"), ("", "?")]
)
def test_an_avatar_shows_the_first_and_the_last_names_letters(name: str, letters: str) -> None:
    assert render("{{ name|initials }}", name=name) == letters


def test_a_reference_is_not_broken_at_its_hyphen_and_words_are() -> None:
    assert render("{{ words|unbroken }}", words="INC-2041 and a work-around") == "INC\u20112041 and a work-around"


def test_reach_outs_are_dots_with_a_sentence() -> None:
    html = render("{% dots asked %}", asked=(2, 3))

    assert html.count("<circle") == 3
    assert html.count('class="on"') == 2
    assert 'aria-label="2 of 3 reach-outs unanswered"' in html


def test_the_explanation_shows_each_part_with_its_clause_and_the_sum() -> None:
    rows = [
        {"segment": "counted", "start": NOW, "end": NOW + timedelta(minutes=30), "text": "Counted", "clause": "JS-6"}
        | {"counted": timedelta(minutes=30)},
        {"segment": "left", "start": NOW + timedelta(minutes=30), "end": None, "text": "<b>Left</b>", "clause": "JS-6"}
        | {"counted": timedelta(hours=5, minutes=30)},
    ]

    html = render('{% include "components/_why_table.html" %}', rows=rows, total=timedelta(hours=6), now=NOW)

    assert html.count("<tr data-seg=") == 2
    assert html.count("JS-6") >= 2
    assert "&lt;b&gt;Left" in html
    assert '<td class="num">5 h 30 min</td>' in html
    assert '<td class="num">6 h</td>' in html
