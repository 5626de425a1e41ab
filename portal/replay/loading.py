"""Loading a recorded history into the live portal, all of it or nothing.

The events go into the journal as they are; rows, clocks, breaches and findings follow from the rules, as everywhere.
Nobody is told of what broke long ago, and the flagger's figures leave it out; what is open goes on live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from incidents.rules.shared import Ordered
from incidents.services.loading import load_support
from portal.clients.models import Agreement
from portal.clocks.models import Breach, Clock, State
from portal.clocks.services import lock_agreement
from portal.contract.bad_line import BadLine
from portal.contract.events import AgreementReinstated, AgreementSuspended
from portal.journal.models import Event, Finding
from portal.journal.services import append_all
from portal.replay.history import read_history
from portal.web.errors import PortalError

Loader = Callable[[Agreement, Sequence[Ordered], datetime], None]


class LoadRefusedError(PortalError):
    """A history can't be loaded into this agreement."""

    code = "load_refused"
    status = 409


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load."""

    agreement: Agreement
    events: int
    clocks: int
    running: int
    breaches: int
    findings: int

    @property
    def sentence(self) -> str:
        """What came of it, in words."""
        return (
            f"{self.agreement.ref}: {self.events:,} events loaded; {self.clocks:,} clocks, "
            f"{self.running:,} of them open, {self.breaches:,} breaches, {self.findings:,} findings."
        )


@transaction.atomic
def load_history(*, agreement_ref: str, lines: Iterable[bytes], now: datetime) -> Loaded:
    """Read a history into an active agreement that has none yet, under the terms that it pinned.

    Args:
        agreement_ref: The agreement's own short name.
        lines: A replay file. Of its header only the map of severities counts: terms, fee and zone are the agreement's.
        now: UTC; what is still open stands as it does then.

    Raises:
        LoadRefusedError: No such agreement, one that does not run, or one with a journal.
        BadLine: A line that can't be read, that lies in the future, or that names what the terms or the portal lack.
    """
    agreement = _open_agreement(agreement_ref, now)
    history = read_history(lines, terms=agreement.pinned_terms, until=now)
    if history.events and history.events[-1][0] > now:
        line = next(line for at, line, _ in history.events if at > now)
        raise BadLine(line, "at", f"lies in the future; the portal's own time is {now.isoformat(timespec='seconds')}")
    append_all(agreement=agreement, events=(event for _, _, event in history.events), recorded_at=now)
    for load in LOADERS:
        load(agreement, history.events, now)
    clocks = Clock.objects.filter(agreement=agreement)
    return Loaded(
        agreement,
        events=len(history.events),
        clocks=clocks.count(),
        running=clocks.filter(state__in=(State.RUNNING, State.PAUSED)).count(),
        breaches=Breach.objects.filter(clock__agreement=agreement).count(),
        findings=Finding.objects.filter(agreement=agreement).count(),
    )


def _open_agreement(ref: str, now: datetime) -> Agreement:
    found = Agreement.objects.filter(ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise LoadRefusedError(
            f"There is no agreement {ref!r}. Give the reference that its page shows.", field="agreement"
        )
    agreement = lock_agreement(found)
    if not agreement.is_active(now):
        raise LoadRefusedError(
            f"{ref} is not active. Activate it first, so that its terms are pinned.", field="agreement"
        )
    recorded = Event.objects.filter(agreement=agreement).count()
    if recorded:
        raise LoadRefusedError(
            f"{ref} has a journal of {recorded:,} events already. A history is loaded once, into an empty journal.",
            field="agreement",
        )
    return agreement


def _load_suspension(agreement: Agreement, events: Sequence[Ordered], now: datetime) -> None:
    """Copy onto the agreement since when its support is suspended. Clause: JS-22."""
    support = agreement.pinned_terms.document.support
    if support is None or support.suspension is None or not support.suspension.value:
        return
    for at, _, event in events:
        if isinstance(event, AgreementSuspended):
            agreement.suspended_at = agreement.suspended_at or at
        elif isinstance(event, AgreementReinstated):
            agreement.suspended_at = None
    agreement.save(update_fields=["suspended_at"])


LOADERS: tuple[Loader, ...] = (_load_suspension, load_support)
"""What makes rows of loaded events: one for each module that keeps some."""
