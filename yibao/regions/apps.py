from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yibao.core import language


class RegionsConfig(AppConfig):
    name = "yibao.regions"
    verbose_name = _("统筹区")

    def ready(self) -> None:
        from yibao.regions.english import english_of

        language.gloss_with(english_of)
