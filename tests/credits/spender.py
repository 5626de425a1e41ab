"""A real process that spends: told an agreement and a prefix, it spends one session under each of twenty keys."""

from __future__ import annotations

import sys

import django

django.setup()

from credits.errors import InsufficientError  # noqa: E402  (Models load after the setup above.)
from credits.rules.units import Amount  # noqa: E402
from credits.services import consume_entitlement  # noqa: E402
from portal.clients.models import Agreement  # noqa: E402
from tests.credits.books import order  # noqa: E402

KEYS = 20


def spend(agreement_id: int, prefix: str) -> int:
    """Spend until all keys are used, and return how often there was something left."""
    agreement = Agreement.objects.select_related("client").get(pk=agreement_id)
    spent = 0
    for number in range(KEYS):
        try:
            consume_entitlement(agreement=agreement, amount=Amount(1, "sessions"), **order(f"{prefix}{number}"))
            spent += 1
        except InsufficientError:
            continue
    return spent


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    print(spend(int(sys.argv[1]), sys.argv[2]), flush=True)
