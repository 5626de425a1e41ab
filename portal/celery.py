"""The Celery application: the queues, and what beat sends to them.

Queues: `flagging` has a worker of its own, so that no slow mail or report delays a breach; `mail` sends the outbox;
`default` is everything else.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = {
    "portal.clocks.tasks.tick": {"queue": "flagging"},
    "portal.alerts.tasks.send_outbox": {"queue": "mail"},
}
# Each message is worthless once the next one is there: what waited behind a stopped worker is dropped, not run.
app.conf.beat_schedule = {
    "tick": {"task": "portal.clocks.tasks.tick", "schedule": 1.0, "options": {"expires": 1.0}},
    "send-outbox": {"task": "portal.alerts.tasks.send_outbox", "schedule": 1.0, "options": {"expires": 1.0}},
    "expire-lots": {"task": "credits.tasks.expire_lots", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "close-months": {"task": "credits.tasks.close_months", "schedule": 900.0, "options": {"expires": 900.0}},
    "make-digests": {
        "task": "credits.tasks.make_digests",
        "schedule": crontab(hour=0, minute=40),
        "options": {"expires": 3600.0},
    },
    "hand-over": {"task": "portal.clocks.tasks.hand_over", "schedule": 60.0, "options": {"expires": 60.0}},
    "keep-agreements": {
        "task": "portal.clients.tasks.keep_agreements",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "remind-of-waits": {"task": "incidents.tasks.remind_of_waits", "schedule": 30.0, "options": {"expires": 30.0}},
    "issue-statements": {
        "task": "credits.tasks.issue_statements",
        "schedule": crontab(minute=25),  # Months end in some zone at every hour.
        "options": {"expires": 3600.0},
    },
    "watch-services": {"task": "incidents.tasks.watch_services", "schedule": 5.0, "options": {"expires": 5.0}},
    "clear-sessions": {
        "task": "portal.accounts.tasks.clear_sessions",
        "schedule": crontab(minute=10),
        "options": {"expires": 3600.0},
    },
    "watch-remedies": {"task": "incidents.tasks.watch_remedies", "schedule": 300.0, "options": {"expires": 300.0}},
}
app.autodiscover_tasks()
