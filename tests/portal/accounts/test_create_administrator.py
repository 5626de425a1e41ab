import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import Role, User
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

GIVEN = {"email": "Ann@Northlight.example", "name": "Ann Lee"}


def test_the_first_administrator_signs_in_with_the_password_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "seven quiet harbours")

    call_command("create_administrator", **GIVEN)

    ann = User.objects.get(email="ann@northlight.example")
    assert ann.role == Role.ADMINISTRATOR
    assert ann.check_password("seven quiet harbours")
    assert "ann@northlight.example is an administrator" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("password", "words"), [("short", "at least 12 characters"), ("ann@northlight", "too similar")]
)
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, password: str, words: str) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", password)

    with pytest.raises(CommandError, match=words):
        call_command("create_administrator", **GIVEN)

    assert not User.objects.exists()


def test_an_address_that_has_a_login_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    StaffFactory(email="ann@northlight.example")
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "seven quiet harbours")

    with pytest.raises(CommandError, match="has a login already"):
        call_command("create_administrator", **GIVEN)


def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "seven quiet harbours")

    with pytest.raises(CommandError, match="valid email"):
        call_command("create_administrator", email="ann", name="Ann")


def test_what_is_no_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "seven quiet harbours")

    with pytest.raises(CommandError, match="zone 'Mars/Phobos' is unknown"):
        call_command("create_administrator", **GIVEN, zone="Mars/Phobos")

    assert not User.objects.exists()
