import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from portal.web import navigation
from portal.web.navigation import NavEntry, register, sections_for


def page(request: HttpRequest) -> HttpResponse:
    raise AssertionError("Only the addresses matter here.")


urlpatterns = [
    path("", page, name="first"),
    path("incidents/", page, name="incidents"),
    path("incidents/latency/", page, name="latency"),
]


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    monkeypatch.setattr(navigation, "_entries", {})


def entry(url_name: str, order: int, **fields: object) -> NavEntry:
    return NavEntry(url_name=url_name, label=url_name, icon="house", audience="staff", order=order, **fields)  # type: ignore[arg-type]


def test_entries_stand_in_order_below_their_sections() -> None:
    register(entry("latency", 110, section="Promises"), entry("incidents", 20), entry("first", 10))

    sections = sections_for(RequestFactory().get("/"), "staff")

    assert [(section.title, [link.label for link in section.links]) for section in sections] == [
        ("", ["first", "incidents"]),
        ("Promises", ["latency"]),
    ]


def test_a_section_stands_once_though_another_begins_before_it_ends() -> None:
    register(
        entry("first", 110, section="Promises"),
        entry("incidents", 120, section="Money"),
        entry("latency", 150, section="Promises"),
    )

    sections = sections_for(RequestFactory().get("/"), "staff")

    assert [(section.title, [link.label for link in section.links]) for section in sections] == [
        ("Promises", ["first", "latency"]),
        ("Money", ["incidents"]),
    ]


def test_the_entry_nearest_to_the_page_is_current() -> None:
    register(entry("first", 10), entry("incidents", 20), entry("latency", 30))

    links = sections_for(RequestFactory().get("/incidents/7/"), "staff")[0].links

    assert [link.label for link in links if link.current] == ["incidents"]


def test_a_section_is_current_where_one_of_its_entries_is() -> None:
    register(entry("first", 10), entry("incidents", 110, section="More"), entry("latency", 120, section="More"))

    for path_of_page, current in (
        ("/", [True, False]),
        ("/incidents/latency/", [False, True]),
        ("/else/", [False] * 2),
    ):
        sections = sections_for(RequestFactory().get(path_of_page), "staff")

        assert [section.current for section in sections] == current


def test_a_page_that_is_not_built_and_one_that_is_not_allowed_are_left_out() -> None:
    register(entry("not-built", 10), entry("first", 20, allows=lambda request: False), entry("incidents", 30))

    links = sections_for(RequestFactory().get("/"), "staff")[0].links

    assert [link.label for link in links] == ["incidents"]


def test_each_audience_sees_its_own_entries() -> None:
    register(entry("incidents", 10))

    assert sections_for(RequestFactory().get("/"), "client") == []
