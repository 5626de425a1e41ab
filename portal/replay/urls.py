"""Addresses of the staff's replay."""

from django.urls import path

from portal.replay import views

urlpatterns = [
    path("replay/", views.runs, name="replay_runs"),
    path("replay/<int:run_id>/", views.run, name="replay_run"),
    path("replay/<int:run_id>/progress/", views.progress, name="replay_progress"),
]
