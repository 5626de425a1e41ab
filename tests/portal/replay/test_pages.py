"""The staff's replay page: an upload, a worker, figures side by side; refusals name line and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts.models import Role
from portal.journal.models import Event
from portal.replay import services
from portal.replay.models import Run, SideBreach
from portal.replay.tasks import judge_run
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

EXCERPT = Path(__file__).parent / "data" / "servicenow-excerpt.csv"
NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
HEADER = {"replay": 1, "terms": "juno-live-support", "timezone": "America/New_York", "until": "2026-06-01T00:00:00Z"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Browser:
    """A browser in which an agent is signed in."""
    browser = Browser()
    browser.force_login(StaffFactory(role=Role.AGENT))
    return browser


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What would be published; no broker is needed here."""
    asked: list[int] = []
    monkeypatch.setattr(judge_run, "delay", asked.append)
    return asked


def history(*events: tuple[int, str, dict[str, Any]]) -> bytes:
    """A history; each event as minutes after noon, name and fields."""
    rows = [
        {"at": (NOON + timedelta(minutes=minutes)).isoformat(), "event": name, **fields}
        for minutes, name, fields in events
    ]
    return "\n".join(json.dumps(row) for row in (HEADER, *rows)).encode()


LATE = history(
    (0, "incident.reported", {"incident": "A", "severity": "critical"}),
    (45, "incident.responded", {"incident": "A"}),
    (60, "incident.resolved", {"incident": "A"}),
)


def send(browser: Browser, content: bytes, **fields: str) -> Any:
    """Upload a file with the form's other fields."""
    data = {
        "submission": str(uuid4()),
        "file": SimpleUploadedFile("history.jsonl", content),
        "source": "history",
        "contract_a": "library:juno-live-support",
        **fields,
    }
    return browser.post(reverse("replay_runs"), data)


def judged(browser: Browser, content: bytes, **fields: str) -> Any:
    """Upload a file, let a worker judge it, and open its page."""
    response = send(browser, content, **fields)
    assert response.status_code == 302, response.content.decode()
    judge_run(Run.objects.get().pk)
    return browser.get(response["Location"])


def test_an_upload_waits_for_a_worker_and_says_so(browser: Browser) -> None:
    response = send(browser, LATE)

    page = browser.get(response["Location"])

    assert Run.objects.get().state == Run.State.QUEUED
    assert "Waiting for a worker" in page.content.decode()


def test_a_worker_is_asked_once_the_upload_is_kept(
    browser: Browser, worker: list[int], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(browser, LATE)

    assert worker == [Run.objects.get().pk]


def test_a_judged_history_shows_its_breaches_with_clause_and_lateness(browser: Browser) -> None:
    page = judged(browser, LATE).content.decode()

    assert "Attainment by month and severity" in page
    assert "JS-6" in page
    assert "15\N{NO-BREAK SPACE}min" in page
    assert [breach.target for breach in SideBreach.objects.all()] == ["response"]
    assert not Event.objects.exists()


def test_two_contracts_stand_side_by_side(browser: Browser) -> None:
    page = judged(browser, LATE, contract_b="library:jbi-support").content.decode()

    assert "A, Live platform support" in page
    assert "B, Support in business hours" in page
    assert "B against A" in page


def test_an_agreements_own_terms_can_be_chosen(browser: Browser) -> None:
    agreement = AgreementFactory(overrides={"severities": {"critical": {"response": "PT1H"}}})

    judged(browser, LATE, contract_a=f"agreement:{agreement.pk}")

    assert not SideBreach.objects.exists()


def test_a_sheet_is_imported_in_its_zone(browser: Browser) -> None:
    page = judged(browser, EXCERPT.read_bytes(), source="servicenow", zone="Europe/London").content.decode()

    assert "Europe/London" in page
    assert Run.objects.get().sides.get().summary["incidents"] == 20


def test_a_sheet_without_its_zone_is_refused(browser: Browser) -> None:
    response = send(browser, EXCERPT.read_bytes(), source="servicenow")

    assert response.status_code == 400
    assert "Write the one in which they were recorded." in response.content.decode().replace("&#x27;", "'")
    assert not Run.objects.exists()


def test_severities_that_a_contract_lacks_are_named_and_can_be_mapped(browser: Browser) -> None:
    major = history((0, "incident.reported", {"incident": "A", "severity": "major"}))

    refused = judged(browser, major, contract_a="library:jbi-support").content.decode()
    Run.objects.all().delete()
    mapped = judged(browser, major, contract_a="library:jbi-support", severities="major = high").content.decode()

    assert "line 2: severity: &#x27;major&#x27; is no severity of these terms" in refused
    assert "High" in mapped


def test_a_map_leaves_alone_what_a_contract_has(browser: Browser) -> None:
    major = history((0, "incident.reported", {"incident": "A", "severity": "major"}))

    judged(browser, major, contract_b="library:jbi-support", severities="major = high")

    first, second = Run.objects.get().sides.all()
    assert [list(month) for month in first.attainment.values()] == [["major"]]
    assert [list(month) for month in second.attainment.values()] == [["high"]]


def test_a_bad_line_refuses_the_whole_with_line_and_field(browser: Browser) -> None:
    page = judged(browser, LATE + b'\n{"at": "2026-03-02T12:00:00", "event": "incident.responded", "incident": "A"}')

    assert "line 5: at: expected an ISO 8601 instant" in page.content.decode()
    assert not SideBreach.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"severities": "major high"}, "“major high” is no pair. Write one a line, such as major = high."),
        ({"contract_a": "library:other"}, "“library:other” is none of the choices."),
        ({"source": "servicenow", "zone": "Mars/Phobos"}, "“Mars/Phobos” is no time zone."),
    ],
)
def test_a_form_that_cannot_be_read_says_why(browser: Browser, fields: dict[str, str], sentence: str) -> None:
    response = send(browser, LATE, **fields)

    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_an_empty_and_a_huge_file_are_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGEST_FILE", 100)

    assert "The file is empty." in send(browser, b"").content.decode()
    assert "Choose one of at most" in send(browser, LATE).content.decode()


