import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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
        ("accounts", "__first__"),
        ("clients", "0001_squashed"),
        ("journal", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlannedAmendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("targets", models.JSONField(help_text="By severity and target, only what was to change.")),
                ("begins_on", models.DateField()),
                ("begins_at", models.DateTimeField(help_text="As that day begins in the agreement's zone.")),
                ("planned_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(help_text="When its day had begun and was dealt with.", null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned_amendments",
                        to="clients.agreement",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        help_text="The amendment; none where nothing was left to change.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.event",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("begins_at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("agreement",),
                        name="one_open_planned_amendment",
                    )
                ],
            },
        ),
    ]
