from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client, Contact
from portal.clients.queries import provider
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, ContactFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Browser) -> User:
    user: User = StaffFactory(role=Role.MANAGER)
    client.force_login(user)
    return user


@pytest.fixture
def alder() -> Client:
    return ClientFactory(name="Alder & Finch Events")


def words_of(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def filled_in(browser: Browser, url: str) -> dict[str, str]:
    """Return what a page's form holds when it is opened."""
    form = browser.get(url).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: str(value) for name, value in values.items() if value not in (None, "", False)}


def test_a_manager_makes_a_client_with_a_contact_who_signs_in(client: Browser, manager: User) -> None:
    new = filled_in(client, reverse("client_new")) | {"name": "Alder & Finch Events", "domains": "Alder.example, "}
    made = client.post(reverse("client_new"), new)
    alder = Client.objects.get()
    person = filled_in(client, reverse("contact_new", args=[alder.pk])) | {
        "name": "Dana Whitlock",
        "email": "dana@alder.example",
        "phone": "+1 212 555 0100",
        "is_support_contact": "on",
        "signs_in": "on",
    }
    client.post(reverse("contact_new", args=[alder.pk]), person)

    assert made["Location"] == reverse("client", args=[alder.pk])
    assert alder.domains == ["alder.example"]
    assert Contact.objects.get().user == User.objects.get(email="dana@alder.example", role=Role.SUPPORT_CONTACT)
    assert "Dana Whitlock" in words_of(client.get(made["Location"]).content)


def test_a_form_sent_twice_makes_one_client(client: Browser, manager: User) -> None:
    new = filled_in(client, reverse("client_new")) | {"name": "Alder & Finch Events"}

    first, second = (client.post(reverse("client_new"), new) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Client.objects.count() == 1


def test_a_name_that_is_taken_is_refused_beside_its_field(client: Browser, manager: User, alder: Client) -> None:
    page = client.post(reverse("client_new"), {"name": "alder & finch events", "zone": "UTC", "submission": uuid4()})

    assert page.context["form"].errors["name"] == [
        "There is a client named alder & finch events already. Give another name."
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("zone", "Mars/Phobos", "“Mars/Phobos” is no time zone."),
        ("zone", "../../etc/passwd", "“../../etc/passwd” is no time zone."),
        ("domains", "localhost", "“localhost” is no mail domain."),
        ("name", "Alder\nBcc: x@y.example", "The line holds a line end"),
        ("name", "", "Nothing is filled in."),
        ("relationship_manager", "999", "999"),
    ],
)
def test_bad_values_of_a_client_are_refused_by_a_sentence(
    client: Browser, manager: User, field: str, value: str, sentence: str
) -> None:
    given = {"name": "Alder", "zone": "UTC", "submission": str(uuid4()), field: value}

    page = client.post(reverse("client_new"), given)

    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors[field])
    assert not Client.objects.exists()


def test_a_designated_contact_needs_a_phone(client: Browser, manager: User, alder: Client) -> None:
    given = {"name": "Dana", "email": "d@alder.example", "is_support_contact": "on", "submission": str(uuid4())}

    page = client.post(reverse("contact_new", args=[alder.pk]), given)

    assert "(JS-16)" in page.context["form"].errors["phone"][0]


def test_a_contact_of_another_client_is_not_found_below_this_one(client: Browser, manager: User, alder: Client) -> None:
    stranger = ContactFactory()

    page = client.get(reverse("contact_edit", args=[alder.pk, stranger.pk]))

    assert page.status_code == 404


def test_the_last_designated_contact_stays_and_the_page_says_why(client: Browser, manager: User, alder: Client) -> None:
    AgreementFactory(client=alder, ref="ALDER-SUPPORT")
    last = ContactFactory(client=alder)

    page = client.post(reverse("contact_remove", args=[alder.pk, last.pk]), follow=True)

    assert "ALDER-SUPPORT needs a designated support contact" in words_of(page.content)
    assert Contact.objects.filter(pk=last.pk).exists()


