"""Read for which regions a person may act, and what stands in the way of signing in."""

from yibao.accounts.models import Authenticator, RecoveryCode, User

NATION = "000000"


def may_act_for(user: User, *region_codes: str) -> bool:
    """Tell whether the person may act for one of these: a region and what lies above it.

    Pass the whole chain (pooling region, province); the nation holds for all.
    """
    return any(user.acts_for(code) for code in region_codes if code != NATION) or (
        user.region_codes is None
    )


def find_authenticator(user: User) -> Authenticator | None:
    """Return the person's second factor, None before it was set up."""
    return Authenticator.objects.filter(user=user).first()


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()
