"""The client's answer to a checklist. Clause: JS-12."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from incidents.forms.acts import LONGEST_BODY, ActForm
from incidents.models import InformationItem
from incidents.queries import asked_of
from incidents.services.answering import Answer
from portal.web.forms import FilesField, ProseField


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One thing asked for, with its fields; none where it is there already."""

    item: InformationItem
    fields: list[forms.BoundField]


class AnswerForm(ActForm):
    """For each thing that is still missing: words, files, or a tick that the provider has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = asked_of(self.standing.incident)
        self.items = list(self.request.items.all()) if self.request is not None else []
        for item in self._missing():
            text = ProseField(label="Answer", required=False, max_length=LONGEST_BODY)
            text.widget.attrs["rows"] = 2
            self.fields[f"text-{item.pk}"] = text
            self.fields[f"files-{item.pk}"] = FilesField(label="Files")
            self.fields[f"given-{item.pk}"] = forms.BooleanField(label="You have it already", required=False)

    def rows(self) -> Iterator[AskedRow]:
        """Yield what was asked for, in its order, with the fields of what is missing."""
        for item in self.items:
            names = [f"{kind}-{item.pk}" for kind in ("text", "files", "given")] if item.provided_at is None else []
            yield AskedRow(item, [self[name] for name in names])

    def answers(self) -> dict[int, Answer]:
        """Return what was filled in, by the item's id."""
        cleaned = self.cleaned_data
        return {
            item.pk: Answer(cleaned[f"text-{item.pk}"], cleaned[f"files-{item.pk}"], cleaned[f"given-{item.pk}"])
            for item in self._missing()
        }

    def _missing(self) -> list[InformationItem]:
        return [item for item in self.items if item.provided_at is None]
