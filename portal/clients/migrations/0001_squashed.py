import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.clients.models


class Migration(migrations.Migration):
    replaces = [
        ("clients", "0001_initial"),
        ("clients", "0002_provider"),
        ("clients", "0003_invitation"),
        ("clients", "0004_agreement_end"),
        ("clients", "0005_betas"),
        ("clients", "0006_endings"),
        ("clients", "0007_planned_amendments"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, unique=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                ("sender", models.EmailField(help_text="Mails to clients come from this address.", max_length=254)),
                (
                    "zone",
                    models.CharField(
                        default="America/New_York", max_length=64, validators=[portal.clients.models.validate_zone]
                    ),
                ),
                (
                    "fallback",
                    models.EmailField(
                        blank=True,
                        help_text="Told when a mail fails for good and nobody else can be reached.",
                        max_length=254,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "provider",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_provider_only")],
            },
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, unique=True)),
                (
                    "zone",
                    models.CharField(
                        default="America/New_York", max_length=64, validators=[portal.clients.models.validate_zone]
                    ),
                ),
                (
                    "domains",
                    models.JSONField(
                        blank=True, default=list, help_text="Mail domains of the client's people, such as example.com."
                    ),
                ),
                (
                    "relationship_manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="managed_clients",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(
                        help_text="The agreement's own short name, such as ALDER-SUPPORT.", max_length=60, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                (
                    "terms_name",
                    models.CharField(help_text="The library contract that the terms were taken from.", max_length=100),
                ),
                ("terms", models.JSONField(help_text="The whole document, pinned at activation.")),
                (
                    "zone",
                    models.CharField(
                        default="America/New_York", max_length=64, validators=[portal.clients.models.validate_zone]
                    ),
                ),
                (
                    "fee_minor",
                    models.BigIntegerField(blank=True, help_text="The fee in the currency's minor unit.", null=True),
                ),
                (
                    "fee_currency",
                    models.CharField(
                        blank=True, default="USD", max_length=3, validators=[portal.clients.models.validate_currency]
                    ),
                ),
                (
                    "fee_per",
                    models.CharField(choices=[("month", "a month"), ("year", "a year")], default="month", max_length=5),
                ),
                ("prepaid_minor", models.BigIntegerField(blank=True, null=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, help_text="Last day of the term, included.", null=True)),
                (
                    "hosting",
                    models.CharField(
                        choices=[("hosted", "Hosted by the provider"), ("on_premise", "On the client's premises")],
                        default="hosted",
                        max_length=10,
                    ),
                ),
                ("site_country", models.CharField(blank=True, max_length=2)),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "suspended_at",
                    models.DateTimeField(
                        blank=True, help_text="Since when support is suspended; empty: it is not.", null=True
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, help_text="From when on nothing new begins under it; may lie ahead.", null=True
                    ),
                ),
                (
                    "renewed_until",
                    models.DateField(
                        blank=True, help_text="Last day of the next term, where it is renewed already.", null=True
                    ),
                ),
                (
                    "discontinued_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When notice of discontinuation was given; empty: there is none.",
                        null=True,
                    ),
                ),
                (
                    "last_day",
                    models.DateField(
                        blank=True, help_text="The day with which it ends by that notice, included.", null=True
                    ),
                ),
                (
                    "reminder_days",
                    models.JSONField(
                        blank=True,
                        default=portal.clients.models.default_reminders,
                        help_text="So many days before the term's end we are reminded of it.",
                    ),
                ),
                (
                    "betas_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when its client asks for beta releases; empty: it gets none.",
                        null=True,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="accounts.team",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="clients.client"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="clients.product",
                    ),
                ),
            ],
            options={
                "ordering": ("client__name", "ref"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="agreement_ends_after_it_starts",
                        violation_error_message="The term ends before it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                (
                    "is_support_contact",
                    models.BooleanField(
                        default=False, help_text="Designated: may open incidents, and is told of what happens to them."
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="clients.client"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contact",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "constraints": [models.UniqueConstraint(fields=("client", "email"), name="contact_once_in_its_client")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(help_text="Where the link was mailed to.", max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("manager", "Manager"),
                            ("finance", "Finance"),
                            ("administrator", "Administrator"),
                            ("member", "Member"),
                            ("support_contact", "Support contact"),
                            ("client_administrator", "Client administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="clients.client",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        help_text="The person, if known before.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        help_text="Whose place this person takes.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True), ("revoked_at__isnull", True)),
                        fields=("email",),
                        name="one_pending_invitation_for_each_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("client__isnull", True), ("role__in", ("agent", "manager", "finance", "administrator"))
                            ),
                            models.Q(
                                ("client__isnull", False),
                                ("role__in", ("member", "support_contact", "client_administrator")),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_to_staff_or_one_client",
                    ),
                ],
            },
        ),
    ]
