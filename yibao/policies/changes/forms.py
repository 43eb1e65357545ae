"""The one question of the log of changes."""

from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, RegionField
from yibao.regions.queries import find_region


class LogForm(BaseForm):
    """Whose changes; those of all regions where nothing is chosen."""

    region = RegionField(label=_("只看一个地方"), find=find_region, required=False)
