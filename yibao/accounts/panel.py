"""Stands in INSTALLED_APPS for `django.contrib.admin`."""

from django.contrib.admin.apps import AdminConfig


class StaffPanelConfig(AdminConfig):
    """Django's admin with our own site: sign-in in two steps, limits of sessions."""

    default_site = "yibao.accounts.site.StaffSite"
