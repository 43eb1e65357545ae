from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstitutionsConfig(AppConfig):
    name = "yibao.institutions"
    verbose_name = _("医药机构")
