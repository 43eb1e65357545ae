from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosisConfig(AppConfig):
    name = "yibao.diagnosis"
    verbose_name = _("结算问题")
