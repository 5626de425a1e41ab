"""What a client's agreements are about, so that its navigation leaves out what it never agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from weakref import WeakKeyDictionary

from django.db.models import Count, Q
from django.http import HttpRequest

from portal.accounts.models import User
from portal.clients.models import Agreement

Part = Literal["support", "hosted", "availability", "product"]

# Each page asks for several parts: the answer is kept for as long as its request is.
_asked: WeakKeyDictionary[HttpRequest, frozenset[str]] = WeakKeyDictionary()


def agreed_parts(user: User) -> frozenset[str]:
    """Return which parts the agreements that a user may see have. One query.

    Agreements that have ended count too: what happened under them is still looked up.
    """
    found = Agreement.objects.visible_to(user).aggregate(
        support=Count("pk", filter=Q(terms__has_key="support")),
        hosted=Count("pk", filter=Q(terms__support__has_key="hosted")),
        availability=Count("pk", filter=Q(terms__has_key="availability")),
        product=Count("product"),
    )
    return frozenset(part for part, count in found.items() if count)


def agreed(part: Part) -> Callable[[HttpRequest], bool]:
    """Return what the navigation asks: whether an agreement of whoever sends the request has a part."""

    def allows(request: HttpRequest) -> bool:
        if not isinstance(request.user, User):
            return False
        if request not in _asked:
            _asked[request] = agreed_parts(request.user)
        return part in _asked[request]

    return allows
