"""Money between the provider and a client: service credits owed, offset and paid out. Clause: JS-14, JS-15."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Unpack

from credits.errors import InsufficientError
from credits.models import Approval, Balance, Code, Entry, Invoice, Kind, Lot
from credits.rules.units import Amount
from credits.services.posting import Act, Movement, Order, check_positive, lock_accounts, post, post_entry
from portal.accounts.models import User
from portal.clients.models import Agreement, Client
from portal.contract.money import Money
from portal.web.figures import money_text


def credit_client(*, agreement: Agreement, money: Money, approval: Approval, **order: Unpack[Order]) -> Entry:
    """Owe the client a service credit; less than zero is the difference by which an earlier one was too much.

    Raises:
        BadAmountError: Zero.
        InsufficientError: A difference that is more than is still owed: the credit was applied or paid out since.
    """
    lines = [
        Movement(Code.CREDITS_GRANTED, money.currency, -money.minor),
        Movement(Code.CREDIT_OWED, money.currency, money.minor),
    ]
    try:
        return post_entry(
            kind=Kind.SERVICE_CREDIT,
            client=agreement.client,
            agreement=agreement,
            lines=lines,
            approval=approval,
            **order,
        )
    except InsufficientError:
        raise InsufficientError(
            f"{money_text(Money(-money.minor, money.currency))} would be taken back, and less is owed: "
            "what was credited was applied or paid out since. Reverse that first, or decline it.",
            field="amount",
        ) from None


def pay_out(*, client: Client, money: Money, approval: Approval, **order: Unpack[Order]) -> Entry:
    """Pay service credit out to the client instead of offsetting it. Clause: JS-15.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: More than is owed.
    """
    check_positive(Amount.of(money))
    lines = [
        Movement(Code.CREDIT_OWED, money.currency, -money.minor),
        Movement(Code.PAID_OUT, money.currency, money.minor),
    ]
    return post_entry(kind=Kind.PAYOUT, client=client, agreement=None, lines=lines, approval=approval, **order)


def require_owed(*, client: Client, money: Money, code: Code) -> None:
    """Refuse to propose that more leaves an account than it holds now; it is asked again as that is posted.

    One query.

    Raises:
        InsufficientError: It is more.
    """
    balance = Balance.objects.filter(account__client=client, account__code=code, account__unit=money.currency).first()
    there = Money(balance.minor if balance is not None else 0, money.currency)
    if money.minor > there.minor:
        raise InsufficientError(
            f"{code.label} has {money_text(there)}, and {money_text(money)} would be taken. Take less.",
            field="amount",
        )


def owe_refund(*, agreement: Agreement, money: Money, approval: Approval, **order: Unpack[Order]) -> Entry:
    """Owe the client what is left of its prepaid fees. Clause: JB-11.

    Raises:
        BadAmountError: Not above zero.
    """
    check_positive(Amount.of(money))
    lines = [
        Movement(Code.FEES_RETURNED, money.currency, -money.minor),
        Movement(Code.REFUND_OWED, money.currency, money.minor),
    ]
    return post_entry(
        kind=Kind.REFUND, client=agreement.client, agreement=agreement, lines=lines, approval=approval, **order
    )


def pay_refund(*, agreement: Agreement, money: Money, approval: Approval, **order: Unpack[Order]) -> Entry:
    """Pay a refund of prepaid fees out. Clause: JB-11.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: More than is owed back.
    """
    check_positive(Amount.of(money))
    lines = [
        Movement(Code.REFUND_OWED, money.currency, -money.minor),
        Movement(Code.PAID_OUT, money.currency, money.minor),
    ]
    return post_entry(
        kind=Kind.PAYOUT, client=agreement.client, agreement=agreement, lines=lines, approval=approval, **order
    )


def enter_invoice(
    *, client: Client, number: str, issued_on: date, money: Money, by: User | None, now: datetime
) -> Invoice:
    """Enter an invoice that was billed elsewhere, so that credits can be offset against it. The same again is the same.

    Raises:
        BadAmountError: Not above zero.
        KeyReusedError: The client has another invoice of that number.
        FutureError: Its day has come nowhere yet.
    """
    owed, invoiced = (Code.INVOICES_OWED, money.currency), (Code.INVOICED, money.currency)

    def draft() -> list[Movement]:
        check_positive(Amount.of(money))
        lot = Lot.objects.create(
            account=lock_accounts(client, [owed])[owed],
            granted=money.minor,
            effective_at=datetime.combine(issued_on, time(), UTC),
        )
        Invoice.objects.create(client=client, number=number, issued_on=issued_on, lot=lot)
        return [Movement(*invoiced, -money.minor, lot), Movement(*owed, money.minor, lot)]

    act = Act(
        scope="invoice",
        key=f"{client.pk}:{number}",
        kind=Kind.INVOICE,
        client=client,
        effective_on=issued_on,
        by=by,
        now=now,
        source=f"invoice:{number}",
        payload={"money": [money.minor, money.currency]},
    )
    post(act, [owed, invoiced], draft)
    return Invoice.objects.get(client=client, number=number)


def offset_invoices(*, client: Client, money: Money, **order: Unpack[Order]) -> Entry:
    """Offset service credit against the client's open invoices, oldest first. Clause: JS-15.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: More than is owed, or more than is open.
    """
    currency = money.currency
    places = [(code, currency) for code in (Code.CREDIT_OWED, Code.OFFSET, Code.INVOICES_OWED, Code.INVOICED)]

    def draft() -> list[Movement]:
        check_positive(Amount.of(money))
        movements = [
            Movement(Code.CREDIT_OWED, currency, -money.minor),
            Movement(Code.OFFSET, currency, money.minor),
        ]
        left = money.minor
        for invoice in open_invoices(client, currency):
            part = min(left, invoice.lot.balance.remaining)
            if part:
                movements.append(Movement(Code.INVOICES_OWED, currency, -part, invoice.lot))
                movements.append(Movement(Code.INVOICED, currency, part, invoice.lot))
                left -= part
        if left:
            open_ = Money(money.minor - left, currency)
            raise InsufficientError(
                f"Only {money_text(open_)} is open on invoices, not {money_text(money)}. Offset less, or pay it out.",
                field="amount",
            )
        return movements

    act = Act(kind=Kind.OFFSET, client=client, payload={"money": [money.minor, currency]}, **order)
    return post(act, places, draft)


def record_payment(*, invoice: Invoice, money: Money, **order: Unpack[Order]) -> Entry:
    """Record that the client paid an invoice, or a part of it, so that no credit is offset against what is not open.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: More than is open on it, or another currency.
        FutureError: The day has come nowhere yet.
    """
    currency = money.currency

    def draft() -> list[Movement]:
        check_positive(Amount.of(money))
        # Read once the accounts are locked: of two payments at the same time the second finds what the first left.
        lot = Lot.objects.select_related("balance", "account").get(pk=invoice.lot_id)
        there = Money(lot.balance.remaining if lot.account.unit_id == currency else 0, currency)
        if money.minor > there.minor:
            raise InsufficientError(
                f"{invoice} has {money_text(there)} open, and {money_text(money)} would be paid. Record less.",
                field="amount",
            )
        return [
            Movement(Code.INVOICES_OWED, currency, -money.minor, lot),
            Movement(Code.INVOICED, currency, money.minor, lot),
        ]

    places = [(Code.INVOICES_OWED, currency), (Code.INVOICED, currency)]
    payload = {"invoice": invoice.pk, "money": [money.minor, currency]}
    return post(Act(kind=Kind.PAYMENT, client=invoice.client, payload=payload, **order), places, draft)


def open_invoices(client: Client, currency: str) -> list[Invoice]:
    """Return the invoices on which something is open, oldest first. One query."""
    return list(
        Invoice.objects.filter(client=client, lot__account__unit=currency, lot__balance__remaining__gt=0)
        .select_related("lot__balance")
        .order_by("issued_on", "id")
    )
