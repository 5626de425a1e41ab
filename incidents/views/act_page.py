"""What all pages of acts share: one incident, one form, one service, and a toast that says what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from incidents.conversation import Conversation, meanwhile
from incidents.errors import ChangedMeanwhileError
from incidents.forms.acts import ActForm
from incidents.models import Incident
from incidents.queries import next_due
from incidents.services import require_unchanged
from incidents.standing import Standing, standing_of
from incidents.versions import Version, version_of
from portal.accounts.access import View as GuardedView
from portal.accounts.access import act_required, client_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clocks.words import target_label
from portal.web.errors import PortalError
from portal.web.figures import instant_text


class ActPage(View):
    """One act on one incident. A subclass says who may do it, with which form and words, and calls its service."""

    act: ClassVar[Act]
    form_class: ClassVar[type[ActForm]]
    heading: ClassVar[str]
    text: ClassVar[str] = ""
    submit: ClassVar[str]
    style: ClassVar[str] = "btn-primary"
    back_to: ClassVar[str] = "incident"
    template: ClassVar[str] = "incidents/act.html"

    user: User
    now: datetime
    standing: Standing

    @classmethod
    def guarded(cls) -> GuardedView[...]:
        """Return the view behind its doors: the staff's side, then those who may do the act."""
        return staff_required(act_required(cls.act)(cls.as_view()))

    def prepare(self) -> None:
        """Look at the rest of the address, once the incident is found."""

    def make_form(self, *args: Any, **kwargs: Any) -> Any:
        """Return the form, empty or as it was sent."""
        return self.form_class(*args, standing=self.standing, **kwargs)

    def perform(self, form: Any, *, by: User, now: datetime) -> str:
        """Call the service, and return what happened in a sentence."""
        raise NotImplementedError

    def asks_again(self, form: Any) -> bool:
        """Return whether a valid form is shown once more before it acts."""
        return False

    def shown_with(self, form: Any) -> dict[str, Any]:
        """Return what the page shows beside its form."""
        return {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the incident first: one that the user may not see is not there, whatever the method."""
        self.user = user_of(request)
        self.now = timezone.now()
        self.standing = standing_of(kwargs["pk"], user=self.user, at=self.now)
        self.prepare()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the form."""
        return self._show(self.make_form(version=version_of(self.standing.incident, self.user)))

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Act once, then lead back to the incident; what the service refuses is shown beside its field."""
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid() and not self.asks_again(form):
            try:
                return redirect(form.act_once(user=self.user, at=self.now, act=lambda: self._act(form)))
            except ChangedMeanwhileError:
                return self._show_changes(form.cleaned_data["version"])
            except PortalError as error:
                form.refuse(error)
        return self._show(form)

    def _show_changes(self, seen: Version) -> HttpResponse:
        """Show what others did meanwhile above the form as it was sent: sent again it acts on that."""
        self.standing = standing_of(self.standing.incident.pk, user=self.user, at=self.now)
        changes = meanwhile(self.standing, self.user, after=seen)
        sent = self.request.POST.copy()
        sent["version"] = str(changes.version)
        form = self.make_form(sent, self.request.FILES)
        return self._show(form, changes=changes)

    def _act(self, form: ActForm) -> str:
        if seen := form.cleaned_data["version"]:
            require_unchanged(incident_id=self.standing.incident.pk, seen=seen, by=self.user)
        messages.success(self.request, self.perform(form, by=self.user, now=self.now))
        return self.back_url

    @property
    def back_url(self) -> str:
        """Where the incident's page is."""
        return reverse(self.back_to, args=[self.standing.incident.pk])

    def _show(self, form: ActForm, *, changes: Conversation | None = None) -> HttpResponse:
        context = {
            "page": self,
            "form": form,
            "standing": self.standing,
            "incident": self.standing.incident,
            "conversation": changes,
            "now": self.now,
            **self.shown_with(form),
        }
        return render(self.request, self.template, context)


class ClientActPage(ActPage):
    """One act that a client's person does; for staff the page does not exist."""

    back_to = "support_incident"
    template = "incidents/support_act.html"

    @classmethod
    def guarded(cls) -> GuardedView[...]:
        """Return the view behind its doors: the clients' side, then those who may do the act."""
        return client_required(act_required(cls.act)(cls.as_view()))


def next_due_words(incident: Incident, *, at: datetime) -> str:
    """Return a sentence on what is owed next: `Update 2 is due 11:12 ET.`; nothing where nothing is. One query."""
    clock = next_due(incident)
    if clock is None or clock.due_at is None:
        return ""
    when = instant_text(clock.due_at, ZoneInfo(timezone.get_current_timezone_name()), "time", at)
    return f"{target_label(clock.target, clock.ordinal)} is due {when}."
