"""A real process in which somebody decides on several rows, one after the other, while another process does as well.

Told acts such as `accept:7:12` (the act, the user's id, the row's), it prints `ready`, waits for a line, and prints
what came of each: the refusal's code, or `done`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

from credits.errors import LedgerError  # noqa: E402  (Models load after the setup above.)
from credits.jobs import job_of  # noqa: E402
from credits.models import TimeEntry  # noqa: E402
from credits.services import (  # noqa: E402
    accept_quote,
    approve_proposal,
    close_months,
    decline_quote,
    prepare_charge,
    waive_proposal,
    withdraw_quote,
)
from incidents.models import Incident  # noqa: E402
from portal.accounts.models import User  # noqa: E402

NOW = datetime(2026, 5, 2, 13, tzinfo=UTC)
"""When April 2026 is over everywhere."""


def approve(pk: int, by: User) -> None:
    """Approve a proposal."""
    approve_proposal(proposal_id=pk, by=by, now=NOW)


def waive(pk: int, by: User) -> None:
    """Waive a proposal."""
    waive_proposal(proposal_id=pk, reason="Not asked for.", by=by, now=NOW)


def accept(pk: int, by: User) -> None:
    """Accept a version of a quote."""
    accept_quote(version_id=pk, by=by, now=NOW)


def decline(pk: int, by: User) -> None:
    """Decline a version of a quote."""
    decline_quote(version_id=pk, reason="Too much.", by=by, now=NOW)


def withdraw(pk: int, by: User) -> None:
    """Withdraw a version of a quote."""
    withdraw_quote(version_id=pk, reason="The wrong price.", by=by, now=NOW)


def charge(pk: int, by: User) -> None:
    """Propose to charge a logged time, under a key of one's own."""
    time = TimeEntry.objects.get(pk=pk)
    ref = time.subject.partition(":")[2]
    job = job_of("incident", Incident.objects.get(agreement=time.agreement, ref=ref).pk, user=by)
    prepare_charge(job=job, quote=None, time=[pk], reason="Not ours.", key=f"{by.pk} {pk}", by=by, now=NOW)


def close(_: int, __: User) -> None:
    """Close every month that is over."""
    close_months(now=NOW)


ACTS: dict[str, Callable[[int, User], None]] = {
    act.__name__: act for act in (approve, waive, accept, decline, withdraw, charge, close)
}


def outcome(told: str) -> str:
    """Return what came of one act."""
    name, user, row = told.split(":")
    try:
        ACTS[name](int(row), User.objects.get(pk=user))
    except LedgerError as error:
        return error.code
    return "done"


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    print(*(outcome(told) for told in sys.argv[1:]), flush=True)
