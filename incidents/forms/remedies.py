"""Forms of remedy plans: what should be remedied, the actions of a version as rows, a name under it. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from incidents.models import Side
from incidents.remedies import ActionView, VersionView
from incidents.services import PlannedAction
from incidents.services.remedies import LONGEST_ACTION, MOST_ACTIONS
from portal.clients.forms.agreements import DayField
from portal.web.forms import LineField, OnceForm, PortalForm, ProseField

ROWS = "actions"
FIRST_ROWS = 3
MORE_ROWS = 2
"""Empty rows below those that are filled in."""
LONGEST_WORDS = 2_000


class AskForm(OnceForm):
    """What the client wants remedied."""

    concern = ProseField(
        label="What should be remedied",
        max_length=LONGEST_WORDS,
        help_text="In your own words. Breaches, findings and months below are part of the plan already.",
    )


class AgreeForm(OnceForm):
    """A name under a version. `version` is the one that its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=999)
    name = LineField(label="Your name", max_length=150, help_text="Kept with the time and the version.")


class DoneForm(OnceForm):
    """That an action is done."""

    note = ProseField(label="What was done", max_length=LONGEST_WORDS, required=False)


class WithdrawPlanForm(OnceForm):
    """Why the plan is needed no longer."""

    reason = ProseField(label="Reason", max_length=LONGEST_WORDS)


class ActionForm(PortalForm):
    """One action. A row left empty is none; a row that goes on from an earlier action keeps its number."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=9_999)
    what = LineField(label="What is done", max_length=LONGEST_ACTION, required=False)
    side = forms.ChoiceField(label="Side", required=False)
    owner = LineField(label="Owner", max_length=150, required=False)
    due_on = DayField(label="Last day", required=False)

    def __init__(self, *args: Any, sides: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side = self.fields["side"]
        assert isinstance(side, forms.ChoiceField)  # noqa: S101  # It is declared above.
        side.choices = sides

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in the row; its side is always chosen."""
        return not any(self.cleaned_data.get(name) for name in ("what", "owner", "due_on"))

    def clean(self) -> dict[str, Any]:
        """Refuse half an action."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        written = any(self.data.get(self.add_prefix(name)) for name in ("what", "owner", "due_on"))
        for name in ("what", "owner", "due_on") if written else ():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "Nothing is filled in. Fill it in, or empty the row.")
        return cleaned


ActionRows = forms.formset_factory(
    ActionForm, extra=0, max_num=MOST_ACTIONS, validate_max=True, absolute_max=MOST_ACTIONS
)


def _row_of(view: ActionView) -> dict[str, Any]:
    action = view.action
    return {
        "number": action.number,
        "what": action.what,
        "side": action.side,
        "owner": action.owner,
        "due_on": action.due_on,
    }


class VersionForm(OnceForm):
    """A version of a plan. `actions` is the formset of its rows; `latest` is the version in whose place it comes.

    `typed` is what somebody has typed so far and asks more rows for: it is shown again, and not judged yet.
    """

    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=999)
    note = ProseField(
        label="What the other side should know",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        latest: VersionView | None,
        sides: Sequence[tuple[str, str]],
        typed: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("after", latest.version.number if latest is not None else 0)
        for name in ("submission", "after", "note"):
            if typed is not None and name in typed:
                self.initial[name] = typed[name]
        rows = _typed_rows(typed) if typed is not None else [_row_of(one) for one in latest.open] if latest else []
        data = self.data if self.is_bound else None
        self.actions: Any = ActionRows(data, initial=rows, prefix=ROWS, form_kwargs={"sides": sides})
        self.actions.extra = min(MORE_ROWS if rows else FIRST_ROWS, MOST_ACTIONS - len(rows))

    def is_valid(self) -> bool:
        """Return whether the version and all of its rows can be kept, and at least one action is there."""
        valid = super().is_valid() and self.actions.is_valid()
        if valid and not self.planned():
            self.add_error(None, ValidationError("The plan has no action. Write one: what is done, by whom, by when."))
            return False
        return valid

    def planned(self) -> list[PlannedAction]:
        """Return the rows that are filled in, in order."""
        return [
            PlannedAction(
                what=row.cleaned_data["what"],
                side=row.cleaned_data["side"] or Side.PROVIDER,
                owner=row.cleaned_data["owner"],
                due_on=row.cleaned_data["due_on"],
                number=row.cleaned_data["number"],
            )
            for row in self.actions.forms
            if not row.is_empty
        ]


def _typed_rows(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows as they were typed, the empty ones left out."""
    names = ("number", "what", "side", "owner", "due_on")
    rows = ({name: typed.get(f"{ROWS}-{number}-{name}", "") for name in names} for number in range(MOST_ACTIONS))
    return [row for row in rows if any(row[name] for name in ("what", "owner", "due_on"))]
