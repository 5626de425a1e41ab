"""What the services of clients and agreements refuse."""

from __future__ import annotations

from portal.web.errors import PortalError


class NameTakenError(PortalError):
    """Another row has the name or reference already."""

    code = "name_taken"
    status = 409


class TermsRefusedError(PortalError):
    """The terms can't be run."""

    code = "terms_refused"


class TermDatesError(PortalError):
    """The term ends before it starts."""

    code = "term_dates"


class ContactNeededError(PortalError):
    """It would leave an agreement without a designated support contact with phone and email. Clause: JS-16."""

    code = "support_contact_needed"
    status = 409


class AlreadyInvitedError(PortalError):
    """An invitation to the address is on its way."""

    code = "already_invited"
    status = 409


class AlreadyDesignatedError(PortalError):
    """The person is a designated support contact already."""

    code = "already_designated"
    status = 409


class AddressChangedError(PortalError):
    """The person has another address than the one that the link was mailed to."""

    code = "address_changed"
    status = 409


class LinkEndedError(PortalError):
    """The mailed link was used, is too old, was taken back, or went to another address since."""

    code = "link_ended"
    status = 410


class NotADraftError(PortalError):
    """The agreement was activated: its terms are pinned."""

    code = "not_a_draft"
    status = 409


class NotReadyError(PortalError):
    """Something is missing before the agreement can be activated. Clause: JS-16, JB-2."""

    code = "not_ready"
    status = 409


class NotActiveError(PortalError):
    """The agreement is a draft, or has ended."""

    code = "not_active"
    status = 409


class NothingAmendedError(PortalError):
    """The amendment is what holds already."""

    code = "nothing_amended"


class AmendmentDayError(PortalError):
    """The day from which an amendment should hold has begun, or the agreement has ended by then."""

    code = "amendment_day"


class AmendmentPlannedError(PortalError):
    """Another amendment is planned."""

    code = "amendment_planned"
    status = 409


class AmendmentOverError(PortalError):
    """The amendment holds already, so that it can't be taken back."""

    code = "amendment_over"
    status = 409


class NoSuspensionError(PortalError):
    """The terms have no clause that suspends support."""

    code = "no_suspension_clause"
    status = 409


class AlreadySuspendedError(PortalError):
    """Support is suspended already."""

    code = "already_suspended"
    status = 409


class NotSuspendedError(PortalError):
    """Support is not suspended."""

    code = "not_suspended"
    status = 409


class EndDateError(PortalError):
    """An agreement can't end on a day that is over."""

    code = "end_date"


class NoTermError(PortalError):
    """The agreement has no term."""

    code = "no_term"
    status = 409


class NoDiscontinuationError(PortalError):
    """The terms have no clause by which the agreement could be discontinued."""

    code = "no_discontinuation_clause"
    status = 409


class AlreadyDiscontinuedError(PortalError):
    """Notice of discontinuation was given already."""

    code = "already_discontinued"
    status = 409


class NotDiscontinuedError(PortalError):
    """No notice of discontinuation stands."""

    code = "not_discontinued"
    status = 409


class NoticeTooShortError(PortalError):
    """The notice is too short, or the day lies within a term. Clause: JS-22."""

    code = "notice_too_short"
