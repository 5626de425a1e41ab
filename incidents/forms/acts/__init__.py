"""Forms of the acts on one incident. Their choices are what the incident's own terms offer."""

from incidents.forms.acts.act_form import (
    LONGEST_BODY,
    LONGEST_REASON,
    ActForm,
    BackdatedForm,
    ConfirmForm,
    ReasonForm,
    choice_field,
)
from incidents.forms.acts.coverage import AttributeForm, DetermineForm
from incidents.forms.acts.messages import ClientMessageForm, NoteForm, ReplyForm
from incidents.forms.acts.people import AssignForm, WatcherForm, colleagues
from incidents.forms.acts.resolutions import ReopenForm, ResolveForm
from incidents.forms.acts.severities import ReclassifyForm, severity_choices
from incidents.forms.acts.ties import LinkForm, MergeForm
from incidents.forms.acts.waits import InformationForm, WaitForm

__all__ = [
    "LONGEST_BODY",
    "LONGEST_REASON",
    "ActForm",
    "AssignForm",
    "AttributeForm",
    "BackdatedForm",
    "ClientMessageForm",
    "ConfirmForm",
    "DetermineForm",
    "InformationForm",
    "LinkForm",
    "MergeForm",
    "NoteForm",
    "ReasonForm",
    "ReclassifyForm",
    "ReopenForm",
    "ReplyForm",
    "ResolveForm",
    "WaitForm",
    "WatcherForm",
    "choice_field",
    "colleagues",
    "severity_choices",
]
