from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EstimatesConfig(AppConfig):
    name = "yibao.estimates"
    verbose_name = _("报销估算")
