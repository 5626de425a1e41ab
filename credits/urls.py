"""Addresses of money: /money/ for both sides."""

from django.urls import path

from credits.views import proposals

urlpatterns = [
    path("money/proposals/", proposals.proposals, name="proposals"),
    path("money/proposals/<int:pk>/", proposals.proposal, name="proposal"),
]
