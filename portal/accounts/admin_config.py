"""The Django admin as an app: its site is the portal's own."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Takes the place of `django.contrib.admin` in the settings."""

    default_site = "portal.accounts.admin_site.PortalAdminSite"
