from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LookupsConfig(AppConfig):
    name = "yibao.lookups"
    verbose_name = _("查进度")
