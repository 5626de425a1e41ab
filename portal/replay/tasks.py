"""Judging a run, in a worker."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from portal.replay import services
from portal.web.rounds import DATABASE_AWAY

log = structlog.get_logger(__name__)


@shared_task
def judge_run(run_id: int) -> None:
    """Judge a run if it still waits; asked twice, it is judged once."""
    run = services.claim_run(run_id=run_id, now=timezone.now())
    if run is None:
        return
    try:
        refusal = services.judge_run(run)
    except DATABASE_AWAY:
        raise  # Nothing can be written down either; whoever looks at the run asks again.
    except Exception:
        log.exception("run_failed", run=run_id)
        refusal = services.FAILED
    services.finish_run(run, refusal=refusal, now=timezone.now())


def ask_for_run(run_id: int) -> None:
    """Ask a worker to judge a run. A broker that is away only delays it: the page that waits asks again."""
    try:
        judge_run.delay(run_id)
    except Exception as error:  # Whatever the transport raises.
        log.warning("run_not_asked_for", run=run_id, error=repr(error))