def test_an_agreement_is_drafted_filled_in_and_activated_on_its_pages(
    client: Browser, manager: User, alder: Client
) -> None:
    ContactFactory(client=alder)
    url = reverse("agreement_new", args=[alder.pk]) + "?terms=jbi-support"
    drafted = client.post(
        url, filled_in(client, url) | {"ref": "ALDER-CARE", "fee": "10000.00", "critical_response": "30 min"}
    )
    draft = Agreement.objects.get()
    waiting = words_of(client.get(drafted["Location"]).content)
    refused = client.post(reverse("agreement_activate", args=[draft.pk]), follow=True)
    edit = reverse("agreement_edit", args=[draft.pk])
    client.post(edit, filled_in(client, edit) | {"severities_confirmed": "on"})
    client.post(reverse("agreement_activate", args=[draft.pk]))

    draft.refresh_from_db()
    assert "Fill in the table of severities and times" in waiting
    assert "Fill in the table of severities and times" in words_of(refused.content)
    assert draft.activated_at is not None
    assert str(draft.fee) == "10000.00"
    assert draft.terms["support"]["severities"][0]["response"]["value"] == "PT30M"


def test_a_draft_leads_to_what_it_lacks_and_asks_whether_odd_targets_are_meant(
    client: Browser, manager: User, alder: Client
) -> None:
    url = reverse("agreement_new", args=[alder.pk]) + "?terms=juno-live-support"

    saved = client.post(url, filled_in(client, url) | {"ref": "ALDER-CARE", "critical_resolution": "10 min"})
    page = client.get(saved["Location"])

    assert f'href="{reverse("contact_new", args=[alder.pk])}"' in page.content.decode()
    assert "Name a designated support contact with phone and email. JS-16" in words_of(page.content)
    assert "Is this meant? Critical: the resolution is due after 10 min, before the first response after 30 min." in (
        words_of(page.content)
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("critical_response", "soon", "“soon” is no target."),
        ("critical_response", "", "Nothing is filled in. Write an amount such as 30 min"),
        ("fee", "1,000", "plain number"),
        ("fee", "0.005", "too precise"),
        ("fee", "-1", "negative"),
        ("currency", "XXX", "“XXX” is none of the choices."),
        ("starts_on", "2027-02-31", "That is no date."),
        ("starts_on", "9999-12-31", "The year 9999 is out of range."),
        ("title", "x\0y", "NUL"),
    ],
)
def test_bad_values_of_an_agreement_are_refused_by_a_sentence(
    client: Browser, manager: User, alder: Client, field: str, value: str, sentence: str
) -> None:
    url = reverse("agreement_new", args=[alder.pk]) + "?terms=juno-live-support"
    given = filled_in(client, url) | {"ref": "ALDER", field: value}

    page = client.post(url, given)

    assert page.status_code == 200
    assert sentence in " ".join(page.context["form"].errors[field])
    assert not Agreement.objects.exists()


def test_the_page_of_an_agreement_shows_each_value_with_its_clause_and_what_is_a_reading(
    client: Browser, manager: User
) -> None:
    agreement = AgreementFactory()

    words = words_of(client.get(reverse("agreement", args=[agreement.pk])).content)

    assert "First response 30 min JS-6" in words
    assert "Resolution 6 h reading A stray paragraph" in words
    assert "Monday to Friday 09:00 to 17:00 assumed T-1" in words


def test_a_suspended_agreement_says_so_to_the_client_too(client: Browser, manager: User, alder: Client) -> None:
    agreement = AgreementFactory(client=alder)
    client.post(reverse("agreement_suspend", args=[agreement.pk]))
    client.force_login(ClientUserFactory(client=alder, role=Role.MEMBER))

    words = words_of(client.get(reverse("agreement", args=[agreement.pk])).content)

    assert "Support is suspended since" in words


def test_an_amendment_on_its_page_shows_from_then_on(client: Browser, manager: User) -> None:
    agreement = AgreementFactory()
    url = reverse("agreement_amend", args=[agreement.pk])

    asked = filled_in(client, url) | {"critical_response": "15 min"}
    shown = client.post(url, asked)
    client.post(url, asked | {"seen": shown.context["shown"]})

    words = words_of(client.get(reverse("agreement", args=[agreement.pk])).content)
    assert "First response 15 min set by this agreement JS-6" in words
    assert "Amended for what began from then on, by" in words


