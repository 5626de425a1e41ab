"""The words of the mails about work that no fee covers: requests, quotes, charges. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from credits.models import Charge, QuoteDecision, QuoteVersion, ServiceRequest
from credits.notices import TO_CLIENT
from portal.alerts.kinds import Mail, MailState, zone_of
from portal.alerts.models import Message
from portal.contract.money import Money
from portal.web.figures import day_text, duration_text, instant_text, money_text

Fact = tuple[str, str]


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write messages about quotes, requests and charges. Four queries."""
    versions = QuoteVersion.objects.select_related("quote__client", "quoted_by", "rate", "decision").in_bulk(
        {message.context["version"] for message in messages if "version" in message.context}
    )
    requests = ServiceRequest.objects.select_related("client", "requested_by", "closed_by").in_bulk(
        {message.context["request"] for message in messages if "request" in message.context}
    )
    charges = (
        Charge.objects.select_related("entry__client", "quote")
        .prefetch_related("time__time_entry", "entry__lines")
        .in_bulk({message.context["charge"] for message in messages if "charge" in message.context})
    )
    return [
        _of_quote(message, versions[message.context["version"]])
        if "version" in message.context
        else _of_request(message, requests[message.context["request"]])
        if "request" in message.context
        else _of_charge(message, charges[message.context["charge"]])
        for message in messages
    ]


def _mail(message: Message, *, subject: str, ask: str, path: str, state: MailState, label: str, **parts: Any) -> Mail:
    return Mail(
        subject=subject,
        ask=ask,
        why=f"Why you get this: {message.context['why']}",
        link_path=path,
        link_label=label,
        state=state,
        **parts,
    )


# -------------------------------------------------------------------------------------------------------------- quotes


def _of_quote(message: Message, version: QuoteVersion) -> Mail:
    return _QUOTES[message.kind](message, version)


def _offered(message: Message, version: QuoteVersion) -> Mail:
    again = "Changed: " if version.number > 1 else ""
    return _of(
        message,
        version,
        subject=f"{again}quote {version.quote.ref}, {money_text(version.total)}, valid until "
        f"{day_text(version.valid_until)}",
        ask=f"Accept or decline quote {version.quote.ref} by {day_text(version.valid_until)}.",
        state="running",
        paragraphs=_paragraphs(version.text),
    )


def _withdrawn(message: Message, version: QuoteVersion) -> Mail:
    return _of(
        message,
        version,
        subject=f"Withdrawn: quote {version.quote.ref}, {_when(message, version.decision)}",
        ask=f"Leave quote {version.quote.ref}: it no longer holds.",
        state="void",
        paragraphs=_paragraphs(version.decision.words),
    )


def _accepted(message: Message, version: QuoteVersion) -> Mail:
    return _of(
        message,
        version,
        subject=f"Accepted: quote {version.quote.ref}, {money_text(version.total)}, {_when(message, version.decision)}",
        ask=f"Begin the work that {version.quote.client} accepted.",
        state="met",
        kicker=f"Accepted by {version.decision.name}",
    )


def _confirmed(message: Message, version: QuoteVersion) -> Mail:
    return _of(
        message,
        version,
        subject=f"Confirmed: quote {version.quote.ref}, {money_text(version.total)}, "
        f"accepted {_when(message, version.decision)}",
        ask=f"Keep this: {version.decision.name} accepted version {version.number} of quote {version.quote.ref}.",
        state="met",
        paragraphs=_paragraphs(version.text),
    )


def _declined(message: Message, version: QuoteVersion) -> Mail:
    return _of(
        message,
        version,
        subject=f"Declined: quote {version.quote.ref}, {_when(message, version.decision)}",
        ask=f"See why {version.quote.client} declined quote {version.quote.ref}.",
        state="risk",
        kicker=f"Declined by {version.decision.name}",
        paragraphs=_paragraphs(version.decision.words),
    )


def _of(message: Message, version: QuoteVersion, *, subject: str, ask: str, state: MailState, **parts: Any) -> Mail:
    return _mail(
        message,
        subject=subject,
        ask=ask,
        path=f"/quotes/{version.quote_id}/",
        state=state,
        label=f"Open {version.quote.ref}",
        facts=_facts(message, version),
        clause=version.quote.clause,
        **parts,
    )


