from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yibao.core import takealong


class EstimatesConfig(AppConfig):
    name = "yibao.estimates"
    verbose_name = _("报销估算")

    def ready(self) -> None:
        from yibao.estimates.takealong import card

        takealong.register("estimate", card)
