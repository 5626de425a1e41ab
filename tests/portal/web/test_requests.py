from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import path
from django.views.decorators.http import require_POST
from pytest_django import Settings

from portal.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401 - the site's own
from portal.web import views
from portal.web.live import fragment_response
from tests.factories import ClientUserFactory, StaffFactory


def zone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template("{{ display_zone }}").render(RequestContext(request)))


def post(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("zone/", zone),
    path("post/", post),
    path("press/", require_POST(post)),
    path("fail/", fail),
    path("named/<str:name>/", zone),
    path("api/fail/", fail),
    path("styleguide/", views.styleguide),
]


@pytest.fixture(autouse=True)
def addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_nothing_that_a_signed_in_person_saw_is_kept_by_a_cache(browser: Client) -> None:
    browser.force_login(StaffFactory.create())

    response = browser.get("/zone/")

    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


def test_an_answer_to_nobody_in_particular_says_nothing_about_caches(browser: Client) -> None:
    assert "Cache-Control" not in browser.get("/zone/")


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "shown"), [("Europe/Berlin", "Europe/Berlin"), ("", "UTC"), ("Mars/Phobos", "UTC")])
def test_instants_are_told_in_the_readers_own_zone(browser: Client, zone: str, shown: str) -> None:
    person = StaffFactory.create()
    type(person).objects.filter(pk=person.pk).update(zone=zone)
    browser.force_login(person)

    assert browser.get("/zone/").content.decode() == shown


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(browser: Client, settings: Settings) -> None:
    settings.MAX_REQUEST_BYTES = 1_000

    response = browser.post("/post/", {"text": "x" * 1_000})

    assert response.status_code == 413
    assert "This is too large" in response.content.decode()


def test_a_body_of_unstated_length_is_refused(browser: Client) -> None:
    assert browser.post("/post/", {"a": "b"}, headers={"Transfer-Encoding": "chunked"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--x\r\n" * 10, "multipart/form-data"),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n' % n for n in range(10_000))
            + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_hostile_body_is_a_400_in_words(browser: Client, body: bytes, content_type: str) -> None:
    response = browser.post("/post/", body, content_type=content_type)

    assert response.status_code == 400
    assert "This request can't be read" in response.content.decode()


def test_a_nul_in_the_query_is_a_400_and_in_the_path_a_404(browser: Client) -> None:
    assert browser.get("/zone/?q=%00").status_code == 400
    assert browser.get("/named/a%00b/").status_code == 404


@pytest.mark.parametrize("address", ["/nowhere/", "/nowhere/else/", "/named/../../etc/"])
def test_every_absent_address_reads_the_same(browser: Client, address: str) -> None:
    response = browser.get(address)

    assert response.status_code == 404
    assert response.content == browser.get("/absent/").content


def test_a_form_without_its_token_gets_a_sentence(browser: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/post/", {"a": "b"}, headers={"HX-Request": "true"})

    assert response.status_code == 403
    assert "load the page again and send it once more" in response.content.decode()


def test_our_own_failure_is_a_page_in_the_look(browser: Client) -> None:
    response = browser.get("/fail/")

    assert response.status_code == 500
    assert "What you sent was not saved" in response.content.decode()
    assert "ZeroDivisionError" not in response.content.decode()


def test_machines_get_problems_instead_of_pages(browser: Client) -> None:
    absent, failed = browser.get("/api/nowhere/"), browser.get("/api/fail/")

    assert [absent["Content-Type"], failed["Content-Type"]] == ["application/problem+json"] * 2
    assert [absent.json()["code"], failed.json()["code"]] == ["not_found", "failed"]


@pytest.mark.django_db
def test_the_style_guide_shows_every_component_to_staff_only(browser: Client) -> None:
    browser.force_login(ClientUserFactory.create())
    refused = browser.get("/styleguide/")
    browser.force_login(StaffFactory.create())
    shown = browser.get("/styleguide/")

    assert (refused.status_code, shown.status_code) == (404, 200)
    assert "Every component once" in shown.content.decode()


@pytest.mark.django_db
def test_no_page_carries_inline_script_or_style(browser: Client) -> None:
    browser.force_login(StaffFactory.create())

    html = browser.get("/styleguide/").content.decode()

    assert "style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/static/') + html.count('<script src="/static/', 0, 0)
    assert " on" + "click=" not in html


FRAGMENT = "components/_empty.html"


def test_a_fragment_that_did_not_change_is_a_304() -> None:
    first = fragment_response(RequestFactory().get("/"), FRAGMENT, {"title": "Nothing is due"})
    again = fragment_response(
        RequestFactory().get("/", headers={"If-None-Match": first["ETag"]}), FRAGMENT, {"title": "Nothing is due"}
    )

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize("shown", ['"other"', "*, broken", ""])
def test_a_fragment_that_changed_is_sent(shown: str) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": shown})

    response = fragment_response(request, FRAGMENT, {"title": "One is due"})

    assert response.status_code == 200
    assert "One is due" in response.content.decode()


def test_a_form_inside_a_fragment_does_not_make_it_new_each_time(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "form.html").write_text("<form>{% csrf_token %}</form>")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    request = RequestFactory().get("/")

    first, second = (fragment_response(request, "form.html") for _ in range(2))

    assert first.content != second.content
    assert first["ETag"] == second["ETag"]


def test_an_address_that_only_a_button_sends_to_says_so_when_it_is_opened(client: Client) -> None:
    answer = client.get("/press/")

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Only a button leads to this address." in answer.content.decode()
