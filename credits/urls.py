"""Addresses of money: /money/ for both sides."""

from django.urls import path

from credits.views import proposals, terminations

urlpatterns = [
    path("money/proposals/", proposals.proposals, name="proposals"),
    path("money/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("money/terminations/<int:pk>/", terminations.termination, name="termination"),
    path("money/terminations/<int:pk>/offer/", terminations.termination_offer, name="termination_offer"),
    path("money/terminations/<int:pk>/exercise/", terminations.termination_exercise, name="termination_exercise"),
]
