"""Forms of the acts on one incident. Their choices are what the incident's own terms offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from incidents.models import Category, Incident, Problem
from incidents.services import Downtime
from incidents.standing import Standing
from incidents.uptime import demands_downtime, open_outage_of
from incidents.versions import Version
from portal.accounts.models import STAFF_ROLES, User
from portal.clocks.words import target_label
from portal.contract.explain import measure_text
from portal.contract.terms import SeverityTerms, Terms
from portal.journal.attachments import RULES
from portal.web.figures import instant_text
from portal.web.forms import Choice, FilesField, InstantField, LineField, OnceForm, ProseField
from portal.web.words import severity_sign

LONGEST_BODY = 20_000
LONGEST_REASON = 2_000
MET_BY_REPLY = frozenset({"response", "contact"})
DOWNTIME_FIELDS = ("start", "end", "no_downtime")


def severity_choices(terms: Terms) -> list[tuple[str, Choice]]:
    """Return the severities of terms with what each means and promises, the most severe first. Clause: JS-4, JS-5."""
    support = terms.document.support
    return [(severity.name, severity_choice(severity, terms)) for severity in support.severities] if support else []


def severity_choice(severity: SeverityTerms, terms: Terms) -> Choice:
    """Return a severity's label, meaning and first promises."""
    promises = (
        ("first response within", terms.promise(severity.name, "response")),
        ("resolution within", terms.promise(severity.name, "resolution")),
    )
    words = [f"{what} {measure_text(promise)}" for what, promise in promises if promise is not None]
    promised = ", ".join(words).replace("within the next release", "with the next release")
    detail = f"{severity.meaning.value} {promised[:1].upper()}{promised[1:]}." if promised else severity.meaning.value
    return Choice(severity_sign(severity.name).word, detail, severity.meaning.clause)


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a form's field of choices, to be filled from the terms."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # A slip of the programmer's, not of the user's.
    return field


