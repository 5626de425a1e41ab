"""Addresses of alerting."""

from django.urls import path

from portal.alerts import views

urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("latency/", views.latency_page, name="latency"),
    path("alerting-banner/", views.banner, name="alerting_banner"),
    # As monitors know them, without a slash at the end.
    path("healthz", views.healthz, name="healthz"),
    path("healthz/alerting", views.healthz_alerting, name="healthz_alerting"),
]
