import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.journal.models


class Migration(migrations.Migration):
    replaces = [
        ("journal", "0001_initial"),
        ("journal", "0002_attachment"),
        ("journal", "0003_on_behalf_of"),
        ("journal", "0004_event_feed"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("clients", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_ref", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("payload", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("visible_to_client", models.BooleanField(default=True)),
                (
                    "shared_ref",
                    models.UUIDField(
                        blank=True, help_text="The same on each agreement's copy of one shared fact.", null=True
                    ),
                ),
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
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="clients.agreement"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="The client's person whose part the actor, one of the staff, took.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "indexes": [
                    models.Index(fields=["agreement", "subject_kind", "subject_ref", "at", "id"], name="event_history"),
                    models.Index(fields=["client", "at", "id"], name="event_feed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventText",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="journal.event",
                    ),
                ),
                ("texts", models.JSONField(default=dict)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        help_text="Kind and reference, such as incident:INC-7; 'agreement' for itself.", max_length=221
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("clause", models.CharField(max_length=10)),
                ("message", models.TextField()),
                ("data", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="clients.agreement"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "subject", "kind"),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "subject", "kind", "at"), name="finding_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_ref", models.CharField(blank=True, max_length=200)),
                (
                    "part",
                    models.CharField(help_text="What of the subject it came with, such as comment:12.", max_length=40),
                ),
                ("visible_to_client", models.BooleanField(default=True)),
                ("file", models.FileField(upload_to=portal.journal.models.random_key)),
                (
                    "name",
                    models.CharField(
                        help_text="As its sender called it, without folders and what forges.", max_length=150
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "content_type",
                    models.CharField(help_text="Read from its first bytes, not from what was claimed.", max_length=60),
                ),
                ("sent_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.agreement"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [
                    models.Index(
                        fields=["agreement", "subject_kind", "subject_ref", "id"], name="attachment_of_subject"
                    )
                ],
            },
        ),
    ]
