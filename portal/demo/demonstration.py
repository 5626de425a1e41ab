"""The demonstration: five clients, one for each contract, a year of history, and something due in the next minutes.

Who appears stands in `cast.toml`, what happened in `histories/*.jsonl`: replay files around one moment, moved to now
and loaded like any history. What no event holds (conversations, a problem's title) is added to the rows afterwards.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from incidents.models import (
    Category,
    Comment,
    Incident,
    InformationItem,
    InformationRequest,
    NoDowntime,
    Outage,
    Problem,
)
from portal.accounts.models import Role, Team, User
from portal.accounts.services import create_login
from portal.clients.models import Agreement, Client, Product
from portal.clients.services import (
    AgreementDetails,
    ContactDetails,
    activate_agreement,
    add_contact,
    change_provider,
    create_client,
    draft_agreement,
)
from portal.contract.money import Money
from portal.contract.terms import read_terms
from portal.demo.deeds import Deeds
from portal.demo.desk import furnish
from portal.demo.shifting import Shift
from portal.demo.sign_ins import PASSWORD
from portal.replay.loading import Loaded, load_history
from portal.web.errors import PortalError

HERE = Path(__file__).parent
HISTORIES = HERE / "histories"
CONVERSATIONS = ("conversations-past.jsonl", "conversations.jsonl")
RUNNING_FOR = timedelta(days=380)
"""How long the agreements have run: the histories go back one year, and up to a week more when they are moved."""
BATCH = 500
NOTHING_DOWN = "Some people could not get in; the service itself was up all the time."

Plain = Mapping[str, Any]


class NotEmptyError(PortalError):
    """The portal has clients already."""

    code = "not_empty"
    status = 409


@transaction.atomic
def load_demonstration(*, now: datetime) -> list[Loaded]:
    """Fill an empty portal; all of it or nothing.

    Raises:
        NotEmptyError: There is a client already.
    """
    if Client.objects.exists():
        raise NotEmptyError("The portal has clients already. The demonstration fills an empty portal only.")
    cast = tomllib.loads((HERE / "cast.toml").read_text(encoding="utf-8"))
    change_provider(**cast["provider"])
    Product.objects.bulk_create(Product(name=name) for name in cast["products"])
    staff = _hire(cast["staff"], zone=cast["provider"]["zone"])
    loaded = [
        load_history(agreement_ref=agreement.ref, lines=_lines(plain["histories"], now, agreement.zone), now=now)
        for client in cast["clients"]
        for agreement, plain in _sign(client, staff, now)
    ]
    # Slow on purpose, and the same for all of them: it is printed.
    User.objects.update(password=make_password(PASSWORD))
    _converse(now)
    _account_for_downtime(cast["outages"], now)
    for ref, title in cast["problems"].items():
        Problem.objects.filter(ref=ref).update(title=title)
    furnish(cast["desk"], staff, now=now)
    Deeds(now).do()
    return loaded


def _hire(people: Iterable[Plain], *, zone: str) -> dict[str, User]:
    """Make the provider's people and their teams; return them by address."""
    staff: dict[str, User] = {}
    for person in people:
        user = create_login(email=person["email"], name=person["name"], role=Role(person["role"]), zone=zone)
        for name in person["teams"]:
            Team.objects.get_or_create(name=name)[0].members.add(user)
        staff[user.email] = user
    return staff


def _sign(plain: Plain, staff: Mapping[str, User], now: datetime) -> Iterator[tuple[Agreement, Plain]]:
    """Make a client with its people; yield each of its agreements, activated."""
    client = create_client(
        name=plain["name"],
        zone=plain["zone"],
        domains=plain["domains"],
        relationship_manager_id=staff[plain["manager"]].pk,
    )
    for person in plain["contacts"]:
        add_contact(
            client_id=client.pk,
            details=ContactDetails(
                name=person["name"],
                email=person["email"],
                phone=person["phone"],
                is_support_contact=person.get("support", False),
                is_administrator=person.get("administrator", False),
                signs_in=True,
            ),
        )
    activated_at = now - RUNNING_FOR
    for agreement in plain["agreements"]:
        drafted = draft_agreement(
            client_id=client.pk,
            terms_name=agreement["terms"],
            details=_details(agreement, activated_at),
            severities_confirmed=True,
        )
        if "overrides" in agreement:
            # No form offers other percents than the contract's: such an agreement is negotiated.
            drafted.terms = read_terms(drafted.terms, agreement["overrides"]).to_json()
            drafted.save(update_fields=["terms"])
        if "site_country" in agreement:
            drafted.site_country = agreement["site_country"]
            drafted.save(update_fields=["site_country"])
        yield activate_agreement(agreement_id=drafted.pk, at=activated_at), agreement


