"""Staff users and the regions each may act for."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """工作人员账号: a person of the bureau, or one of the site's own system actors.

    A system actor (loader, release) stands in audit events for what no person
    did; it cannot sign in.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    is_system = models.BooleanField(_("系统账号"), default=False, editable=False)

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                name="user_system_actor_cannot_enter_the_panel",
                condition=models.Q(is_system=False) | models.Q(is_staff=False, is_superuser=False),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.username


class Assignment(models.Model):
    """A region the person may act for, by its six-digit code; 000000 is the whole nation."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="assignments")
    region_code = models.CharField(_("统筹区代码"), max_length=6)

    class Meta:
        verbose_name = _("负责的统筹区")
        verbose_name_plural = _("负责的统筹区")
        ordering = ("region_code",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "region_code"), name="assignment_once_per_user_and_region"
            ),
            models.CheckConstraint(
                name="assignment_region_code_is_six_signs",
                condition=models.Q(region_code__regex=r"^[0-9A-Z]{6}$"),
            ),
        )

    def __str__(self) -> str:
        return self.region_code
