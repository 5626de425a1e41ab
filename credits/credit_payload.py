"""What a proposed service credit rests on, and what its rules are called. Clause: JS-13, JS-14, JS-20."""

from __future__ import annotations

import msgspec

from credits.proposals import Payload
from portal.web.figures import NBSP

SERVICE_CREDIT = "service_credit"
"""The kind's name, and the scope of what it proposes and posts."""
MINUS = "\N{MINUS SIGN}"

RULES = {
    "critical_response": "Critical response late",
    "major_response": "Major response late",
    "critical_resolution": "Critical resolution late",
    "major_resolution": "Major resolution late",
    "recurring_critical": "Critical incidents that came back",
    "availability": "Availability below its tier",
    "cap": "Brought down to the month's cap",
    "whole_month": "The month's credits as a whole",
}
"""What the rules of the library's contracts are called; another rule goes by its own name."""


class Otherwise(msgspec.Struct, frozen=True):
    """What another reading would give for the rule in the month, in minor units; `taken` is the one that was read."""

    words: str
    minor: int
    taken: str = ""


class Part(msgspec.Struct, frozen=True):
    """A line of a month that is proposed as a whole, with what it rests on; minor units."""

    rule: str
    clause: str
    percent: str
    minor: int
    evidence: tuple[str, ...] = ()


class CreditPayload(Payload, frozen=True):
    """A line of credits.

    Attributes:
        rule: Its name in the terms, `availability`, or `whole_month`.
        percent: Of the month's fee, as the terms write it.
        evidence: The incidents and outages that it rests on, as replay writes them: `incident:INC-7`, `outage:OUT-2`.
        close: The month's close that proposed it.
        subject: The incident, where the terms credit each incident by itself.
        line_minor: The whole line, where only the difference to what was decided before is proposed.
        cap: What the month's credits may come to, in minor units; None where nobody reckoned it.
        parts: The month's lines, where it is proposed as a whole.
        otherwise: Where the clause can be read in two ways, what the other one would give.
    """

    rule: str
    clause: str
    percent: str
    evidence: tuple[str, ...] = ()
    close: int | None = None
    subject: str = ""
    line_minor: int | None = None
    cap: int | None = None
    parts: tuple[Part, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


def percent_words(percent: str) -> str:
    """Return a percent of the terms as people read it: `10 %`, below zero with a true minus."""
    return f"{percent.replace('-', MINUS)}{NBSP}%"


def rule_words(rule: str) -> str:
    """Return what a rule is called."""
    return RULES.get(rule, rule.replace("_", " ").capitalize())
