from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "yibao.accounts"
    verbose_name = _("账号")

    def ready(self) -> None:
        # Its receiver begins every session, also those of a shell or a test.
        from yibao.accounts import middleware  # noqa: F401
