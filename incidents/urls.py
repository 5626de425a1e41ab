"""Addresses of incidents: /incidents/ for staff, /support/ for clients."""

from django.urls import path

from incidents.views import acts, incidents, reports, support

urlpatterns = [
    path("incidents/", incidents.queue, name="incident_queue"),
    path("incidents/new/", reports.incident_report, name="incident_report"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/live/<str:part>/", incidents.incident_part, name="incident_part"),
    path("incidents/<int:pk>/why/", incidents.incident_why, name="incident_reasons"),
    path("incidents/<int:pk>/why/<str:target>/<int:ordinal>/", incidents.incident_why, name="incident_why"),
    path("incidents/<int:pk>/reply/", acts.ReplyPage.guarded(), name="incident_reply"),
    path("incidents/<int:pk>/note/", acts.NotePage.guarded(), name="incident_note"),
    path("incidents/<int:pk>/wait/", acts.WaitPage.guarded(), name="incident_wait"),
    path("incidents/<int:pk>/resume/", acts.ResumePage.guarded(), name="incident_resume"),
    path("incidents/<int:pk>/ask/", acts.AskPage.guarded(), name="incident_ask"),
    path("incidents/<int:pk>/diagnostics/", acts.DiagnosticsPage.guarded(), name="incident_diagnostics"),
    path("incidents/<int:pk>/reproduced/", acts.ReproducePage.guarded(), name="incident_reproduced"),
    path("incidents/<int:pk>/reclassify/", acts.ReclassifyPage.guarded(), name="incident_reclassify"),
    path("incidents/<int:pk>/resolve/", acts.ResolvePage.guarded(), name="incident_resolve"),
    path("incidents/<int:pk>/reopen/", acts.ReopenPage.guarded(), name="incident_reopen"),
    path("incidents/<int:pk>/link/", acts.LinkPage.guarded(), name="incident_link"),
    path("incidents/<int:pk>/unsupported/", acts.DeterminePage.guarded(), name="incident_determine"),
    path("incidents/<int:pk>/cause/", acts.AttributePage.guarded(), name="incident_attribute"),
    path("incidents/<int:pk>/withdraw/", acts.WithdrawPage.guarded(), name="incident_withdraw"),
    path("incidents/<int:pk>/assign/", acts.AssignPage.guarded(), name="incident_assign"),
    path(
        "incidents/<int:pk>/void/<str:target>/<int:ordinal>/",
        acts.VoidBreachPage.guarded(),
        name="incident_void_breach",
    ),
    path("support/", support.support, name="support"),
    path("support/new/", reports.support_report, name="support_report"),
    path("support/<int:pk>/", support.support_incident, name="support_incident"),
    path("support/<int:pk>/live/<str:part>/", support.support_part, name="support_part"),
    path("support/<int:pk>/why/<str:target>/<int:ordinal>/", support.support_why, name="support_why"),
    path("support/<int:pk>/reply/", support.ClientReplyPage.guarded(), name="support_reply"),
    path("support/<int:pk>/reopen/", support.ClientReopenPage.guarded(), name="support_reopen"),
    path("support/<int:pk>/withdraw/", support.ClientWithdrawPage.guarded(), name="support_withdraw"),
]
