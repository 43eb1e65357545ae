"""Read for which regions a person may act."""

from yibao.accounts.models import User

NATION = "000000"


def assigned_regions(user: User) -> frozenset[str]:
    """The codes of the regions the person was given."""
    return frozenset(user.assignments.values_list("region_code", flat=True))


def may_act_for(user: User, *region_codes: str) -> bool:
    """Tell whether the person may act for one of these: a region and what lies above it.

    Pass the whole chain (pooling region, province); the nation holds for all.
    """
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    return not assigned_regions(user).isdisjoint({*region_codes, NATION})
