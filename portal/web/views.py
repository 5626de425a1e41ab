"""The pages that belong to no module: refusals that a person can read, and the style guide for staff."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.contract.terms import clause_texts
from portal.web.problems import problem_response, speaks_problems
from portal.web.styleguide import styleguide_context


def refuse(request: HttpRequest, status: HTTPStatus, *, code: str, detail: str = "") -> HttpResponse:
    """Return a refusal as a page in the look, or as a problem where a machine asked.

    The page depends on the status and the sentence alone: a foreign object and an absent one read the same.
    """
    if speaks_problems(request):
        return problem_response(status, code=code, detail=detail or status.description)
    template = select_template([f"errors/{status.value}.html", "errors/409.html"])
    return HttpResponse(template.render({"detail": detail}), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be read (handler400)."""
    return refuse(request, HTTPStatus.BAD_REQUEST, code="unreadable")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an act that this person may not do (handler403)."""
    return refuse(request, HTTPStatus.FORBIDDEN, code="permission_denied")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without our token in words (CSRF_FAILURE_VIEW): nearly always a page that stood open too long."""
    sentence = (
        "This form was open for too long, or cookies are off. Go back, load the page again and send it once more."
    )
    return refuse(request, HTTPStatus.FORBIDDEN, code="form_expired", detail=sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to what this person may not see (handler404)."""
    return refuse(request, HTTPStatus.NOT_FOUND, code="not_found")


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer the one who tries too often (handler429, asked for by the rate limits of sign-in)."""
    return refuse(request, HTTPStatus.TOO_MANY_REQUESTS, code="too_many_requests")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when we failed (handler500). Reads no database and no session: they may be what failed."""
    return refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR, code="failed")


@require_safe
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component once, rendered by the tags and templates that the pages use. Staff only."""
    if not getattr(request.user, "is_provider", False):
        raise Http404
    return render(request, "web/styleguide.html", styleguide_context(timezone.now()))


@require_safe
@login_required
def clause(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what a clause obliges, in our words, and its neighbors in the same contract."""
    texts = clause_texts()
    if reference not in texts:
        raise Http404
    family = f"{reference.partition('-')[0]}-"
    siblings = [name for name in texts if name.startswith(family)]
    return render(request, "web/clause.html", {"reference": reference, "text": texts[reference], "siblings": siblings})
