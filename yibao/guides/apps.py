from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidesConfig(AppConfig):
    name = "yibao.guides"
    verbose_name = _("指南与名词")
