"""Staff users, the regions each may act for, their second factor, and failed sign-ins."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from yibao.core.sealing import seal, unseal
from yibao.regions import reach

REGION_CODE = r"^([0-9]{6}|XPCC)$"


class User(AbstractUser):
    """工作人员账号: a person of the bureau, or one of the site's own system actors.

    A system actor (loader, release) stands in audit events for what no person
    did; it cannot sign in. `session_epoch` is part of what sessions are bound to:
    raising it ends them all. `reopened_at` is when an administrator let a long unused
    account in again; `warned_at` when its owner was told that it is about to close.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    is_system = models.BooleanField(_("系统账号"), default=False, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    reopened_at = models.DateTimeField(_("恢复使用的时间"), null=True, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        ordering = ("username",)
        permissions = (("reset_factor", _("可以重置别人的第二步验证")),)
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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own binds sessions to the password; ours to the epoch as well.
        salt = "yibao.accounts.models.User.session"
        value = f"{self.password}{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def region_codes(self) -> frozenset[str] | None:
        """The regions the person may act for, all the way down; None is every one.

        Read once per object, as Django does with permissions: a change holds from the
        next request on.
        """
        if self.is_superuser and self.is_active:
            return None
        given = self.assignments.values_list("region_code", flat=True) if self.is_active else ()
        return reach.within(given)

    def acts_for(self, region_code: str) -> bool:
        """Tell whether the person may act for a region; "" is the whole site."""
        codes = self.region_codes
        return codes is None or region_code in codes


class StaffSession(models.Model):
    """登录: one session of a person, from which device, as its owner may recognise it.

    `uid` is named by the browser's session; the cookie itself is never kept here. Open is
    what has not ended and was seen within the limits of a session.
    """

    uid = models.CharField(max_length=22, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="sessions")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("-seen_at", "-pk")
        indexes = (models.Index(fields=("user", "-seen_at"), name="staffsession_of_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.began_at:%Y-%m-%d %H:%M}"


class Assignment(models.Model):
    """A region the person may act for, by its code; 000000 is the whole nation."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="assignments")
    region_code = models.CharField(
        _("统筹区代码"), max_length=6, help_text=_("000000 为全国，兵团为 XPCC。")
    )

    class Meta:
        verbose_name = _("负责的统筹区")
        verbose_name_plural = _("负责的统筹区")
        ordering = ("region_code",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "region_code"), name="assignment_once_per_user_and_region"
            ),
            models.CheckConstraint(
                name="assignment_region_code_is_six_digits_or_xpcc",
                condition=models.Q(region_code__regex=REGION_CODE),
            ),
        )

    def __str__(self) -> str:
        return self.region_code


class Authenticator(models.Model):
    """第二步验证: the secret that a person's phone shares with the site (RFC 6238).

    Encrypted at rest. `drift` is how many steps of 30 seconds the phone's clock differs,
    learnt when it was set up; `last_step` the newest step used, so that no code works twice.
    """

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="authenticator"
    )
    sealed_secret = models.CharField(max_length=200)
    drift = models.SmallIntegerField(default=0)
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def secret(self) -> str:
        """The shared secret in base 32."""
        return unseal(self.sealed_secret, self._place(self.user_id))

    @classmethod
    def sealed(cls, user: User, secret: str) -> str:
        """Return the secret as it is stored for this person."""
        return seal(secret, cls._place(user.pk))

    @staticmethod
    def _place(user_id: int) -> str:
        return f"accounts.authenticator.secret:{user_id}"


class RecoveryCode(models.Model):
    """恢复码: replaces the phone once; 80 random bits, of which only the SHA-256 is kept."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("user", "digest"), name="recoverycode_once_per_user_and_digest"
            ),
        )

    def __str__(self) -> str:
        return str(self.user_id)


class AttemptCount(models.Model):
    """How often somebody tried to sign in since a moment, per account, address or both.

    `key` is a keyed hash: people type passwords where names belong, and addresses are
    personal data.
    """

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count}"
