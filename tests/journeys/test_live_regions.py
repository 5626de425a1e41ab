"""Journey: a region refreshes itself, and never under its reader's hands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from playwright.sync_api import Page, Response, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from portal.web.live import fragment_response

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2027, 3, 2, 15, 42, tzinfo=UTC)
PAGE = """{% extends "base.html" %}{% block content %}<h1>Incident</h1>
<div data-live hx-get="/fragment/" hx-trigger="every 100ms">{% include "fragment.html" %}</div>{% endblock %}"""
CLOCK = """{% extends "base.html" %}{% block content %}<h1>Incident</h1>
<p><span id="left" data-due="{{ due.isoformat }}">13 min</span> <small data-left-note>left</small></p>{% endblock %}"""
FRAGMENT = """<p id="text">{{ text }}</p><a href="/incidents/7/">INC-7</a> <label>Note <input></label>
<p data-announce="resolution" data-status="{{ state }}">Resolution {{ state }}</p>"""


@dataclass
class Server:
    """What the pages show; a test changes it as another person would."""

    text: str = "first"
    state: str = "running"
    signed_in: bool = True


server = Server()


def incident(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html", vars(server))


def clock(request: HttpRequest) -> HttpResponse:
    return render(request, "clock.html", {"now": NOW, "due": NOW + timedelta(minutes=13)})


def fragment(request: HttpRequest) -> HttpResponse:
    return fragment_response(request, "fragment.html", vars(server)) if server.signed_in else HttpResponse("Sign in")


urlpatterns = [path("incident/", incident), path("clock/", clock), path("fragment/", fragment)]


@pytest.fixture(autouse=True)
def templates(settings: Settings, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "clock.html").write_text(CLOCK)
    (tmp_path / "fragment.html").write_text(FRAGMENT)
    settings.ROOT_URLCONF = __name__
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    yield
    vars(server).update(vars(Server()))


@pytest.fixture
def shown(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/incident/")
    return page


def next_answer(page: Page) -> Response:
    """Wait until an answer that was asked for from now on has been dealt with."""
    with page.expect_response("**/fragment/"):
        pass
    with page.expect_response("**/fragment/") as answer:
        pass
    return answer.value


def test_what_changed_appears_and_what_did_not_is_not_sent_again(shown: Page) -> None:
    server.text = "second"

    expect(shown.locator("#text")).to_have_text("second")
    assert next_answer(shown).status == 304


def test_a_region_waits_while_a_field_in_it_has_the_focus_or_half_typed_text(shown: Page) -> None:
    shown.get_by_label("Note").focus()
    server.text = "second"
    next_answer(shown)
    expect(shown.locator("#text")).to_have_text("first")

    shown.keyboard.type("half a sen")
    shown.get_by_label("Note").blur()
    next_answer(shown)
    expect(shown.locator("#text")).to_have_text("first")
    expect(shown.get_by_label("Note")).to_have_value("half a sen")

    shown.get_by_label("Note").fill("")
    shown.get_by_label("Note").blur()
    expect(shown.locator("#text")).to_have_text("second")


def test_a_focused_link_keeps_the_focus_and_a_changed_state_is_announced(shown: Page) -> None:
    shown.get_by_role("link", name="INC-7").focus()

    server.state = "breached"

    expect(shown.locator("#announcer")).to_have_text("Resolution breached")
    expect(shown.get_by_role("link", name="INC-7")).to_be_focused()


def test_signed_out_the_page_says_so_and_keeps_what_it_shows(shown: Page) -> None:
    server.signed_in = False

    expect(shown.get_by_text("You are signed out.")).to_be_visible()
    expect(shown.locator("#text")).to_have_text("first")


def test_the_time_left_is_redrawn_from_instants_and_passes_into_over(page: Page, live_server: LiveServer) -> None:
    page.clock.install(time=NOW)
    page.goto(f"{live_server.url}/clock/")

    page.clock.run_for(5 * 60_000)
    expect(page.locator("#left")).to_have_text("8\N{NO-BREAK SPACE}min")
    expect(page.get_by_text("left", exact=True)).to_be_visible()

    page.clock.run_for(10 * 60_000)
    expect(page.locator("#left")).to_have_text("2\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}over")
    expect(page.get_by_text("left", exact=True)).to_be_hidden()
