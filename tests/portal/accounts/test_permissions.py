import pytest

from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Role
from portal.accounts.permissions import ALLOWED, Act, may
from tests.factories import ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_every_role_has_its_row_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


def test_every_act_is_allowed_to_somebody() -> None:
    assert frozenset().union(*ALLOWED.values()) == frozenset(Act)


def test_a_member_of_a_client_comments_but_opens_no_incident() -> None:
    member = ClientUserFactory(role=Role.MEMBER)

    assert may(member, Act.COMMENT)
    assert not may(member, Act.REPORT_INCIDENT)


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.CLIENT_ADMINISTRATOR])
def test_designated_contacts_and_client_administrators_report_incidents(role: Role) -> None:
    assert may(ClientUserFactory(role=role), Act.REPORT_INCIDENT)


def test_finance_reads_and_works_on_no_incident() -> None:
    finance = StaffFactory(role=Role.FINANCE)

    assert may(finance, Act.SEE_LATENCY)
    assert not may(finance, Act.WORK_INCIDENT)
    assert not may(finance, Act.COMMENT)


def test_no_role_of_a_client_does_what_only_staff_do() -> None:
    staff_only = {Act.WORK_INCIDENT, Act.RECLASSIFY, Act.MANAGE_CLIENTS, Act.VOID_BREACH, Act.REPLAY, Act.ADMINISTER}

    assert not any(ALLOWED[role] & staff_only for role in CLIENT_ROLES)


def test_only_administrators_administer() -> None:
    assert [role for role in (*STAFF_ROLES, *CLIENT_ROLES) if Act.ADMINISTER in ALLOWED[role]] == [Role.ADMINISTRATOR]


def test_a_closed_login_may_do_nothing() -> None:
    closed = StaffFactory(role=Role.ADMINISTRATOR, is_active=False)

    assert not any(may(closed, act) for act in Act)


def test_the_django_admin_opens_to_administrators_alone() -> None:
    administrator = StaffFactory(role=Role.ADMINISTRATOR)
    manager = StaffFactory(role=Role.MANAGER)

    assert administrator.is_staff
    assert administrator.has_module_perms("journal")
    assert not manager.is_staff
    assert not manager.has_perm("accounts.view_user")
