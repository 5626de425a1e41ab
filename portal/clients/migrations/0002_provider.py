"""The one provider, to be named on the settings page."""

from email.utils import parseaddr

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create_provider(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    apps.get_model("clients", "Provider").objects.get_or_create(
        pk=1, defaults={"name": "Your company", "sender": address}
    )


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [migrations.RunPython(create_provider, migrations.RunPython.noop)]
