"""Users, their roles and teams. A login belongs to the provider's staff or to one client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a user is for: the first four are staff, the others belong to a client."""

    AGENT = "agent", "Agent"
    MANAGER = "manager", "Manager"
    FINANCE = "finance", "Finance"
    ADMINISTRATOR = "administrator", "Administrator"
    MEMBER = "member", "Member"
    SUPPORT_CONTACT = "support_contact", "Support contact"
    CLIENT_ADMINISTRATOR = "client_administrator", "Client administrator"


STAFF_ROLES = (Role.AGENT, Role.MANAGER, Role.FINANCE, Role.ADMINISTRATOR)
CLIENT_ROLES = (Role.MEMBER, Role.SUPPORT_CONTACT, Role.CLIENT_ADMINISTRATOR)


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case, so that one person has one login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user who signs in with this address; without a password only the emailed code opens the door."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator, under the name that Django's own command knows."""
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find the login whatever the case in which its address was typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A login. `client` is empty exactly for staff; the role alone says what it may do (see `permissions`)."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=30, choices=Role.choices)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    zone = models.CharField(
        max_length=64, blank=True, help_text="IANA zone in which this person reads times; empty: UTC."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    acted_by: User | None = None
    """Who of the staff acts in this person's name, for the length of one request; see `portal.accounts.acting`."""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                name="user_belongs_to_staff_or_one_client",
                condition=models.Q(role__in=STAFF_ROLES, client__isnull=True)
                | models.Q(role__in=CLIENT_ROLES, client__isnull=False),
                violation_error_message="A staff role has no client, and a client role has one.",
            ),
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_provider(self) -> bool:
        """Whether this is one of the provider's own people."""
        return self.role in STAFF_ROLES

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens for this user."""
        return self.role == Role.ADMINISTRATOR and self.is_active

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer the Django admin: an administrator may do what its pages offer."""
        return self.is_staff

    def has_perms(self, perms: Iterable[str], obj: object = None) -> bool:
        """Answer the Django admin for several permissions at once."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Answer the Django admin for a whole app."""
        return self.is_staff

    def get_full_name(self) -> str:
        """Return the person's name."""
        return self.name

    def get_short_name(self) -> str:
        """Return the first part of the name."""
        return self.name.partition(" ")[0]


class SignIn(models.Model):
    """A session: since when, where and on what somebody is signed in. The row leaves with the session."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="Exact to five minutes.")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")

    class Meta:
        ordering = ("-seen_at", "-id")

    def __str__(self) -> str:
        return f"{self.user} since {self.began_at:%Y-%m-%d %H:%M}"


class Acting(models.Model):
    """A time in which one of the staff acted as a client's person: who, as whom, why."""

    staff = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Empty while it goes on, or where the session ran out.")

    class Meta:
        ordering = ("-began_at", "-id")

    def __str__(self) -> str:
        return f"{self.staff} as {self.user}"


class Team(models.Model):
    """Staff who answer for the same agreements and are told of their breaches together."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(User, related_name="teams", blank=True, limit_choices_to={"role__in": STAFF_ROLES})
    manager = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Told last, before a breach.",
    )
    zone = models.CharField(max_length=64, default="America/New_York", help_text="In which its rota is written.")
    team_from = models.PositiveSmallIntegerField(
        default=75, help_text="From this share of a target on, in percent, the team is told beside the assignee."
    )
    manager_from = models.PositiveSmallIntegerField(
        default=90, help_text="From this share of a target on, in percent, its manager is told; 100 is the breach."
    )

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="escalation_goes_up",
                condition=models.Q(manager_from__gte=models.F("team_from"), manager_from__lte=100),
                violation_error_message="The manager is told after the team, and at the breach at the latest.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """A time in which somebody of the staff is away, and who stands in. Half-open: at `ends_at` they are back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("begins_at", "id")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins",
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                violation_error_message="An absence ends after it begins.",
            ),
            models.CheckConstraint(
                name="nobody_stands_in_for_themselves",
                condition=models.Q(stand_in__isnull=True) | ~models.Q(stand_in=models.F("user")),
                violation_error_message="Nobody stands in for themselves.",
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="absence_of_user")]

    def __str__(self) -> str:
        return f"{self.user} is away"


class Shift(models.Model):
    """A time in which somebody is on call for a team. Half-open: at `ends_at` the next one is."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("begins_at", "id")
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins",
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                violation_error_message="A time on call ends after it begins.",
            )
        ]
        indexes = [models.Index(fields=["team", "ends_at"], name="shift_of_team")]

    def __str__(self) -> str:
        return f"{self.user} for {self.team}"
