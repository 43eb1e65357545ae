"""One row of every table that the staff panel shows, for a given region."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from tests.factories.cases import a_case
from tests.factories.filings import a_filing
from yibao.accounts.models import Assignment, User
from yibao.accounts.roles import ROLES
from yibao.audit.operations import record
from yibao.cases.models import Message
from yibao.cases.right_models import ErasureRequest
from yibao.cases.vocabulary import Kind
from yibao.claims.models import Claim
from yibao.filings.models import CancelRequest, Filing
from yibao.guides.models import ChannelReport, GlossaryTerm, Guide, GuideRevision
from yibao.institutions.import_models import ImportRun, ImportSource
from yibao.institutions.models import Institution, WrongEntryReport
from yibao.policies.models import (
    PROVISION_MODELS,
    Correction,
    GoldenCase,
    GoldenCheck,
    Provision,
    Revision,
)
from yibao.regions.models import LevelMapping, Region, RetiredCode
from yibao.rules.terms import AidGroup, Layer
from yibao.sources.models import Clause, Document, Statement

AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
DAY = date(2026, 12, 1)
_NUMBERS = count(1)


def colleague(region: str) -> User:
    """Somebody else of the region."""
    user, is_new = User.objects.get_or_create(username=f"colleague{region}", is_staff=True)
    if is_new:
        Assignment.objects.create(user=user, region_code=region)
    return user


def fill[M: models.Model](model: type[M], region: str, **stated: Any) -> M:
    """Save a row with the least that its columns demand."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        is_free = field.null or field.blank or field.has_default()
        if not is_free and field.name not in stated and not isinstance(field, models.AutoField):
            values[field.name] = _value(field, region)
    return model._default_manager.create(**values | stated)


def _value(field: Any, region: str) -> Any:
    if field.choices:
        return field.choices[0][0]
    match field:
        case models.ForeignKey() if field.related_model is User:
            return colleague(region)
        case models.ForeignKey() if field.related_model is Region:
            return Region.objects.get(pk=region)
        case models.ForeignKey():
            return BUILDERS["_".join(field.related_model._meta.label_lower.split("."))](region)
        case models.DateTimeField():
            return AT
        case models.DateField():
            return DAY
        case models.IntegerField():
            return 1
    # Letters only: texts for citizens must hold no figures of their own.
    word = "".join(chr(ord("a") + int(digit)) for digit in str(next(_NUMBERS)))
    return region if field.name == "region_code" else word


def _event(region: str) -> Any:
    return record(
        event="x.y",
        by=colleague(region),
        at=AT,
        object_type="x",
        object_key="1",
        region_code=region,
    )


def _document(region: str) -> Document:
    return Document.objects.filter(slug="s-test").first() or fill(Document, region, slug="s-test")


def _institution(region: str) -> Institution:
    place = int(region)
    found = Institution.objects.filter(pk=f"H{region}00001").first()
    return found or fill(Institution, region, code=f"H{region}00001", position=place)


# What constraints of a table demand beyond its columns.
_DEMANDED: Mapping[str, Mapping[str, Any]] = {
    "deductible": {"amount_fen": 1},
    "paymentcap": {"amount_fen": 1},
    "secondlayer": {"layer": Layer.CRITICAL_ILLNESS.value},
    "secondlayerband": {"layer": Layer.CRITICAL_ILLNESS.value},
    "medicalaid": {"aid_groups": (AidGroup.NONE.value,)},
}


def _provision(model: type[Provision], region: str) -> Provision:
    stated = _DEMANDED.get(model._meta.model_name or "", {})
    return fill(model, region, revision=fill(Revision, region), **stated)


def _filing(region: str) -> Filing:
    found = Filing.objects.filter(case__region_code=region).first()
    if found is None:
        found = a_filing(region_code=region)
        fill(CancelRequest, region, filing=found, answer=CancelRequest.Answer.OPEN)
    return found


def _of_case(model: type[models.Model], region: str) -> Any:
    """A row that hangs on a case of the region."""
    found = model._default_manager.filter(case__region_code=region).first()
    return found or fill(model, region, case=_filing(region).case)


def _claim(region: str) -> Claim:
    found = Claim.objects.filter(case__region_code=region).first()
    return found or fill(
        Claim,
        region,
        case=a_case(Kind.CLAIM, region_code=region),
        care_code=region,
        trauma="no",
        pattern_key=region,
    )


BUILDERS: Mapping[str, Callable[[str], Any]] = {
    "auth_group": lambda region: Group.objects.get(name=ROLES[0].name),
    "auth_user": colleague,
    "accounts_user": colleague,
    "audit_event": _event,
    "sources_document": _document,
    "sources_clause": partial(fill, Clause),
    "sources_statement": partial(fill, Statement),
    "regions_region": lambda region: Region.objects.get(pk=region),
    "regions_retiredcode": lambda region: RetiredCode.objects.get_or_create(
        code="370699", defaults={"name": "旧", "first_revision": "2001", "last_revision": "2002"}
    )[0],
    "regions_levelmapping": partial(fill, LevelMapping),
    "policies_revision": partial(fill, Revision),
    "policies_correction": partial(fill, Correction),
    "policies_goldencase": partial(fill, GoldenCase, outcome="unknown"),
    "policies_goldencheck": partial(fill, GoldenCheck, care_code="360100"),
    "institutions_institution": _institution,
    "institutions_wrongentryreport": partial(fill, WrongEntryReport),
    "institutions_importsource": partial(fill, ImportSource),
    "institutions_importrun": partial(fill, ImportRun),
    "guides_guide": partial(fill, Guide),
    "guides_glossaryterm": partial(fill, GlossaryTerm),
    "guides_guiderevision": partial(fill, GuideRevision),
    "guides_channelreport": partial(fill, ChannelReport),
    "filings_filing": _filing,
    "claims_claim": _claim,
    "cases_message": partial(_of_case, Message),
    "cases_erasurerequest": partial(_of_case, ErasureRequest),
} | {f"policies_{model._meta.model_name}": partial(_provision, model) for model in PROVISION_MODELS}
