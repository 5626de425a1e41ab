"""Who is told of a remedy plan, and in which words. Nobody can mute them. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from incidents.models import RemedyAction, RemedyPlan, Side
from incidents.remedies import shortened
from portal.accounts.models import User
from portal.alerts.kinds import Mail, MailState, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.journal.subjects import Recipient
from portal.web.figures import day_text, instant_text

KINDS = (
    "remedy_asked",
    "remedy_proposed",
    "remedy_agreed",
    "remedy_action_soon",
    "remedy_action_overdue",
    "remedy_done",
    "remedy_withdrawn",
)
CLAUSE = "JS-21"


def tell(
    kind: str,
    *,
    plan: RemedyPlan,
    people: Iterable[Recipient],
    about: str,
    at: datetime,
    by: User | None = None,
    action: RemedyAction | None = None,
) -> None:
    """Queue a notice for each of some people, but not for who acted; `about` tells this act from others."""
    enqueue(
        (
            Notice(
                key=f"{kind}:{plan.pk}:{about}:{one.address}",
                kind=kind,
                address=one.address,
                recipient_id=one.user_id,
                agreement_id=plan.agreement_id,
                subject_kind="remedy",
                subject_ref=plan.ref,
                context={"why": one.why, "plan": plan.pk, "action": action.pk if action is not None else None},
                mutable=False,
            )
            for one in people
            if by is None or one.address != by.email
        ),
        at=at,
    )


def outdated(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the notices that came too late to be of use: their plan ended, or their action is done. Two queries."""
    plans = _plans(messages)
    actions = _actions(messages)
    reasons: dict[int, str] = {}
    for message in messages:
        plan, action = plans[message.context["plan"]], actions.get(message.context["action"] or 0)
        over = plan.closed_at is not None and message.kind not in ("remedy_done", "remedy_withdrawn")
        if over:
            reasons[message.pk] = f"{plan.ref} has ended."
        elif action is not None and any(done.number == action.number for done in plan.done.all()):
            reasons[message.pk] = "The action is done."
    return reasons


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write notices of remedy plans. A constant number of queries."""
    plans, actions = _plans(messages), _actions(messages)
    return [
        _mail(message, plans[message.context["plan"]], actions.get(message.context["action"] or 0))
        for message in messages
    ]


def _plans(messages: Sequence[Message]) -> Mapping[int, RemedyPlan]:
    rows = RemedyPlan.objects.select_related("agreement__client", "asked_by").prefetch_related(
        "versions__proposed_by", "done"
    )
    return rows.in_bulk({message.context["plan"] for message in messages})


def _actions(messages: Sequence[Message]) -> Mapping[int, RemedyAction]:
    return RemedyAction.objects.in_bulk(
        {message.context["action"] for message in messages if message.context["action"]}
    )


def _mail(message: Message, plan: RemedyPlan, action: RemedyAction | None) -> Mail:
    subject, ask, state = _words(message, plan, action)
    facts = [("Agreement", f"{plan.agreement.title} ({plan.agreement.ref})")]
    if message.recipient is not None and message.recipient.is_provider:
        facts.append(("Client", plan.agreement.client.name))
    if action is not None:
        facts += [("Action", action.what), ("Owner", action.owner), ("Last day", day_text(action.due_on))]
    return Mail(
        subject=subject,
        kicker=f"Remedy plan {plan.ref}",
        ask=ask,
        paragraphs=_paragraphs(message, plan),
        facts=facts,
        clause=CLAUSE,
        why=f"Why you get this: {message.context['why']}",
        link_path=f"/remedies/{plan.pk}/",
        link_label="Open the remedy plan",
        state=state,
    )


def _paragraphs(message: Message, plan: RemedyPlan) -> list[str]:
    if message.kind == "remedy_asked":
        return [plan.concern]
    if message.kind == "remedy_withdrawn" and plan.closing_words:
        return [plan.closing_words]
    note = plan.versions.all().last()
    return [note.note] if message.kind == "remedy_proposed" and note is not None and note.note else []


def _words(message: Message, plan: RemedyPlan, action: RemedyAction | None) -> tuple[str, str, MailState]:
    """Return the subject, the ask and the state."""
    at = instant_text(message.queued_at, zone_of(message))
    agreement, client = plan.agreement, plan.agreement.client.name
    due_on: date | None = action.due_on if action is not None else None
    match message.kind:
        case "remedy_asked":
            return (
                f"{client} asks for a remedy plan: {agreement.title}, {at}",
                f"Propose a remedy plan to {client}.",
                "breached",
            )
        case "remedy_proposed":
            version = plan.versions.all().last()
            number = version.number if version is not None else 1
            return (
                f"Agree: version {number} of remedy plan {plan.ref}, proposed {at}",
                f"Read version {number} and agree to it, or propose another.",
                "risk",
            )
        case "remedy_agreed":
            return f"Agreed: remedy plan {plan.ref}, {at}", "Both sides agreed. The actions run from now on.", "running"
        case "remedy_action_soon":
            when = day_text(due_on) if due_on else ""
            return f"Due {when}: {_short(action)}", f"Do it by {when}, and mark it done.", "risk"
        case "remedy_action_overdue":
            when = day_text(due_on) if due_on else ""
            side = "ours" if action is not None and action.side == Side.PROVIDER else f"{client}'s"
            return f"Overdue since {when}: {_short(action)}", f"See to the action; it is {side}.", "breached"
        case "remedy_done":
            return f"Done: remedy plan {plan.ref}, {at}", "Every action is done. Nothing is left to do.", "met"
        case _:
            return f"Withdrawn: remedy plan {plan.ref}, {at}", f"{client} needs the plan no longer.", "void"


def _short(action: RemedyAction | None) -> str:
    return shortened(action.what, 80) if action is not None else ""
