"""Nothing any more: the one provider is made after every migrate, by `portal.clients.services.provider`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = []
