"""Addresses of money: /money/ for both sides."""

from django.urls import path

from credits.views import exposure, granted, proposals, terminations

urlpatterns = [
    path("money/proposals/", proposals.proposals, name="proposals"),
    path("money/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("money/agreements/<int:pk>/credits/", granted.agreement_credits, name="agreement_credits"),
    path("money/exposure/", exposure.exposure, name="exposure"),
    path("money/exposure/clients/<int:pk>/", exposure.client_exposure, name="client_exposure"),
    path("money/exposure/incidents/<int:pk>/", exposure.incident_exposure, name="incident_exposure"),
    path("money/terminations/<int:pk>/", terminations.termination, name="termination"),
    path("money/terminations/<int:pk>/offer/", terminations.termination_offer, name="termination_offer"),
    path("money/terminations/<int:pk>/exercise/", terminations.termination_exercise, name="termination_exercise"),
]
