import time

import pytest

from portal.web.text import flaw_in, plain_paragraphs


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<b hx-get="/x" hx-trigger="load">',
        "{{ settings.SECRET_KEY }} {% load x %}",
        "https://a.example/\"onmouseover='x'",
    ],
)
def test_markup_in_a_text_is_shown_as_text(hostile: str) -> None:
    html = plain_paragraphs(hostile)

    assert "<script" not in html
    assert "<img" not in html
    assert "<b " not in html
    assert '"onmouseover' not in html
    assert html.startswith('<p dir="auto">')


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "file:///etc/passwd"]
)
def test_only_web_and_mail_addresses_become_links(address: str) -> None:
    assert "<a " not in plain_paragraphs(f"see {address} now")


def test_web_and_mail_addresses_become_links_without_the_full_stop_of_their_sentence() -> None:
    html = plain_paragraphs("See https://a.example/x?a=1&b=2. Or (https://b.example/y_(z)), or mailto:help@c.example!")

    assert '<a href="https://a.example/x?a=1&amp;b=2" rel="nofollow noopener noreferrer">' in html
    assert '<a href="https://b.example/y_(z)"' in html
    assert '<a href="mailto:help@c.example"' in html
    assert html.endswith("</a>!</p>")


def test_empty_lines_part_paragraphs_and_line_ends_break_lines() -> None:
    assert plain_paragraphs("one\r\ntwo\r\n\r\nthree\n") == '<p dir="auto">one<br>two</p><p dir="auto">three</p>'


def test_nothing_makes_no_paragraph() -> None:
    assert plain_paragraphs(" \n ") == ""


def test_a_right_to_left_override_and_emoji_are_kept_inside_their_paragraph() -> None:
    assert plain_paragraphs("a\u202eb \N{ROCKET}") == '<p dir="auto">a\u202eb \N{ROCKET}</p>'


def test_a_hostile_text_costs_no_more_than_its_size() -> None:
    started = time.perf_counter()

    plain_paragraphs(("https://a.example/" + ")" * 5_000) * 20)

    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(("text", "flaw"), [("a\0b", "NUL"), ("\ud800", "surrogate")])
def test_what_no_database_keeps_is_named(text: str, flaw: str) -> None:
    assert flaw in flaw_in(text)


def test_right_to_left_marks_and_emoji_have_no_flaw() -> None:
    assert flaw_in("\u202eabc \N{ROCKET}") == ""
