"""Every write to incidents and what moves their clocks; one function for one intention."""

from incidents.services.acts import (
    answer_incident,
    ask_information,
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
    withdraw_incident,
)
from incidents.services.assigning import assign_incident, hand_over_incident, undo_assignment
from incidents.services.backups import check_in_backup, make_backup_address
from incidents.services.hosting import cancel_hosted_event, reschedule_hosted_event, schedule_hosted_event
from incidents.services.maintenance import announce_maintenance, cancel_maintenance
from incidents.services.merging import merge_incident
from incidents.services.opening import require_unchanged
from incidents.services.outages import Downtime, close_outage, correct_outage, record_outage
from incidents.services.releasing import plan_release, publish_release
from incidents.services.remedies import (
    PlannedAction,
    agree_to_remedy_plan,
    ask_remedy_plan,
    finish_remedy_action,
    propose_remedy_plan,
    watch_remedy_plans,
    withdraw_remedy_plan,
)
from incidents.services.retiming import IncidentKind, retime_incidents
from incidents.services.waiting import remind_of_waits, wait_for
from incidents.services.watchers import unwatch_incident, watch_incident
from incidents.services.watching import BackupKind, MaintenanceKind, OutageKind, look_at_services

__all__ = [
    "BackupKind",
    "Downtime",
    "IncidentKind",
    "MaintenanceKind",
    "OutageKind",
    "PlannedAction",
    "agree_to_remedy_plan",
    "announce_maintenance",
    "answer_incident",
    "ask_information",
    "ask_remedy_plan",
    "assign_incident",
    "attribute_cause",
    "cancel_hosted_event",
    "cancel_maintenance",
    "check_in_backup",
    "close_outage",
    "comment_as_client",
    "complete_diagnostics",
    "correct_outage",
    "determine_unsupported",
    "finish_remedy_action",
    "hand_over_incident",
    "link_problem",
    "look_at_services",
    "make_backup_address",
    "merge_incident",
    "note_internally",
    "plan_release",
    "propose_remedy_plan",
    "publish_release",
    "reclassify_incident",
    "record_outage",
    "remind_of_waits",
    "reopen_incident",
    "report_incident",
    "reproduce_incident",
    "require_unchanged",
    "reschedule_hosted_event",
    "resolve_incident",
    "resume_incident",
    "retime_incidents",
    "schedule_hosted_event",
    "undo_assignment",
    "unwatch_incident",
    "void_breach",
    "wait_for",
    "watch_incident",
    "watch_remedy_plans",
    "withdraw_incident",
    "withdraw_remedy_plan",
]
