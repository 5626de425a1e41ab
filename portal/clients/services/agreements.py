"""Drafting an agreement from a contract of the library, and activating it, which pins its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from portal.clients.errors import NameTakenError, NotADraftError, NotReadyError, TermDatesError, TermsRefusedError
from portal.clients.models import Agreement, default_reminders
from portal.clients.queries import missing_for_activation
from portal.contract.money import Money
from portal.contract.terms import InvalidTerms, Terms, read_terms
from portal.journal.subjects import all_kinds
from portal.web.taken import refused_if_taken

Targets = Mapping[str, Mapping[str, str]]
"""By severity and target, what the agreement promises instead of the contract: {"critical": {"response": "PT10M"}}."""

SET_HERE = "set by this agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDetails:
    """What an agreement says beside its terms. `fee` is for one `fee_per`; both dates belong to the term."""

    ref: str
    title: str
    zone: str
    fee: Money | None = None
    fee_per: str = Agreement.FeePeriod.MONTH
    prepaid: Money | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    hosting: str = Agreement.Hosting.HOSTED
    product_id: int | None = None
    team_id: int | None = None
    reminder_days: Sequence[int] = field(default_factory=default_reminders)


@transaction.atomic
def draft_agreement(
    *,
    client_id: int,
    terms_name: str,
    details: AgreementDetails,
    targets: Targets | None = None,
    severities_confirmed: bool = False,
) -> Agreement:
    """Draft an agreement with a client under a contract of the library.

    `severities_confirmed` says that the targets, as given or as they stand, are the agreement's own where the
    contract's table is missing. Clause: JB-2.

    Raises:
        NameTakenError: Another agreement has the reference.
        TermsRefusedError: The contract is not in the library, or a target can't be run.
        TermDatesError: The term ends before it starts.
    """
    _check_ref(details.ref)
    terms = own_terms(terms_name, targets or {}, severities_confirmed=severities_confirmed)
    agreement = Agreement(client_id=client_id, terms_name=terms_name, terms=terms.to_json())
    _apply(agreement, details)
    with refused_if_taken(_ref_taken(details.ref)):
        agreement.save(force_insert=True)
    return agreement


@transaction.atomic
def change_draft(
    *,
    agreement_id: int,
    details: AgreementDetails,
    targets: Targets | None = None,
    severities_confirmed: bool = False,
) -> Agreement:
    """Change a draft; targets that are not given stay as they are.

    Raises:
        NotADraftError: It was activated.
        NameTakenError: Another agreement has the reference.
        TermsRefusedError: A target can't be run.
        TermDatesError: The term ends before it starts.
    """
    agreement = _locked_draft(agreement_id)
    _check_ref(details.ref, besides=agreement_id)
    terms = own_terms(agreement.terms, targets or {}, severities_confirmed=severities_confirmed)
    agreement.terms = terms.to_json()
    _apply(agreement, details)
    with refused_if_taken(_ref_taken(details.ref)):
        agreement.save()
    return agreement


@transaction.atomic
def activate_agreement(*, agreement_id: int, at: datetime) -> Agreement:
    """Pin the terms, holidays as dates included, and let the agreement run from `at` on.

    Raises:
        NotADraftError: It was activated already.
        NotReadyError: A designated support contact or the table of severities is missing. Clause: JS-16, JB-2.
    """
    agreement = _locked_draft(agreement_id)
    missing = missing_for_activation(agreement)
    if missing:
        raise NotReadyError(" ".join(f"{it.sentence} ({it.clause})" for it in missing))
    agreement.terms = agreement.pinned_terms.to_json()
    agreement.activated_at = at
    agreement.save(update_fields=["terms", "activated_at"])
    retime_subjects(agreement, now=at)
    return agreement


def retime_subjects(agreement: Agreement, *, now: datetime) -> None:
    """Compute every open subject of the agreement again, whatever module it belongs to."""
    for kind in all_kinds().values():
        kind.retime(agreement.pk, None, now=now)


def own_terms(source: str | Mapping[str, Any], targets: Targets, *, severities_confirmed: bool = False) -> Terms:
    """Return a contract with the agreement's own targets written in.

    Raises:
        TermsRefusedError: The contract is unknown, or a target can't be run.
    """
    try:
        terms = read_terms(source)
        changed = different_targets(terms, targets)
        if changed:
            terms = read_terms(terms.to_json(), {"severities": changed})
        return read_terms(_with_severities_stated(terms.to_json())) if severities_confirmed else terms
    except InvalidTerms as error:
        raise TermsRefusedError(f"The terms can't be run: {error}.") from None


def different_targets(terms: Terms, targets: Targets) -> dict[str, dict[str, str]]:
    """Return the targets that differ from those of the terms: the others keep their clause's basis."""
    support = terms.document.support
    present = {severity.name: severity for severity in support.severities} if support else {}
    changed: dict[str, dict[str, str]] = {}
    for severity, given in targets.items():
        for target, text in given.items():
            value = getattr(present.get(severity), target, None)
            if value is None or value.value != text:
                changed.setdefault(severity, {})[target] = text
    return changed


def _with_severities_stated(document: dict[str, Any]) -> dict[str, Any]:
    """Write that the table of severities is the agreement's own, where the contract has none. Clause: JB-2."""
    support = document.get("support", {})
    if support.pop("severities_missing", None) is None:
        return document
    for severity in support["severities"]:
        for name in ("meaning", "response", "contact", "resolution"):
            if name in severity:
                severity[name] = {**severity[name], "basis": "stated", "note": SET_HERE}
    return document


def _locked_draft(agreement_id: int) -> Agreement:
    agreement = Agreement.objects.locked().get(pk=agreement_id)
    if agreement.activated_at is not None:
        raise NotADraftError(f"{agreement.ref} is active, so that its terms are pinned. Amend it instead.")
    return agreement


def _check_ref(ref: str, *, besides: int = 0) -> None:
    if Agreement.objects.filter(ref__iexact=ref).exclude(pk=besides).exists():
        raise _ref_taken(ref)


def _ref_taken(ref: str) -> NameTakenError:
    return NameTakenError(f"There is an agreement {ref} already. Give another reference.", field="ref")


def _apply(agreement: Agreement, details: AgreementDetails) -> None:
    if details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        raise TermDatesError(
            f"The term ends on {details.ends_on}, before it starts on {details.starts_on}. Give a later last day.",
            field="ends_on",
        )
    agreement.ref = details.ref
    agreement.title = details.title
    agreement.zone = details.zone
    agreement.fee_minor = details.fee.minor if details.fee else None
    agreement.fee_per = details.fee_per
    agreement.prepaid_minor = details.prepaid.minor if details.prepaid else None
    money = details.fee or details.prepaid
    if money:
        agreement.fee_currency = money.currency
    agreement.starts_on = details.starts_on
    agreement.ends_on = details.ends_on
    agreement.hosting = details.hosting
    agreement.product_id = details.product_id
    agreement.team_id = details.team_id
    agreement.reminder_days = list(details.reminder_days)