class VersionField(forms.CharField):
    """What the sender had seen of an incident: hidden, cleaned to a `Version`, or to None where it is left out."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Version | None:
        text = super().clean(value)
        try:
            return Version.read(text) if text else None
        except ValueError:
            raise ValidationError("This form is damaged. Load the page again and fill it in anew.") from None


class ActForm(OnceForm):
    """A form on one incident. `folded` names the fields that a page keeps out of sight until they are asked for.

    `version` says what the sender had seen of it; a page that lives says so itself (`incidents/_live_thread.html`).
    """

    folded: tuple[str, ...] = ()

    version = VersionField()

    def __init__(self, *args: Any, standing: Standing, version: Version | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.initial["version"] = version

    def plain_fields(self) -> Iterable[forms.BoundField]:
        """Return the fields that everybody fills in."""
        return [field for field in self.visible_fields() if field.name not in self.folded]

    def folded_fields(self) -> Iterable[forms.BoundField]:
        """Return the fields for the rare case."""
        return [self[name] for name in self.folded]

    def folded_open(self) -> bool:
        """Return whether one of the rare fields was filled in or refused."""
        return any(self[name].errors or self[name].value() for name in self.folded)


class ConfirmForm(ActForm):
    """An act without any field of its own."""


class BackdatedForm(ActForm):
    """An act that keeps a promise, and may be recorded later than it was done. BAD_INPUTS: 38."""

    folded = ("at", "backdating_reason")

    at = InstantField(label="Done at", required=False)
    backdating_reason = LineField(
        label="Why it is recorded later",
        required=False,
        max_length=LONGEST_REASON,
        help_text="The client does not see this. It stands beside the act and its breach.",
    )


class ReplyForm(BackdatedForm):
    """A message to the client. Clause: JS-6 to JS-9."""

    body = ProseField(label="Message", max_length=LONGEST_BODY)
    attachments = FilesField(label="Files", help_text=RULES)

    field_order = ("body", "attachments", "at", "backdating_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = self._met_words()

    def _met_words(self) -> str:
        """Return what sending meets: `Sending meets update 3, due 10:55 ET.`"""
        due = [clock for clock in self.standing.state.clocks.values() if clock.target in MET_BY_REPLY and clock.unmet]
        if not due:
            return "The client reads this."
        clock = due[0]
        label = target_label(clock.target, clock.ordinal).lower()
        zone = ZoneInfo(timezone.get_current_timezone_name())
        when = f", due {instant_text(clock.due_at, zone, 'time', self.standing.at)}" if clock.due_at else ""
        return f"Sending meets {label}{when}."


class NoteForm(ActForm):
    """A note among staff."""

    body = ProseField(label="Note", max_length=LONGEST_BODY, help_text="The client never sees this. It moves no clock.")
    attachments = FilesField(label="Files", help_text=RULES)


class WaitForm(ActForm):
    """Whom work waits for. Clause: T-6, JB-6."""

    on = forms.ChoiceField(label="Wait for", widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stops = self.standing.state.plan.stops
        clauses = self.standing.state.plan.clauses
        choice_field(self, "on").choices = [
            (on, Choice(label, _stops_words(stops[on]), clauses[on]))
            for on, label in (("client", "The client"), ("third_party", "A third party"))
        ]


def _stops_words(targets: Iterable[str]) -> str:
    stopped = [
        word for target, word in (("response", "first response"), ("resolution", "resolution")) if target in targets
    ]
    return f"Stops {' and '.join(stopped)}." if stopped else "Stops no clock under these terms."


class InformationForm(ActForm):
    """What is asked of the client, one thing a line. Clause: JS-12."""

    items = ProseField(label="What we need", max_length=6_000, help_text="One thing a line, at most 20.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        information = self.standing.support.information
        self.initial.setdefault("items", "\n".join(information.value) if information is not None else "")

    def clean_items(self) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]


class ReclassifyForm(ActForm):
    """Another severity, and why. Clause: JS-4.

    `preview` is the button that asks what moves; `seen` the severity whose moves the page shows.
    """

    severity = forms.ChoiceField(widget=forms.RadioSelect)
    reason = ProseField(
        max_length=LONGEST_REASON, help_text="The support contacts are told, with this reason and the moved deadlines."
    )
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.standing.state.severity
        self.offered = [choice for choice in severity_choices(self.standing.terms) if choice[0] != now]
        choice_field(self, "severity").choices = self.offered

    def chosen(self) -> str:
        """Return the severity that is chosen, '' for none of those offered."""
        chosen = self["severity"].value()
        return next((name for name, _ in self.offered if name == chosen), "")

    def unseen(self) -> bool:
        """Return whether the reader asked, or has to be shown, what moves before it moves."""
        cleaned = self.cleaned_data
        return bool(cleaned["preview"]) or cleaned["seen"] not in ("", cleaned["severity"])


CAUSES = {
    "client_misuse": Choice("Misuse by the client", "The fault comes from using it otherwise than agreed.", "JB-7"),
    "outside_control": Choice("Outside our control", "Networks, third parties, force majeure.", "JB-7"),
}


def cause_choices(standing: Standing) -> list[tuple[str, Choice]]:
    """Return the causes that take the resolution time away under the incident's terms. Clause: JB-7."""
    causes = standing.support.void_causes
    return [(cause, CAUSES[cause]) for cause in causes.value] if causes is not None else []


