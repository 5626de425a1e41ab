"""Backups: they check in at a secret address, and are missed when they don't. Clause: JS-19."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction

from incidents.errors import (
    BadRetentionError,
    IncidentNotFoundError,
    NotCoveredError,
    TooSoonError,
    UnknownReferenceError,
)
from incidents.models import BackupAddress, BackupCheck, BackupType
from incidents.rules.backups import retention_findings
from incidents.services.opening import require
from incidents.services.watching import retime_backups
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clients.queries import terms_in_force
from portal.clocks.services import lock_agreement
from portal.contract.events import BackupCompleted
from portal.contract.terms import BackupTerms
from portal.journal.models import Finding
from portal.journal.services import append

TOKEN_BYTES = 32
LONGEST_RETENTION = 36_600
CLOSEST = timedelta(seconds=10)
"""Between two check-ins of a kind: a job that calls in a loop fills no journal."""


def promised_backups(agreement: Agreement, *, at: datetime) -> BackupTerms | None:
    """Return what is promised of backups; None on the client's premises, where nothing is. One query."""
    if agreement.hosting == Agreement.Hosting.ON_PREMISE:
        return None
    return terms_in_force(agreement, at=at).document.backups


@transaction.atomic
def make_backup_address(*, agreement_id: int, kind: str, by: User, now: datetime) -> str:
    """Return a new secret token for the check-ins of a kind; the one before it is void from now on.

    It is told this once: only its hash is kept.

    Raises:
        UnknownReferenceError: No such agreement for this user, or no such kind.
        NotCoveredError: It promises no backups.
    """
    require(by, Act.MANAGE_AVAILABILITY)
    if kind not in BackupType.values:
        raise UnknownReferenceError(f"“{kind[:40]}” is no kind of backup. Choose one of the list.", field="kind")
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownReferenceError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    if not agreement.is_active(now) or promised_backups(agreement, at=now) is None:
        raise NotCoveredError(f"{agreement.ref} promises no backups.", field="agreement")
    token = token_urlsafe(TOKEN_BYTES)
    BackupAddress.objects.update_or_create(
        agreement=agreement, kind=kind, defaults={"token_hash": _hash(token), "made_at": now, "made_by": by}
    )
    return token


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def check_in_backup(*, token: str, now: datetime, retention_days: int | None = None) -> BackupCheck:
    """Record that a backup was made: its clock is met, and the next one starts. Clause: JS-19.

    Raises:
        IncidentNotFoundError: No address has this token, or its agreement has ended.
        BadRetentionError: The days are out of range.
        TooSoonError: The last check-in is under ten seconds old.
    """
    address = BackupAddress.objects.filter(token_hash=_hash(token)).select_related("made_by").first()
    if address is None:
        raise IncidentNotFoundError("There is no such address.")
    if retention_days is not None and not 0 <= retention_days <= LONGEST_RETENTION:
        raise BadRetentionError(
            f"retention_days is {retention_days}. Give whole days from 0 to {LONGEST_RETENTION}.",
            field="retention_days",
        )
    agreement = lock_agreement(address.agreement_id)
    promised = promised_backups(agreement, at=now)
    if promised is None or not agreement.is_active(now):
        raise IncidentNotFoundError("There is no such address.")
    last = BackupCheck.objects.filter(agreement=agreement, kind=address.kind).order_by("ordinal").last()
    # Whoever came later may have read the time earlier: that is too soon as well.
    if last is not None and now < last.at + CLOSEST:
        raise TooSoonError(f"The last check-in is under {CLOSEST.seconds} s old. Check in once for each backup.")
    event = BackupCompleted(at=now, kind=address.kind, retention_days=retention_days)  # type: ignore[arg-type]  # its choices
    append(agreement=agreement, event=event, actor=None, recorded_at=now)
    check = BackupCheck.objects.create(
        agreement=agreement,
        kind=address.kind,
        ordinal=last.ordinal + 1 if last is not None else 1,
        at=now,
        retention_days=retention_days,
    )
    retime_backups(agreement, address.kind, now=now)
    keep_retention(agreement, [event], promised)
    return check


def keep_retention(agreement: Agreement, events: Iterable[BackupCompleted], promised: BackupTerms) -> None:
    """Add what is found of check-ins. It is not computed again: a year of them is not read for one more."""
    Finding.objects.bulk_create(
        [
            Finding(
                agreement=agreement,
                subject=row.subject,
                kind=row.kind,
                at=row.at,
                clause=row.clause,
                message=row.message,
                data=row.data,
            )
            for row in retention_findings(events, promised)
        ],
        ignore_conflicts=True,
    )
