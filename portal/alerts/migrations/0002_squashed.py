import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("alerts", "0001_initial"), ("alerts", "0002_preferences")]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("alerts", "0001_squashed"),
        ("clients", "0001_squashed"),
        ("clocks", "0001_squashed"),
        ("journal", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="What it is about and to whom: the same is never queued twice.",
                        max_length=400,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="What it says, such as breach or warning; names its renderer.", max_length=40
                    ),
                ),
                ("channel", models.CharField(choices=[("mail", "Mail")], default="mail", max_length=10)),
                ("address", models.EmailField(max_length=254)),
                ("subject_kind", models.CharField(blank=True, max_length=20)),
                ("subject_ref", models.CharField(blank=True, max_length=200)),
                (
                    "context",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="What its renderer needs beside the subject.",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="What its mail said; empty until it is written.", max_length=200
                    ),
                ),
                (
                    "mutable",
                    models.BooleanField(default=True, help_text="Contractual notices are not: nobody can mute them."),
                ),
                (
                    "due_at",
                    models.DateTimeField(blank=True, help_text="When it fell due; empty when noticed late.", null=True),
                ),
                ("detected_at", models.DateTimeField(blank=True, help_text="When the flagger noticed.", null=True)),
                ("queued_at", models.DateTimeField()),
                ("not_before", models.DateTimeField(help_text="When the sender may try it, next after a failure.")),
                (
                    "collect_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When its reader's digest is due; empty: it goes out at once, on its own.",
                        null=True,
                    ),
                ),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("claim_token", models.UUIDField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("accepted_at", models.DateTimeField(blank=True, help_text="When the mail server took it.", null=True)),
                ("suppressed_at", models.DateTimeField(blank=True, null=True)),
                ("suppressed_reason", models.CharField(blank=True, max_length=200)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.agreement",
                    ),
                ),
                (
                    "breach",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clocks.breach",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The one mail that said this and others.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="parts",
                        to="alerts.message",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.event",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-queued_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("failed_at__isnull", True), ("suppressed_at__isnull", True)
                        ),
                        fields=["not_before", "id"],
                        name="message_unsent",
                    ),
                    models.Index(
                        condition=models.Q(("digest__isnull", False)), fields=["digest"], name="message_parts"
                    ),
                    models.Index(fields=["address", "accepted_at"], name="message_by_address"),
                    models.Index(fields=["queued_at", "id"], name="message_newest"),
                    models.Index(
                        condition=models.Q(
                            ("accepted_at__isnull", False), ("detected_at__isnull", False), ("due_at__isnull", False)
                        ),
                        fields=["accepted_at", "id"],
                        name="message_timed",
                    ),
                    models.Index(
                        condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="message_failed"
                    ),
                ],
            },
        ),
    ]
