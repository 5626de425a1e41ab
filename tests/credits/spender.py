"""A real process that spends: told an agreement, a prefix and a number of threads, each spends under twenty keys.

`{thread}` in the prefix is the thread's number. Once all are ready it prints so, waits for a line, and prints how often
there was something left for each.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connection  # noqa: E402  (Settings load with the setup above.)

from credits.errors import InsufficientError  # noqa: E402
from credits.rules.units import Amount  # noqa: E402
from credits.services import consume_entitlement  # noqa: E402
from portal.clients.models import Agreement  # noqa: E402
from tests.credits.books import order  # noqa: E402

KEYS = 20


def spend(agreement_id: int, prefix: str) -> int:
    """Spend one session under each key, and return how often there was something left."""
    agreement = Agreement.objects.select_related("client").get(pk=agreement_id)
    spent = 0
    try:
        for number in range(KEYS):
            try:
                consume_entitlement(agreement=agreement, amount=Amount(1, "sessions"), **order(f"{prefix}{number}"))
                spent += 1
            except InsufficientError:
                continue
    finally:
        connection.close()
    return spent


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    agreement_id, prefix, threads = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with ThreadPoolExecutor(threads) as pool:
        prefixes = [prefix.format(thread=number) for number in range(threads)]
        print(*pool.map(spend, [agreement_id] * threads, prefixes), flush=True)
