"""Diagnose with a few hand-made rows, and read codes and gaps off the leaf."""

from typing import Any

from tests.rules.builders import DAY, HOME
from yibao.rules.diagnosis import (
    Cause,
    Diagnosis,
    DiagnosisFacts,
    diagnose,
)
from yibao.rules.policy import (
    Provision,
    Terms,
)
from yibao.rules.terms import (
    InsuranceType,
)


def terms(*rows: Provision) -> Terms:
    return Terms(
        region_code=HOME,
        region_name="烟台市",
        insurance=InsuranceType.EMPLOYEE,
        on=DAY,
        levels=(rows,),
        whom_to_ask="参保地医保局",
    )


def leaf(cause: Cause, *rows: Provision, **facts: Any) -> Diagnosis:
    return diagnose(DiagnosisFacts(cause=cause, on=DAY, **facts), terms(*rows))


def codes(diagnosis: Diagnosis) -> list[str]:
    return [each.code for each in (*diagnosis.because, *diagnosis.by_when)]


def gaps(diagnosis: Diagnosis) -> set[str]:
    return {f"{gap.what}.{gap.detail}" for gap in diagnosis.gaps}
