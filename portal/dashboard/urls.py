"""The addresses of the first screens and of the search."""

from django.urls import path

from portal.dashboard import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("due/clients/<int:pk>/", views.client_due, name="client_due"),
]
