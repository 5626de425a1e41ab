import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("alerts", "0001_initial"), ("alerts", "0002_preferences")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, unique=True)),
                ("finished_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("name",),
            },
        ),
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
    ]