class ResolveForm(BackdatedForm):
    """How it was solved, in words for the client; for an availability incident, how long it lasted.

    Clause: JS-11, JS-17, JB-7.
    """

    how = forms.ChoiceField(
        label="Solved by",
        widget=forms.RadioSelect,
        choices=[
            ("fix", Choice("A fix", "The fault is gone.", "JS-11")),
            ("workaround", Choice("A work-around", "The fault is there, its practical effect is gone.", "JS-11")),
        ],
    )
    cause = forms.ChoiceField(label="Cause", required=False, widget=forms.RadioSelect)
    body = ProseField(label="What was done", max_length=LONGEST_BODY, help_text="The client reads this.")
    start = InstantField(label="The service was down from", required=False)
    end = InstantField(label="It was back at", required=False)
    no_downtime = LineField(
        label="Or why there was no downtime",
        required=False,
        max_length=LONGEST_REASON,
        help_text="Leave it empty where there was some.",
    )

    field_order = ("how", "body", "start", "end", "no_downtime", "cause", "at", "backdating_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = cause_choices(self.standing)
        if choices:
            choice_field(self, "cause").choices = [("", Choice("Ours, or not known yet")), *choices]
        else:
            del self.fields["cause"]
        incident = self.standing.incident
        if demands_downtime(incident, at=self.standing.at):
            outage = open_outage_of(incident)
            self.initial.setdefault("start", outage.starts_at if outage is not None else incident.reported_at)
        else:
            for name in DOWNTIME_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse an outage together with a reason why there was none."""
        cleaned = super().clean() or {}
        if cleaned.get("no_downtime") and cleaned.get("end"):
            self.add_error("no_downtime", "An end of downtime is given as well. Leave one of the two empty.")
        return cleaned

    def downtime(self) -> Downtime | None:
        """Return when the service was down; None where a reason says that it was not."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return Downtime(start, end) if start and not self.cleaned_data["no_downtime"] else None


class ReasonForm(ActForm):
    """An act that needs a reason and nothing else."""

    reason = ProseField(max_length=LONGEST_REASON)


class ReopenForm(ActForm):
    """What is still wrong: a new resolution clock starts. Clause: T-11."""

    reason = ProseField(label="What is still wrong", max_length=LONGEST_BODY)


class LinkForm(ActForm):
    """A problem that the incident shares with others: one of the list, or a new one. Clause: JS-13."""

    MOST_PROBLEMS = 200

    problem = forms.ChoiceField(label="Known problem", required=False)
    new_problem = LineField(
        label="Or a new problem's name", required=False, max_length=60, help_text="Short, such as PRB-12."
    )
    problem_title = LineField(label="The new problem's title", required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "problem").choices = [
            ("", "None of these"),
            *((problem.ref, str(problem)) for problem in Problem.objects.all()[: self.MOST_PROBLEMS]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse both a known and a new problem, and neither."""
        cleaned = super().clean() or {}
        known, new = cleaned.get("problem"), cleaned.get("new_problem")
        if known and new:
            self.add_error("new_problem", "A known problem is chosen as well. Leave one of the two empty.")
        if not known and not new and not self.errors:
            self.add_error("problem", "Nothing is chosen. Choose a problem, or name a new one below.")
        if new and not cleaned.get("problem_title") and not Problem.objects.filter(ref=new).exists():
            self.add_error("problem_title", "A new problem needs a title. Say in a line what is wrong.")
        return cleaned


class MergeForm(ActForm):
    """The other incident, by its reference; the latest open ones of the agreement are offered."""

    MOST_OFFERED = 200

    into = forms.ChoiceField(label="It goes on in", required=False)
    reference = LineField(
        label="Or another one's reference", required=False, max_length=200, help_text="Such as INC-1002."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.standing.incident
        others = Incident.objects.open().filter(agreement=incident.agreement_id).exclude(pk=incident.pk)
        choice_field(self, "into").choices = [
            ("", "None of these"),
            *((other.ref, str(other)) for other in others[: self.MOST_OFFERED]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse both a chosen and a typed incident, and neither."""
        cleaned = super().clean() or {}
        if cleaned.get("into") and cleaned.get("reference"):
            self.add_error("reference", "One is chosen as well. Leave one of the two empty.")
        if not cleaned.get("into") and not cleaned.get("reference") and not self.errors:
            self.add_error("into", "Nothing is chosen. Choose an incident, or write its reference below.")
        return cleaned


class DetermineForm(ActForm):
    """Why support does not cover it. Clause: JS-2."""

    category = forms.ChoiceField(
        label="It is",
        widget=forms.RadioSelect,
        choices=[
            (Category.GENERAL, Choice("A question or help with using it", "", "JS-2")),
            (Category.ENHANCEMENT, Choice("A wish for something new", "", "JS-2")),
            (
                Category.OTHER,
                Choice("Something else", "Changed by the client, a third party's, the client's own systems.", "JS-2"),
            ),
        ],
    )
    reason = ProseField(max_length=LONGEST_REASON, help_text="The client is told this reason.")


class AttributeForm(ActForm):
    """Where the cause lies. Clause: JB-7."""

    cause = forms.ChoiceField(widget=forms.RadioSelect)
    reason = ProseField(max_length=LONGEST_REASON, help_text="The client is told this reason.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cause").choices = cause_choices(self.standing)


class AssignForm(ActForm):
    """Who works on it."""

    assignee = forms.ModelChoiceField(
        queryset=User.objects.filter(role__in=STAFF_ROLES, is_active=True), required=False, empty_label="Nobody"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("assignee", self.standing.incident.assignee_id)


class ClientMessageForm(ActForm):
    """A message from the client."""

    body = ProseField(label="Your message", max_length=LONGEST_BODY)
    attachments = FilesField(label="Files", help_text=RULES)
