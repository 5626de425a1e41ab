"""What people do to one incident. Each function is one intention: it locks, checks, records, computes again, and tells.

`by` is who acts and `now` is the instant of the act, aware; `at` is given only where a promise was kept earlier than it
was recorded. All of them raise `IncidentNotFoundError` for what the user may not see and `NotAllowedError` for what the
role does not allow.
"""

from incidents.services.acts.breaches import void_breach
from incidents.services.acts.coverage import attribute_cause, determine_unsupported
from incidents.services.acts.messages import answer_incident, comment_as_client, note_internally
from incidents.services.acts.reports import report_incident, terms_now, withdraw_incident
from incidents.services.acts.resolutions import reopen_incident, resolve_incident
from incidents.services.acts.severities import reclassify_incident
from incidents.services.acts.starts import complete_diagnostics, reproduce_incident
from incidents.services.acts.ties import link_problem
from incidents.services.acts.waits import ask_information, resume_incident

__all__ = [
    "answer_incident",
    "ask_information",
    "attribute_cause",
    "comment_as_client",
    "complete_diagnostics",
    "determine_unsupported",
    "link_problem",
    "note_internally",
    "reclassify_incident",
    "reopen_incident",
    "report_incident",
    "reproduce_incident",
    "resolve_incident",
    "resume_incident",
    "terms_now",
    "void_breach",
    "withdraw_incident",
]
