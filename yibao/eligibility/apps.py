from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yibao.core import takealong


class EligibilityConfig(AppConfig):
    name = "yibao.eligibility"
    verbose_name = _("备案资格")

    def ready(self) -> None:
        from yibao.eligibility.takealong import card

        takealong.register("check", card)
