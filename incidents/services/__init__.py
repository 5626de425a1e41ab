"""Every write to incidents and what moves their clocks; one function for one intention."""

from incidents.services.acts import (
    answer_incident,
    ask_information,
    assign_incident,
    attribute_cause,
    comment_as_client,
    complete_diagnostics,
    determine_unsupported,
    link_problem,
    note_internally,
    reclassify_incident,
    reopen_incident,
    report_incident,
    reproduce_incident,
    resolve_incident,
    resume_incident,
    void_breach,
    wait_for,
    withdraw_incident,
)
from incidents.services.hosting import cancel_hosted_event, reschedule_hosted_event, schedule_hosted_event
from incidents.services.releasing import plan_release, publish_release
from incidents.services.retiming import IncidentKind, retime_incidents

__all__ = [
    "IncidentKind",
    "answer_incident",
    "ask_information",
    "assign_incident",
    "attribute_cause",
    "cancel_hosted_event",
    "comment_as_client",
    "complete_diagnostics",
    "determine_unsupported",
    "link_problem",
    "note_internally",
    "plan_release",
    "publish_release",
    "reclassify_incident",
    "reopen_incident",
    "report_incident",
    "reproduce_incident",
    "reschedule_hosted_event",
    "resolve_incident",
    "resume_incident",
    "retime_incidents",
    "schedule_hosted_event",
    "void_breach",
    "wait_for",
    "withdraw_incident",
]
