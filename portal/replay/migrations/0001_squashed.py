import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.clients.models


class Migration(migrations.Migration):
    replaces = [("replay", "0001_initial"), ("replay", "0002_fee")]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("history", "A history (JSON Lines)"),
                            ("servicenow", "ServiceNow's audit of incidents (CSV)"),
                        ],
                        max_length=12,
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=64, validators=[portal.clients.models.validate_zone])),
                (
                    "severities",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the file's severities become where a contract does not have them.",
                    ),
                ),
                (
                    "fee",
                    models.JSONField(
                        blank=True, help_text="A monthly fee in place of the file's: amount and currency.", null=True
                    ),
                ),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(help_text="When a worker was last asked to judge it.")),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Judged"),
                            ("refused", "Refused"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("progress", models.CharField(blank=True, max_length=200)),
                (
                    "refusal",
                    models.TextField(blank=True, help_text="Why it could not be read: line or row, field and remedy."),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Side",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("letter", models.CharField(max_length=1)),
                ("title", models.CharField(max_length=200)),
                ("terms", models.JSONField()),
                ("summary", models.JSONField(blank=True, default=dict)),
                (
                    "attainment",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="By month and severity, [met, due] of the provider's promises.",
                    ),
                ),
                ("findings", models.JSONField(blank=True, default=list)),
                ("availability", models.JSONField(blank=True, default=list)),
                ("credits", models.JSONField(blank=True, default=list)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sides", to="replay.run"
                    ),
                ),
            ],
            options={
                "ordering": ("run", "letter"),
                "constraints": [models.UniqueConstraint(fields=("run", "letter"), name="side_once_in_its_run")],
            },
        ),
        migrations.CreateModel(
            name="SideBreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=221)),
                ("target", models.CharField(max_length=30)),
                ("ordinal", models.PositiveIntegerField()),
                ("severity", models.CharField(blank=True, max_length=31)),
                ("clause", models.CharField(max_length=10)),
                ("due_at", models.DateTimeField()),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                (
                    "side",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="breaches", to="replay.side"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "side breaches",
                "ordering": ("due_at", "id"),
                "indexes": [models.Index(fields=["side", "due_at", "id"], name="side_breach_in_order")],
            },
        ),
    ]
