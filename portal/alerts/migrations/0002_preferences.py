"""How each person is told, and when a digest is due."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_acting"),
        ("alerts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("at_once", "At once"), ("hourly", "Every hour"), ("daily", "Every day")],
                        default="at_once",
                        max_length=10,
                    ),
                ),
                ("muted", models.JSONField(blank=True, default=list, help_text="Names of kinds that are not mailed.")),
            ],
            options={
                "ordering": ("user_id",),
            },
        ),
        migrations.AddField(
            model_name="message",
            name="collect_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When its reader's digest is due; empty: it goes out at once, on its own.",
                null=True,
            ),
        ),
    ]
