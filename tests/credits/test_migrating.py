"""SQLite rebuilds tables to alter them, and refuses while another table's trigger names the table."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, models

from credits.models import Entry
from portal.clients.models import Agreement
from portal.journal.append_only import check_triggers, drop_triggers_before_migrate, make_triggers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def rebuild(model: type[models.Model], name: str) -> None:
    """Alter a column, and alter it back, as a migration would."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    longer: models.CharField[str, str] = models.CharField(max_length=250)
    longer.set_attributes_from_name(name)
    longer.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, field, longer, strict=True)
    with connection.schema_editor() as editor:
        editor.alter_field(model, longer, field, strict=True)


@pytest.mark.parametrize(("model", "name"), [(Entry, "source"), (Agreement, "title")])
def test_a_table_that_guards_name_is_rebuilt_once_their_triggers_are_away(model: type[models.Model], name: str) -> None:
    with pytest.raises(OperationalError, match="error in trigger"):
        rebuild(model, name)

    drop_triggers_before_migrate(using="default", plan=["a migration"])
    rebuild(model, name)
    make_triggers()

    assert check_triggers(["default"]) == []


def test_a_migrate_with_nothing_to_do_leaves_the_triggers_alone() -> None:
    drop_triggers_before_migrate(using="default", plan=[])

    assert check_triggers(["default"]) == []
