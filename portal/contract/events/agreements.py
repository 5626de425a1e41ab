"""What happens to the agreement itself beside its terms: how long it holds, and what its client asked for.

No file of the vocabulary's first edition has these; the journal keeps them, and replay reads what the journal keeps.
"""

from __future__ import annotations

from datetime import date

from portal.contract.events.base import Text
from portal.contract.events.shared import AgreementEvent


class AgreementBetasChosen(AgreementEvent, frozen=True, tag="agreement.betas_chosen", gc=False, kw_only=True):
    """The client asks for beta releases, or for none any more. It moves no clock. Clause: JB-15."""

    asked: bool


class AgreementDiscontinued(AgreementEvent, frozen=True, tag="agreement.discontinued", gc=False, kw_only=True):
    """Notice is given that the agreement ends with a day, its last. It moves no clock by itself. Clause: JS-22."""

    last_day: date
    reason: Text = ""


class AgreementContinued(AgreementEvent, frozen=True, tag="agreement.continued", gc=False, kw_only=True):
    """The notice of discontinuation is withdrawn. Clause: JS-22."""


class AgreementRenewed(AgreementEvent, frozen=True, tag="agreement.renewed", gc=False, kw_only=True):
    """A new term follows the one that was; both days belong to it. It moves no clock."""

    starts_on: date
    ends_on: date


class AgreementEnded(AgreementEvent, frozen=True, tag="agreement.ended", gc=False, kw_only=True):
    """Its end has come: nothing new begins under it. What was promised stays promised, but for the next backup."""