def test_a_client_sees_its_own_active_agreements_and_no_drafts(client: Browser, alder: Client) -> None:
    active = AgreementFactory(client=alder, ref="ALDER-ACTIVE")
    draft = AgreementFactory(client=alder, ref="ALDER-DRAFT", draft=True)
    AgreementFactory(ref="COAST-ACTIVE")
    client.force_login(ClientUserFactory(client=alder, role=Role.MEMBER))

    words = words_of(client.get(reverse("agreements")).content)

    assert active.ref in words
    assert draft.ref not in words
    assert "COAST-ACTIVE" not in words
    assert client.get(reverse("agreement", args=[draft.pk])).status_code == 404


def test_a_client_reads_what_it_is_promised_in_one_table_and_every_value_on_demand(
    client: Browser, alder: Client
) -> None:
    agreement = AgreementFactory(client=alder)
    client.force_login(ClientUserFactory(client=alder, role=Role.MEMBER))

    response = client.get(reverse("agreement", args=[agreement.pk]))

    words = words_of(response.content)
    assert "Critical The platform is down" in words
    assert "30 min JS-6 on air 10 min JS-7 30 min JS-6 on air 15 min JS-7 6 h JS-6 on air 2 h JS-7" in words
    assert "1 business day JS-9" in words
    assert response.content.count(b"<details") == len(response.context["parts"]) + 1  # And one of the navigation.


def test_what_is_promised_for_no_severity_has_no_column(client: Browser, alder: Client) -> None:
    agreement = AgreementFactory(client=alder, preset="jbi-support")
    client.force_login(ClientUserFactory(client=alder, role=Role.MEMBER))

    words = words_of(client.get(reverse("agreement", args=[agreement.pk])).content)

    assert "Severity First response Resolution" in words
    assert "An update every" not in words


def test_a_client_without_support_reads_its_values_at_once(client: Browser, alder: Client) -> None:
    agreement = AgreementFactory(client=alder, preset="juno-implementation")
    client.force_login(ClientUserFactory(client=alder, role=Role.MEMBER))

    response = client.get(reverse("agreement", args=[agreement.pk]))

    assert "What we promise you" not in words_of(response.content)
    assert "Business hours" in words_of(response.content)


def test_the_list_of_clients_costs_the_same_however_many_there_are(
    client: Browser, manager: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(7):
        agreement = AgreementFactory()
        ContactFactory(client=agreement.client)

    with django_assert_max_num_queries(8):
        page = client.get(reverse("clients"))

    assert len(page.context["page"].rows) == 7


def test_the_list_of_agreements_costs_the_same_however_many_there_are(
    client: Browser, manager: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(7):
        AgreementFactory()

    with django_assert_max_num_queries(7):
        page = client.get(reverse("agreements"))

    assert len(page.context["page"].rows) == 7


@pytest.mark.parametrize("query", ["after=broken", "size=0", "size=-1", "after=W10"])
def test_a_broken_cursor_or_size_is_refused_in_words(client: Browser, manager: User, query: str) -> None:
    page = client.get(f"{reverse('clients')}?{query}")

    assert page.status_code == 400
    assert "text/html" in page["Content-Type"]


@pytest.mark.parametrize("words", ["%%%%", "'; drop table", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_a_search_for_anything_is_answered(client: Browser, manager: User, alder: Client, words: str) -> None:
    assert client.get(reverse("clients"), {"q": words}).status_code == 200


def test_a_search_that_is_too_long_is_refused_in_words_and_never_left_out(client: Browser, manager: User) -> None:
    page = client.get(reverse("clients"), {"q": "a" * 1_000})

    assert page.status_code == 400
    assert "The text has 1,000 characters. Shorten it to 100." in page.content.decode()


def test_texts_of_people_are_shown_as_text(client: Browser, manager: User) -> None:
    evil: Client = ClientFactory(name="<script>alert(1)</script>")

    page = client.get(reverse("client", args=[evil.pk])).content.decode()

    assert "<script>alert" not in page


def test_an_administrator_names_the_provider(client: Browser) -> None:
    client.force_login(StaffFactory(role=Role.ADMINISTRATOR))
    given = {"name": "Northlight", "sender": "Care@Northlight.example", "zone": "Europe/Paris", "fallback": ""}

    client.post(reverse("settings"), given)

    assert (provider().name, provider().sender) == ("Northlight", "care@northlight.example")


def test_an_installation_begins_with_a_provider_to_be_named() -> None:
    assert provider().name == "Your company"