def test_the_progress_asks_again_for_a_run_that_nobody_took(browser: Browser, worker: list[int]) -> None:
    send(browser, LATE)
    run = Run.objects.get()
    Run.objects.update(asked_at=run.asked_at - timedelta(minutes=1))

    browser.get(reverse("replay_progress", args=[run.pk]))
    browser.get(reverse("replay_progress", args=[run.pk]))

    assert worker == [run.pk]


def test_the_progress_asks_again_for_a_run_whose_worker_died(browser: Browser, worker: list[int]) -> None:
    send(browser, LATE)
    run = Run.objects.get()
    services.claim_run(run_id=run.pk, now=run.asked_at)
    worker.clear()

    browser.get(reverse("replay_progress", args=[run.pk]))
    at_work = list(worker)
    Run.objects.update(asked_at=run.asked_at - timedelta(minutes=16))
    browser.get(reverse("replay_progress", args=[run.pk]))
    judge_run(run.pk)

    run.refresh_from_db()
    assert (at_work, worker) == ([], [run.pk])
    assert run.state == Run.State.DONE


def test_a_run_that_the_portal_fails_at_says_so_and_ends(browser: Browser) -> None:
    send(browser, LATE)
    Run.objects.update(content=b"damaged")

    judge_run(Run.objects.get().pk)

    run = Run.objects.get()
    assert (run.state, run.refusal) == (Run.State.REFUSED, services.FAILED)


def test_the_progress_lets_the_page_load_anew_once_it_is_over(browser: Browser) -> None:
    judged(browser, LATE)

    response = browser.get(reverse("replay_progress", args=[Run.objects.get().pk]))

    assert response["HX-Refresh"] == "true"


def test_a_run_asked_for_twice_is_judged_once(browser: Browser) -> None:
    judged(browser, LATE)
    finished_at = Run.objects.get().finished_at

    judge_run(Run.objects.get().pk)

    assert Run.objects.get().finished_at == finished_at
    assert SideBreach.objects.count() == 1


def test_a_run_whose_worker_died_is_taken_over(browser: Browser) -> None:
    send(browser, LATE)
    run = Run.objects.get()
    services.claim_run(run_id=run.pk, now=NOON)

    assert services.claim_run(run_id=run.pk, now=NOON + timedelta(minutes=14)) is None
    assert services.claim_run(run_id=run.pk, now=NOON + timedelta(minutes=16)) is not None


def test_a_week_old_run_is_forgotten(browser: Browser) -> None:
    send(browser, LATE)
    Run.objects.update(created_at=NOON)

    send(browser, LATE)

    assert Run.objects.count() == 1


def test_a_broken_cursor_is_refused_in_words(browser: Browser) -> None:
    judged(browser, LATE)

    response = browser.get(reverse("replay_run", args=[Run.objects.get().pk]), {"after": "x"})

    assert response.status_code == 400


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CLIENT_ADMINISTRATOR])
def test_clients_have_no_replay(role: Role) -> None:
    browser = Browser()
    browser.force_login(ClientUserFactory(role=role))

    assert browser.get(reverse("replay_runs")).status_code == 404


def test_a_real_history_shows_its_credits_under_two_contracts_side_by_side(browser: Browser) -> None:
    page = judged(
        browser,
        EXCERPT.read_bytes(),
        source="servicenow",
        zone="Europe/London",
        contract_b="library:jbi-support",
        severities="major = high\nminor = normal",
        fee="10000.00",
        currency="USD",
    ).content.decode()

    juno, jbi = Run.objects.get().sides.order_by("letter")
    total = f"{Decimal(juno.summary['credit_total']):,}"
    assert Decimal(juno.summary["credit_total"]) > 0
    assert "Service credits" in page
    assert f">${total}<" in page
    assert f">\N{MINUS SIGN}${total}<" in page
    assert jbi.summary["credit_total"] == "0.00"


def test_a_history_without_outages_has_no_data_of_availability(browser: Browser) -> None:
    page = judged(browser, LATE).content.decode()

    assert "No data" in page
    assert "100.0000" not in page
    assert "no fee known" in page


@pytest.mark.parametrize("fee", ["1e3", "0.005", "-1.00", "1,000", "nan"])
def test_a_fee_that_cannot_be_is_refused(browser: Browser, fee: str) -> None:
    response = send(browser, LATE, fee=fee)

    assert response.status_code == 400
    assert not Run.objects.exists()
