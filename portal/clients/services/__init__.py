"""Writing clients, their people, and their agreements."""

from portal.clients.services.agreements import (
    AgreementDetails,
    activate_agreement,
    change_draft,
    draft_agreement,
)
from portal.clients.services.amendments import (
    amend_agreement,
    begin_amendments,
    plan_amendment,
    withdraw_amendment,
)
from portal.clients.services.changes import (
    choose_betas,
    end_agreement,
    reinstate_agreement,
    suspend_agreement,
)
from portal.clients.services.clients import change_client, change_provider, create_client
from portal.clients.services.contacts import ContactDetails, add_contact, change_contact, remove_contact
from portal.clients.services.endings import (
    continue_agreement,
    discontinue_agreement,
    renew_agreement,
    turn_pages,
)
from portal.clients.services.invitations import (
    confirm_invitation,
    end_designation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from portal.clients.services.reminders import remind_of_terms

__all__ = [
    "AgreementDetails",
    "ContactDetails",
    "activate_agreement",
    "add_contact",
    "amend_agreement",
    "begin_amendments",
    "change_client",
    "change_contact",
    "change_draft",
    "change_provider",
    "choose_betas",
    "confirm_invitation",
    "continue_agreement",
    "create_client",
    "discontinue_agreement",
    "draft_agreement",
    "end_agreement",
    "end_designation",
    "invite",
    "plan_amendment",
    "reinstate_agreement",
    "remind_of_terms",
    "remove_contact",
    "renew_agreement",
    "resend_invitation",
    "revoke_invitation",
    "suspend_agreement",
    "turn_pages",
    "withdraw_amendment",
]
