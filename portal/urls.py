"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from portal.web import views

urlpatterns = [
    path("", include("portal.dashboard.urls")),
    path("", include("portal.alerts.urls")),
    path("", include("portal.clients.urls")),
    path("", include("incidents.urls")),
    path("", include("credits.urls")),
    path("", include("portal.replay.urls")),
    path("account/", include("portal.accounts.urls")),
    path("admin/", admin.site.urls),
    path("clauses/<str:reference>/", views.clause, name="clause"),
    path("styleguide/", views.styleguide, name="styleguide"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler429 = views.too_many_requests
handler500 = views.server_error
