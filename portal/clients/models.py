"""The provider, its clients, their people, and the agreements that pin the terms."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Role, Team, User
from portal.contract.money import InvalidMoney, Money, scale_of
from portal.contract.terms import Terms, known_terms
from portal.contract.zones import InvalidZone, check_zone

if TYPE_CHECKING:
    from datetime import date, datetime


def validate_zone(name: str) -> None:
    """Refuse what is no IANA zone. Clause: T-1."""
    try:
        check_zone(name)
    except InvalidZone as error:
        raise ValidationError(str(error)) from None


def validate_currency(code: str) -> None:
    """Refuse a currency that amounts can't be kept in."""
    try:
        scale_of(code)
    except InvalidMoney as error:
        raise ValidationError(str(error)) from None


class Provider(models.Model):
    """The one company that runs this installation."""

    name = models.CharField(max_length=150)
    sender = models.EmailField(help_text="Mails to clients come from this address.")
    zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_zone])
    fallback = models.EmailField(
        blank=True, help_text="Told when a mail fails for good and nobody else can be reached."
    )

    class Meta:
        verbose_name_plural = "provider"
        constraints = [models.CheckConstraint(name="one_provider_only", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return self.name


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see every client; a client's user sees its own."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(pk=user.client_id)


class Client(models.Model):
    """A company that the provider has promised something."""

    name = models.CharField(max_length=150, unique=True)
    zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_zone])
    domains = models.JSONField(
        default=list, blank=True, help_text="Mail domains of the client's people, such as example.com."
    )
    relationship_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="managed_clients"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person of a client's, with or without a login. Clause: JS-16, JB-2."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="contact"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    is_support_contact = models.BooleanField(
        default=False, help_text="Designated: may open incidents, and is told of what happens to them."
    )

    class Meta:
        ordering = ("name", "id")
        constraints = [models.UniqueConstraint(fields=["client", "email"], name="contact_once_in_its_client")]

    def __str__(self) -> str:
        return self.name


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, narrowed to whose they are and to what may still come of them."""

    def visible_to(self, user: User) -> Self:
        """Staff see every invitation to a client, a client's user its own client's; administrators also see staff's."""
        if not user.is_active:
            return self.none()
        if not user.is_provider:
            return self.filter(client_id=user.client_id)
        return self if user.role == Role.ADMINISTRATOR else self.filter(client__isnull=False)

    def pending(self) -> Self:
        """Only those neither confirmed nor taken back; their link may have run out."""
        return self.filter(confirmed_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """Somebody asked by mail to sign in, or to be a support contact. Nothing of it holds until the link is confirmed.

    Clause: JS-16.
    """

    email = models.EmailField(max_length=254, help_text="Where the link was mailed to.")
    role = models.CharField(max_length=30, choices=Role.choices)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="invitations")
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="+", help_text="The person, if known before."
    )
    replaces = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Whose place this person takes."
    )
    name = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="one_pending_invitation_for_each_address",
                condition=models.Q(confirmed_at__isnull=True, revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_to_staff_or_one_client",
                condition=models.Q(role__in=STAFF_ROLES, client__isnull=True)
                | models.Q(role__in=CLIENT_ROLES, client__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def designates(self) -> bool:
        """Whether it makes a designated support contact. Clause: JS-16."""
        return self.role == Role.SUPPORT_CONTACT


def default_reminders() -> list[int]:
    """Return how many days before a term's end its relationship manager is reminded, unless the agreement says."""
    return [90, 60, 30]


class Product(models.Model):
    """What releases are published for."""

    name = models.CharField(max_length=150, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements, narrowed to what a user may see and to what runs."""

    def visible_to(self, user: User) -> Self:
        """Staff see every agreement; a client's user sees its own client's, drafts excepted."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(client_id=user.client_id, activated_at__isnull=False)

    def active(self, at: datetime) -> Self:
        """Only agreements that run at an instant: activated by then, and not ended. SQL's words for `is_active`."""
        running = models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=at)
        return self.filter(running, activated_at__lte=at)

    def locked(self) -> Self:
        """Lock the agreements for the transaction, but not their keys.

        A lock on a key would hold up whoever refers to the row, a flagger that queues a notice among them, and the two
        would wait for each other.
        """
        return self.select_for_update(of=("self",), no_key=True)


class Agreement(models.Model):
    """One contract with one client for one service and one fee; its terms are pinned as a whole document.

    The document never changes: an amendment is an event in the journal, felt only by what begins after it.
    """

    class Hosting(models.TextChoices):
        HOSTED = "hosted", "Hosted by the provider"
        ON_PREMISE = "on_premise", "On the client's premises"

    class FeePeriod(models.TextChoices):
        MONTH = "month", "a month"
        YEAR = "year", "a year"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="agreements")
    ref = models.CharField(
        max_length=60, unique=True, help_text="The agreement's own short name, such as ALDER-SUPPORT."
    )
    title = models.CharField(max_length=150)
    terms_name = models.CharField(max_length=100, help_text="The library contract that the terms were taken from.")
    terms = models.JSONField(help_text="The whole document, pinned at activation.")
    zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_zone])
    fee_minor = models.BigIntegerField(null=True, blank=True, help_text="The fee in the currency's minor unit.")
    fee_currency = models.CharField(max_length=3, blank=True, default="USD", validators=[validate_currency])
    fee_per = models.CharField(max_length=5, choices=FeePeriod.choices, default=FeePeriod.MONTH)
    prepaid_minor = models.BigIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of the term, included.")
    hosting = models.CharField(max_length=10, choices=Hosting.choices, default=Hosting.HOSTED)
    site_country = models.CharField(max_length=2, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    activated_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when support is suspended; empty: it is not."
    )
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="From when on nothing new begins under it; may lie ahead."
    )
    renewed_until = models.DateField(
        null=True, blank=True, help_text="Last day of the next term, where it is renewed already."
    )
    discontinued_at = models.DateTimeField(
        null=True, blank=True, help_text="When notice of discontinuation was given; empty: there is none."
    )
    last_day = models.DateField(null=True, blank=True, help_text="The day with which it ends by that notice, included.")
    reminder_days = models.JSONField(
        default=default_reminders, blank=True, help_text="So many days before the term's end we are reminded of it."
    )
    betas_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when its client asks for beta releases; empty: it gets none."
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("client__name", "ref")
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="The term ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.ref})"

    @property
    def fee(self) -> Money | None:
        """The fee for its period, None where none was agreed."""
        return None if self.fee_minor is None else Money(self.fee_minor, self.fee_currency)

    @property
    def term_ends_on(self) -> date | None:
        """The last day to which the agreement is bound by now: of the next term, where it is renewed already."""
        return self.renewed_until or self.ends_on

    @cached_property
    def pinned_terms(self) -> Terms:
        """The terms with which the agreement began, ready to run."""
        return known_terms(self.terms)

    def is_active(self, at: datetime) -> bool:
        """Whether the agreement runs at an instant."""
        return (
            self.activated_at is not None and self.activated_at <= at and (self.ended_at is None or at < self.ended_at)
        )


class PlannedAmendmentQuerySet(models.QuerySet["PlannedAmendment"]):
    """Planned amendments, narrowed to what may still come of them."""

    def open(self) -> Self:
        """Only those that wait for their day."""
        return self.filter(withdrawn_at__isnull=True, settled_at__isnull=True)


class PlannedAmendment(models.Model):
    """Targets that shall hold from a day on. Nobody feels it before: the journal has the amendment once it holds."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="planned_amendments")
    targets: models.JSONField[dict[str, dict[str, str]], dict[str, dict[str, str]]] = models.JSONField(
        help_text="By severity and target, only what was to change."
    )
    begins_on = models.DateField()
    begins_at = models.DateTimeField(help_text="As that day begins in the agreement's zone.")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When its day had begun and was dealt with.")
    event = models.OneToOneField(
        "journal.Event",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The amendment; none where nothing was left to change.",
    )

    objects = PlannedAmendmentQuerySet.as_manager()

    class Meta:
        ordering = ("begins_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"],
                name="one_open_planned_amendment",
                condition=models.Q(withdrawn_at__isnull=True, settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} from {self.begins_on}"
