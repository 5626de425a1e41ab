from io import StringIO

from django.conf import settings
from django.core.management import call_command

from portal.accounts.management.commands.show_roles import WORDS
from portal.accounts.permissions import Act


def test_the_page_of_roles_says_what_the_table_says() -> None:
    printed = StringIO()

    call_command("show_roles", stdout=printed)

    assert (settings.BASE_DIR / "docs" / "roles.md").read_text() == printed.getvalue()


def test_every_act_has_its_words() -> None:
    assert set(WORDS) == set(Act)
