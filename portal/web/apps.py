from django.apps import AppConfig


class WebConfig(AppConfig):
    """What pages and API share: the look, problems, paging, forms, live fragments."""

    name = "portal.web"
    label = "web"
