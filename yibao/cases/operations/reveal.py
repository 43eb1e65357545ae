"""Open the personal data of a case for an officer: written down first, shown afterwards."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yibao.audit import operations as audit
from yibao.cases.models import Case
from yibao.cases.personal import PersonalData
from yibao.cases.upload_models import Upload

if TYPE_CHECKING:
    from yibao.accounts.models import User

_NEVER_SENSITIVE = frozenset({"id_type", "notify", "helper"})


class Why(TextChoices):
    """For what an officer opens the full data."""

    COMPARE = "compare", _("核对材料上的姓名和号码")
    CONTACT = "contact", _("联系申请人")
    PAY = "pay", _("核对收款账户")


def reveal_person(case: Case, *, why: Why, by: "User", at: datetime) -> PersonalData:
    """Return the full personal data of a case, after the view is on record.

    Raises:
        models.Erased: nothing is there any more.
        core.sealing.SealBroken: the row was changed behind our back.
    """
    data = case.person.read()
    audit.record_view(
        by=by,
        at=at,
        object_type="cases.person",
        object_key=case.reference,
        fields=tuple(
            name
            for name in data.__dataclass_fields__
            if name not in _NEVER_SENSITIVE and getattr(data, name)
        ),
        region_code=case.region_code,
        reason=why,
    )
    return data


def record_file_view(upload: Upload, case: Case, *, by: "User", at: datetime) -> None:
    """Write down that an officer opens a file of a case, before it is shown."""
    audit.record_view(
        by=by,
        at=at,
        object_type="cases.upload",
        object_key=case.reference,
        fields=(upload.material,),
        region_code=case.region_code,
    )
