from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "yibao.core"
    verbose_name = _("基础")

    def ready(self) -> None:
        from yibao.core import checks, fixed_words  # noqa: F401  (checks registers itself)

        fixed_words.install()