def _details(plain: Plain, activated_at: datetime) -> AgreementDetails:
    fee = plain.get("fee")
    term = plain.get("term")
    starts_on = activated_at.date()
    return AgreementDetails(
        ref=plain["ref"],
        title=plain["title"],
        zone=plain["zone"],
        fee=Money.parse(fee["amount"], fee["currency"]) if fee else None,
        fee_per=fee["per"] if fee else Agreement.FeePeriod.MONTH,
        prepaid=Money.parse(term["prepaid"], fee["currency"]) if fee and term else None,
        starts_on=starts_on if term else None,
        ends_on=starts_on.replace(year=starts_on.year + term["years"], day=1) - timedelta(days=1) if term else None,
        product_id=Product.objects.get(name=plain["product"]).pk if "product" in plain else None,
        team_id=Team.objects.get(name=plain["team"]).pk,
    )


def _lines(names: Iterable[str], now: datetime, zone: str) -> Iterator[bytes]:
    """Yield one history of several files, moved to now; the first begins with the header."""
    shift = Shift(now, zone)
    for name in names:
        with (HISTORIES / name).open(encoding="utf-8") as file:
            yield from shift.lines(file)


def _converse(now: datetime) -> None:
    """Add who wrote what: the first to write is the reporter, the first of the staff is assigned."""
    incidents = {(row.agreement.ref, row.ref): row for row in Incident.objects.select_related("agreement")}
    users = {user.email: user for user in User.objects.all()}
    shifts = {agreement.ref: Shift(now, agreement.zone) for agreement in Agreement.objects.all()}
    comments: list[Comment] = []
    for name in CONVERSATIONS:
        with (HISTORIES / name).open(encoding="utf-8") as file:
            for line in file:
                plain = json.loads(line)
                said = shifts[plain["agreement"]].row(plain)
                incident, author = incidents[said["agreement"], said["incident"]], users[said["by"]]
                at = datetime.fromisoformat(said["at"])
                if author.is_provider:
                    incident.assignee = incident.assignee or author
                else:
                    incident.reporter = incident.reporter or author
                internal = said.get("internal", False)
                comments.append(Comment(incident=incident, author=author, body=said["body"], at=at, internal=internal))
                if "asks" in said:
                    _ask(incident, author, said, at)
    Comment.objects.bulk_create(comments, batch_size=BATCH)
    Incident.objects.bulk_update(incidents.values(), ["assignee", "reporter"], batch_size=BATCH)


def _account_for_downtime(outages: Mapping[str, Mapping[str, str]], now: datetime) -> None:
    """Say of each solved availability incident which outage it was, or why it was none. Clause: JS-17."""
    for agreement_ref, incidents in outages.items():
        for outage_ref, incident_ref in incidents.items():
            incident = Incident.objects.get(agreement__ref=agreement_ref, ref=incident_ref)
            Outage.objects.filter(agreement__ref=agreement_ref, ref=outage_ref).update(incident=incident)
    rest = Incident.objects.filter(
        category=Category.AVAILABILITY,
        supported=True,
        status=Incident.Status.RESOLVED,
        outages__isnull=True,
        agreement__terms__has_key="availability",
    )
    NoDowntime.objects.bulk_create(
        [
            NoDowntime(incident=row, reason=NOTHING_DOWN, stated_by=row.assignee, stated_at=row.resolved_at or now)
            for row in rest.filter(assignee__isnull=False).select_related("assignee")
        ],
        batch_size=BATCH,
    )


def _ask(incident: Incident, author: User, said: Plain, at: datetime) -> None:
    answered_at = datetime.fromisoformat(said["answered_at"]) if "answered_at" in said else None
    request = InformationRequest.objects.create(
        incident=incident, asked_by=author, asked_at=at, answered_at=answered_at
    )
    InformationItem.objects.bulk_create(
        InformationItem(request=request, text=text, provided_at=answered_at) for text in said["asks"]
    )
