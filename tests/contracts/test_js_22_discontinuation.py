"""JS-22: support is discontinued with 60 days' notice, and never within a term."""

from __future__ import annotations

import re
from datetime import date

import pytest

from incidents.models import Incident
from portal.accounts.models import User
from portal.alerts.kinds import Mail, render_each
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clients.tasks import keep_agreements
from portal.journal.models import Event
from tests.contracts.desk import Desk, at, clock_of
from tests.contracts.judging import ny
from tests.factories import ContactFactory
from tests.incidents.pages import words_of


def noticed(desk: Desk, when: str, last_day: str, reason: str = "") -> str:
    """Give notice on the page, and return the page that came."""
    address = f"/agreements/{desk.agreement.pk}/discontinue/"
    response = desk.send(when, address, by=desk.manager, last_day=last_day, reason=reason)
    if response.status_code == 302:
        return shown(desk, when, response["Location"], by=desk.manager)
    return words_of(response).replace("\xa0", " ")


def shown(desk: Desk, when: str, address: str, *, by: User) -> str:
    """Return a page's words, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", "", desk.read(when, address, by=by)).replace("\xa0", " ").split())


def kept(desk: Desk, when: str) -> Agreement:
    """Let the beat job look, and return the agreement."""
    with at(when):
        keep_agreements()
    return Agreement.objects.get(pk=desk.agreement.pk)


def mail_of(kind: str) -> Mail:
    [written] = render_each(Message.objects.filter(kind=kind)).values()
    assert isinstance(written, Mail)
    return written


def in_term(desk: Desk, ends_on: date) -> None:
    Agreement.objects.filter(pk=desk.agreement.pk).update(starts_on=date(2026, 1, 1), ends_on=ends_on)


@pytest.mark.parametrize(
    ("last_day", "given"),
    [("2026-04-30", "59 days"), ("2026-03-02", "Too soon"), ("2026-02-01", "Too soon")],
)
def test_a_notice_under_60_days_is_refused_with_the_earliest_day(juno: Desk, last_day: str, given: str) -> None:
    page = noticed(juno, "2026-03-02 10:00", last_day)

    assert given in page
    assert "The earliest day is Fri 1 May 2026 (JS-22)" in page
    assert Agreement.objects.get().discontinued_at is None
    assert not Event.objects.filter(kind="agreement.discontinued").exists()


def test_a_notice_of_exactly_60_days_holds(juno: Desk) -> None:
    page = noticed(juno, "2026-03-02 23:59", "2026-05-01")

    assert "It ends with Fri 1 May 2026" in page
    assert Agreement.objects.get().last_day == date(2026, 5, 1)


def test_a_day_within_the_term_is_refused_however_long_the_notice(juno: Desk) -> None:
    in_term(juno, date(2026, 12, 31))

    page = noticed(juno, "2026-03-02 10:00", "2026-12-30")

    assert "lies within the term, which runs to Thu 31 Dec 2026" in page
    assert "The earliest day is Thu 31 Dec 2026" in page


def test_the_terms_last_day_itself_is_allowed(juno: Desk) -> None:
    in_term(juno, date(2026, 12, 31))

    noticed(juno, "2026-03-02 10:00", "2026-12-31")

    assert Agreement.objects.get().last_day == date(2026, 12, 31)


def test_a_term_that_is_renewed_already_counts_as_a_term(juno: Desk) -> None:
    in_term(juno, date(2026, 12, 31))
    renew = f"/agreements/{juno.agreement.pk}/renew/"
    juno.send("2026-03-01 10:00", renew, by=juno.manager, ends_on="2027-12-31")

    page = noticed(juno, "2026-03-02 10:00", "2026-12-31")

    assert "The earliest day is Fri 31 Dec 2027" in page


def test_the_client_is_mailed_the_notice_which_nobody_can_mute(juno: Desk) -> None:
    contact = ContactFactory(client=juno.agreement.client)

    noticed(juno, "2026-03-02 10:00", "2026-05-01", reason="The product is retired.")

    message = Message.objects.get(kind="agreement_discontinued")
    assert (message.address, message.mutable) == (contact.email, False)
    mail = mail_of("agreement_discontinued")
    assert "ends with Fri 1 May 2026" in mail.subject.replace("\xa0", " ")
    assert mail.paragraphs == ["The product is retired."]
    assert (mail.clause, mail.link_path) == ("JS-22", f"/agreements/{juno.agreement.pk}/")


def test_both_sides_see_it_until_then(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")

    pages = [
        shown(juno, "2026-03-03 10:00", f"/agreements/{juno.agreement.pk}/", by=juno.manager),
        shown(juno, "2026-03-03 10:00", f"/agreements/{juno.agreement.pk}/", by=juno.contact),
        shown(juno, "2026-03-03 10:00", "/", by=juno.contact),
    ]

    assert all("ends with Fri 1 May 2026" in page for page in pages)


def test_it_may_be_withdrawn_and_the_client_is_told(juno: Desk) -> None:
    ContactFactory(client=juno.agreement.client)
    noticed(juno, "2026-03-02 10:00", "2026-05-01")

    juno.send("2026-03-09 10:00", f"/agreements/{juno.agreement.pk}/continue/", by=juno.manager)

    assert kept(juno, "2026-05-02 10:00").ended_at is None
    assert "goes on" in mail_of("agreement_continued").subject


def test_a_second_notice_is_refused_while_one_stands(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")

    page = noticed(juno, "2026-03-03 10:00", "2026-06-01")

    assert "Notice was given already: it ends with Fri 1 May 2026." in page


def test_it_ends_when_its_last_day_is_over_where_it_is(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")

    before = kept(juno, "2026-05-01 23:59").ended_at
    after = kept(juno, "2026-05-02 00:01").ended_at

    assert before is None
    assert after == ny("2026-05-02 00:00")


def test_a_beat_that_comes_late_ends_it_at_its_own_instant_and_once(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")

    kept(juno, "2026-05-09 10:00")
    ended = kept(juno, "2026-05-09 10:01").ended_at

    assert ended == ny("2026-05-02 00:00")
    assert Event.objects.filter(kind="agreement.ended").count() == 1


def test_what_was_promised_before_the_end_stays_promised(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")
    running = juno.report("2026-05-01 23:50")

    kept(juno, "2026-05-02 00:01")
    juno.flag("2026-05-02 00:21")

    assert clock_of(running, "response").breached_at == ny("2026-05-02 00:20")


def test_nothing_new_is_taken_after_the_end(juno: Desk) -> None:
    noticed(juno, "2026-03-02 10:00", "2026-05-01")
    kept(juno, "2026-05-02 00:01")

    page = juno.read("2026-05-02 09:00", f"/support/new/?agreement={juno.agreement.pk}", by=juno.contact)

    assert "Registration is down" not in page
    assert not Incident.objects.exists()


def test_a_contract_without_the_clause_is_not_discontinued(jbi: Desk) -> None:
    page = noticed(jbi, "2026-03-02 10:00", "2026-12-01")

    assert "have no clause by which it could be discontinued" in page
