from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yibao.core import takealong


class DiagnosisConfig(AppConfig):
    name = "yibao.diagnosis"
    verbose_name = _("结算问题")

    def ready(self) -> None:
        from yibao.diagnosis.takealong import card

        takealong.register("diagnose", card)
