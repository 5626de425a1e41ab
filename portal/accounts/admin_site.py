"""The Django admin behind the portal's own doors: one sign-in, one sign-out, administrators only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import logout
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from portal.accounts.access import act_required
from portal.accounts.permissions import Act

_NOT_SHOWN = {"auth", "account", "mfa"}
"""Apps whose tables stay empty, for a role says what a user may do; and mfa, whose rows are keys to sign-in."""


class PortalAdminSite(admin.AdminSite):
    """The admin of everything the portal keeps."""

    site_header = "Customer success: records"
    site_title = "Records"
    index_title = "Everything that is kept"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Register models, but those of apps that are not shown."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        shown = [model for model in models if model._meta.app_label not in _NOT_SHOWN]
        super().register(shown, admin_class, **options)

    def admin_view(  # type: ignore[override]  # The door keeps none of the attributes that the stubs ask for.
        self, view: Callable[..., HttpResponseBase], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Open a page of the admin to administrators; others are answered as everywhere in the portal."""
        return act_required(Act.ADMINISTER)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the index, whose door knows the one sign-in form."""
        return redirect("admin:index")

    def logout(  # type: ignore[override]  # The stubs allow a page only.
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the session and lead to sign-in."""
        logout(request)
        return redirect("account_login")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one page where passwords are changed."""
        return redirect("account_change_password")
