from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    name = "yibao.sources"
    verbose_name = _("依据文件")