def _facts(message: Message, version: QuoteVersion) -> list[Fact]:
    facts = [("For", version.quote.subject.partition(":")[2]), ("Price", price_words(version))]
    if message.kind not in TO_CLIENT:
        facts.insert(0, ("Client", version.quote.client.name))
    if message.kind == "quote_offered":
        facts.append(("Valid until", f"the end of {day_text(version.valid_until)}"))
    if version.number > 1:
        facts.append(("Version", str(version.number)))
    return facts


def price_words(version: QuoteVersion) -> str:
    """Return a quote's price in words: `$1,200.00`, or `6 h at $200.00, $1,200.00 at most`."""
    total = money_text(version.total)
    if version.rate is None or version.minutes is None:
        return total
    hourly = money_text(Money(version.rate.hourly, version.unit_id))
    return f"{_time(version.minutes)} at {hourly} an hour, {total} at most"


def _when(message: Message, decision: QuoteDecision) -> str:
    return instant_text(decision.decided_at, zone_of(message))


_QUOTES: dict[str, Callable[[Message, QuoteVersion], Mail]] = {
    "quote_offered": _offered,
    "quote_withdrawn": _withdrawn,
    "quote_accepted": _accepted,
    "quote_confirmed": _confirmed,
    "quote_declined": _declined,
}


# ------------------------------------------------------------------------------------------------------------ requests


def _of_request(message: Message, wanted: ServiceRequest) -> Mail:
    what, zone = wanted.get_kind_display(), zone_of(message)
    facts: list[Fact] = [("Client", wanted.client.name), ("Service", what), (wanted.ref, wanted.title)]
    if wanted.wanted_on is not None:
        facts.append(("Wanted on", day_text(wanted.wanted_on)))
    path, label = f"/service-requests/{wanted.pk}/", f"Open {wanted.ref}"
    if message.kind == "service_requested":
        return _mail(
            message,
            subject=f"{what} wanted: {wanted.ref} {wanted.title}, {instant_text(wanted.requested_at, zone)}",
            ask=f"Quote {wanted.ref} for {wanted.client}.",
            kicker=f"Asked for by {wanted.requested_by}",
            path=path,
            state="running",
            label=label,
            paragraphs=_paragraphs(wanted.wish),
            facts=facts,
            clause="JB-14",
        )
    ended = instant_text(wanted.closed_at or wanted.requested_at, zone)
    word = wanted.get_outcome_display()
    return _mail(
        message,
        subject=f"{word}: {wanted.ref} {wanted.title}, {ended}",
        ask=f"Read why {wanted.ref} is closed.",
        kicker=f"Closed by {wanted.closed_by}",
        path=path,
        state="met" if wanted.outcome == ServiceRequest.Outcome.DONE else "void",
        label=label,
        paragraphs=_paragraphs(wanted.outcome_words),
        facts=facts,
        clause="JB-14",
    )


# ------------------------------------------------------------------------------------------------------------- charges


def _of_charge(message: Message, charge: Charge) -> Mail:
    entry = charge.entry
    total = sum(line.minor for line in entry.lines.all() if line.minor > 0)
    currency = next(line.unit_id for line in entry.lines.all())
    facts: list[Fact] = [("For", charge.subject.partition(":")[2]), ("Sum", money_text(Money(total, currency)))]
    minutes = sum(row.time_entry.minutes for row in charge.time.all())
    if minutes:
        facts.append(("Time", _time(minutes)))
    if charge.fixed_minor:
        facts.append((fixed_word(charge), money_text(Money(charge.fixed_minor, currency))))
    if charge.quote is not None:
        facts.append(("Under quote", charge.quote.ref))
    return _mail(
        message,
        subject=f"Charge of {money_text(Money(total, currency))} for {charge.subject.partition(':')[2]}, "
        f"{instant_text(entry.posted_at, zone_of(message))}",
        ask="See what you are charged, and why.",
        path=f"/charges/{charge.pk}/",
        state="running",
        label="Open the charge",
        paragraphs=_paragraphs(charge.reason),
        facts=facts,
        clause=charge.clause,
    )


def fixed_word(charge: Charge) -> str:
    """Return what the part of a charge is that is not time."""
    return "Expenses" if charge.quote is None or charge.time.all() else "Quoted price"


def _time(minutes: int) -> str:
    return duration_text(timedelta(minutes=minutes))


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
