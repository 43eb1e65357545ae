"""Bring the table of known cases in line with the shipped files: all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yibao.accounts.operations import ensure_system_actors
from yibao.audit.operations import record
from yibao.core import stamps
from yibao.policies.golden.asking import WrongAnswer, wrong_answers
from yibao.policies.golden.checking import Deviation, deviations, published_store, terms_in
from yibao.policies.golden.files import DATA, GoldenFileRefused, ShippedCase, paths, read
from yibao.policies.models import GoldenCase, GoldenCheck
from yibao.sources.operations import ensure_clauses, key_of

STAMP = "golden"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many cases the files hold, and which of them do not come out as they must."""

    cases: int = 0
    wrong: tuple[str, ...] = ()
    unchanged: bool = False


def load_golden_cases(*, at: datetime, folder: Path = DATA, force: bool = False) -> LoadReport:
    """Write the shipped cases. One that no file holds any more is retired; those that staff
    made or retired stay as they are.

    A case that does not come out as it must is reported, not refused: staff may have
    published, with a note, what makes it so.

    Raises:
        GoldenFileRefused: a file is wrong; then nothing was changed.
    """
    content = stamps.digest(paths(folder))
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    shipped = read(folder)
    with transaction.atomic():
        loader, _release = ensure_system_actors()
        kept = [_save(case) for case in shipped]
        for model in (GoldenCase, GoldenCheck):
            slugs = [case.slug for case in shipped if case.model is model]
            gone = model.objects.exclude(slug="").exclude(slug__in=slugs)
            gone.filter(retired_because="").update(retired_because=_("不再随程序提供。"))
        stamps.bump(STAMP)
        stamps.record_content(STAMP, content)
        record(
            event="policies.golden_cases_loaded",
            by=loader,
            at=at,
            object_type="policies.goldencase",
            object_key=content,
            after={"cases": len(kept)},
        )
    used = [case for case in kept if not case.retired_because]
    terms_of = terms_in(published_store())
    wrong: tuple[Deviation | WrongAnswer, ...] = (
        *deviations((case for case in used if isinstance(case, GoldenCase)), terms_of),
        *wrong_answers((case for case in used if isinstance(case, GoldenCheck)), terms_of),
    )
    return LoadReport(len(kept), tuple(str(found.case.slug) for found in wrong))


def _save(shipped: ShippedCase) -> GoldenCase | GoldenCheck:
    clause = apps.get_model("sources", "Clause")(**_clause(shipped))
    found = ensure_clauses([clause])
    held = shipped.model.objects.filter(slug=shipped.slug).first()
    case = shipped.model(
        pk=None if held is None else held.pk,
        region_id=shipped.region_code,
        clause_id=found[key_of(clause)],
        retired_because="" if held is None else held.retired_because,
        **shipped.columns,
    )
    case._state.adding = held is None  # its own row is no other row of the same name
    try:
        case.full_clean()
    except ValidationError as error:
        raise GoldenFileRefused(f"{shipped.slug}: {error}") from error
    case.save()
    return case


def _clause(shipped: ShippedCase) -> dict[str, object]:
    parts = dict(shipped.clause)
    return {"document_id": parts.pop("document"), "quote": parts.pop("quote", ""), **parts}
