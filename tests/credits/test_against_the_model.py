"""Two thousand random acts on the ledger and on a plain model of it, compared to the minor unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from credits.errors import KeyReusedError, LedgerError
from credits.models import Balance, Code, Entry, LotBalance
from credits.rules.units import Amount
from credits.services import (
    Order,
    capture,
    charge_client,
    consume_entitlement,
    credit_client,
    enter_invoice,
    expire_lots,
    grant_entitlement,
    make_digests,
    offset_invoices,
    owe_refund,
    pay_out,
    pay_refund,
    release,
    reserve,
    reverse_entry,
    verify,
)
from portal.contract.money import Money
from tests.credits.books import NOW, approval_for, order
from tests.credits.model import Model, ModelLot, Refused
from tests.factories import AgreementFactory, ClientFactory

ACTS = 2000
FOREVER = 10**6

pytestmark = pytest.mark.django_db


class Twins:
    """The ledger and its model, to which the same things happen: each method draws an act and does it to both."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        clients = [ClientFactory(), ClientFactory()]
        self.agreements = [AgreementFactory(client=clients[0]), *(AgreementFactory(client=one) for one in clients)]
        self.approvals = {client.pk: approval_for(client) for client in clients}
        self.model = Model()
        self.entries: dict[str, Entry] = {}
        self.repeats: list[tuple[str, Callable[[], Entry]]] = []
        self.hour = 0
        self.key = ""
        self.outcomes: Counter[str] = Counter()

    def act(self, number: int) -> None:
        """Let one random thing happen to both."""
        self.hour += self.random.choice((0, 0, 1))
        self.key = str(number)
        kinds = ("grant", "spend", "spend", "hold", "end", "end", "credit", "invoice", "offset", "pay", "charge")
        kind = self.random.choice((*kinds, "refund", "pay_back", "undo", "undo", "expire", "repeat"))
        self.outcomes[f"{kind} {getattr(self, kind)()}"] += 1

    def both(self, on_model: Callable[[], None], on_ledger: Callable[[], Entry]) -> str:
        """Do it to both, and return what both said: 'done', or the code of the refusal."""
        try:
            on_model()
            expected = "done"
        except Refused as refusal:
            expected = str(refusal)
        try:
            self.entries[self.key] = on_ledger()
            self.repeats.append((self.key, on_ledger))
            found = "done"
        except LedgerError as error:
            found = error.code
        assert found == expected, self.key
        return expected

    def order(self) -> Order:
        """Return what every service is told, at the model's hour."""
        return order(self.key, now=self.at(self.hour))

    def at(self, hour: int) -> datetime:
        """Return the instant of one of the model's hours."""
        return NOW + timedelta(hours=hour)

    def grant(self) -> str:
        agreement, unit = self.random.choice(self.agreements), self.random.choice(("hours", "sessions"))
        minor, begins = self.random.randint(1, 60), self.hour + self.random.choice((-1, 0, 5))
        ends = self.random.choice((FOREVER, begins + self.random.randint(1, 60)))
        told = self.order()
        lot = ModelLot(agreement.pk, agreement.client_id, unit, minor, begins, ends)
        return self.both(
            lambda: self.model.open_lot(told["key"], lot, "entitlement", "sold"),
            lambda: grant_entitlement(
                agreement=agreement,
                amount=Amount(minor, unit),
                effective_at=self.at(begins),
                expires_at=None if ends == FOREVER else self.at(ends),
                **told,
            ),
        )

    def spend(self) -> str:
        agreement, unit = self.random.choice(self.agreements), self.random.choice(("hours", "sessions"))
        minor, told, now = self.random.randint(1, 40), self.order(), self.hour
        return self.both(
            lambda: self.model.spend(
                told["key"], "consume", agreement.pk, agreement.client_id, unit, minor, now, "used"
            ),
            lambda: consume_entitlement(agreement=agreement, amount=Amount(minor, unit), **told),
        )

    def hold(self) -> str:
        agreement, unit = self.random.choice(self.agreements), self.random.choice(("hours", "sessions"))
        minor, told, now = self.random.randint(1, 30), self.order(), self.hour
        return self.both(
            lambda: self.model.spend(
                told["key"], "reserve", agreement.pk, agreement.client_id, unit, minor, now, "held"
            ),
            lambda: reserve(agreement=agreement, amount=Amount(minor, unit), **told),
        )

    def end(self) -> str:
        holds = [key for key, effect in self.model.effects.items() if effect.kind == "reserve"]
        if not holds:
            return "nothing"
        hold = self.random.choice(holds[-6:])
        reservation, use, told = self.entries[hold], self.random.choice((0, 1, 5, 20)), self.order()
        unit = reservation.lines.all()[0].unit_id
        return self.both(
            lambda: self.model.end(told["key"], hold, reservation.client_id, unit, use),
            lambda: (
                capture(reservation=reservation, amount=Amount(use, unit), **told)
                if use
                else release(reservation=reservation, **told)
            ),
        )

    def credit(self) -> str:
        return self._money("service_credit", "credits_granted", "credit_owed")

    def charge(self) -> str:
        return self._money("charge", "charged", "charges_owed")

    def pay(self) -> str:
        return self._money("payout", "credit_owed", "paid_out")

    def refund(self) -> str:
        return self._money("refund", "fees_returned", "refund_owed")

    def pay_back(self) -> str:
        return self._money("payment of a refund", "refund_owed", "paid_out")

    def _money(self, kind: str, source: str, target: str) -> str:
        agreement, currency = self.random.choice(self.agreements), self.random.choice(("USD", "JPY", "KWD"))
        minor, told, client = self.random.randint(1, 500), self.order(), agreement.client
        money, approval = Money(minor, currency), self.approvals[agreement.client_id]
        post = {
            "service_credit": lambda: credit_client(agreement=agreement, money=money, approval=approval, **told),
            "charge": lambda: charge_client(
                agreement=agreement, subject="test:1", reason="Asked for.", fixed=money, approval=approval, **told
            ),
            "refund": lambda: owe_refund(agreement=agreement, money=money, approval=approval, **told),
            "payment of a refund": lambda: pay_refund(agreement=agreement, money=money, approval=approval, **told),
            "payout": lambda: pay_out(client=client, money=money, approval=approval, **told),
        }[kind]
        return self.both(lambda: self.model.move(told["key"], kind, client.pk, currency, minor, source, target), post)

    def invoice(self) -> str:
        client, currency = self.random.choice(self.agreements).client, self.random.choice(("USD", "JPY", "KWD"))
        minor, days, told = self.random.randint(1, 400), self.random.randint(0, 30), self.order()
        lot = ModelLot(0, client.pk, currency, minor, -days, FOREVER)
        return self.both(
            lambda: self.model.open_lot(told["key"], lot, "invoices_owed", "invoiced"),
            lambda: (
                enter_invoice(
                    client=client,
                    number=told["key"],
                    issued_on=NOW.date() - timedelta(days=days),
                    money=Money(minor, currency),
                    by=None,
                    now=told["now"],
                )
                .lot.lines.order_by("id")[0]
                .entry
            ),
        )

    def offset(self) -> str:
        client, currency = self.random.choice(self.agreements).client, self.random.choice(("USD", "JPY", "KWD"))
        minor, told = self.random.randint(1, 300), self.order()
        return self.both(
            lambda: self.model.offset(told["key"], client.pk, currency, minor),
            lambda: offset_invoices(client=client, money=Money(minor, currency), **told),
        )

    def undo(self) -> str:
        if not self.model.effects:
            return "nothing"
        other = self.random.choice([key for key in self.model.effects if key in self.entries][-30:])
        told, undone = self.order(), self.entries[other]
        return self.both(
            lambda: self.model.reverse(told["key"], other),
            lambda: reverse_entry(entry=undone, approval=self.approvals[undone.client_id], **told),
        )

    def expire(self) -> str:
        assert expire_lots(now=self.at(self.hour)) == self.model.expire(self.hour)
        return "done"

    def repeat(self) -> str:
        """Do something again: nothing happens, and the answer is the same; something else under its key is refused."""
        if not self.repeats:
            return "nothing"
        key, again = self.random.choice(self.repeats)
        before = Entry.objects.count()
        assert again() == self.entries[key]
        if self.entries[key].scope == "test":
            with pytest.raises(KeyReusedError):
                consume_entitlement(agreement=self.agreements[0], amount=Amount(10**9, "hours"), **order(key))
        assert Entry.objects.count() == before
        return "done"

    def compare(self) -> None:
        """Assert that every account and every lot holds the same in both."""
        accounts = Balance.objects.values_list("account__client", "account__code", "account__unit", "minor")
        found = {(client, code, unit): minor for client, code, unit, minor in accounts if minor}
        lots = LotBalance.objects.order_by("lot_id").values_list("remaining", flat=True)
        assert found == {place: minor for place, minor in self.model.accounts.items() if minor}
        assert list(lots) == [lot.left for lot in self.model.lots.values()]


def test_two_thousand_random_acts_leave_the_ledger_as_the_model_says() -> None:
    twins = Twins(seed=20260302)

    for number in range(ACTS):
        twins.act(number)
        if number % 50 == 0:
            twins.compare()
        if number % 400 == 0:
            make_digests(now=twins.at(twins.hour))

    twins.compare()
    assert verify().wrong == ()
    told = {outcome.partition(" ")[2] for outcome in twins.outcomes}
    assert told >= {"done", "insufficient", "reservation_ended", "not_reversible", "already_reversed"}
    assert {code for _, code, _ in twins.model.accounts} == set(Code.values)
