import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_initial"),
        ("accounts", "0003_sign_in"),
        ("accounts", "0004_acting"),
        ("accounts", "0005_duty"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
        ("clients", "0001_squashed"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="clients.client",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client__isnull", True), ("role__in", ("agent", "manager", "finance", "administrator"))),
                    models.Q(
                        ("client__isnull", False), ("role__in", ("member", "support_contact", "client_administrator"))
                    ),
                    _connector="OR",
                ),
                name="user_belongs_to_staff_or_one_client",
                violation_error_message="A staff role has no client, and a client role has one.",
            ),
        ),
    ]
