import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("clocks", "0001_initial"),
        ("clocks", "0002_first_screens"),
        ("clocks", "0003_breached"),
        ("clocks", "0004_counted_by_index"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("clients", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_ref", models.CharField(blank=True, max_length=200)),
                ("target", models.CharField(max_length=30)),
                ("ordinal", models.PositiveIntegerField()),
                ("clause", models.CharField(max_length=10)),
                ("severity", models.CharField(blank=True, max_length=31)),
                (
                    "owed_by",
                    models.CharField(
                        choices=[("provider", "Provider"), ("client", "Client")], default="provider", max_length=8
                    ),
                ),
                (
                    "at_due",
                    models.CharField(
                        choices=[("breach", "Breached when it passes"), ("meet", "Met when it passes")],
                        default="breach",
                        max_length=6,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty while paused, or while no release is planned.", null=True
                    ),
                ),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                (
                    "breached_at",
                    models.DateTimeField(
                        blank=True, help_text="The due instant, once it has passed; empty when void.", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("met", "Met"),
                            ("breached", "Breached"),
                            ("void", "Void"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "next_at",
                    models.DateTimeField(blank=True, help_text="When time alone changes something next.", null=True),
                ),
                (
                    "wake",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("due", "It is due"),
                            ("warning", "A share of the target is used up"),
                            ("rules", "The subject's rules must run"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "rules_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When time alone makes the rules say something else, the due aside.",
                        null=True,
                    ),
                ),
                (
                    "warnings",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="Warnings still to come: [share, instant] each.",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="clients.agreement"
                    ),
                ),
            ],
            options={
                "ordering": ("agreement", "subject_kind", "subject_ref", "target", "ordinal"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at", "id"], name="clock_waking"
                    ),
                    models.Index(
                        condition=models.Q(("breached_at__isnull", False)),
                        fields=["breached_at"],
                        name="clock_breached",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), ("state", "running")),
                        fields=["due_at", "id", "at_due", "owed_by", "target"],
                        name="clock_due",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), ("state", "running")),
                        fields=["agreement", "due_at", "id"],
                        name="clock_due_of_agreement",
                    ),
                    models.Index(
                        condition=models.Q(("met_at__isnull", True), ("state", "breached")),
                        fields=["due_at", "id"],
                        name="clock_broken",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "subject_kind", "subject_ref", "target", "ordinal"), name="clock_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "due_at",
                    models.DateTimeField(help_text="The breach's instant: when it was due, never when it was noticed."),
                ),
                ("detected_at", models.DateTimeField()),
                (
                    "late_detected",
                    models.BooleanField(
                        help_text="Loaded or backdated: it was long past when it was recorded, and says nothing of the flagger's speed."  # noqa: E501
                    ),
                ),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breach", to="clocks.clock"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "breaches",
                "ordering": ("-due_at", "-id"),
                "indexes": [models.Index(fields=["detected_at"], name="breach_detected")],
            },
        ),
        migrations.CreateModel(
            name="BreachVoid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "breach",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="void", to="clocks.breach"
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
    ]
