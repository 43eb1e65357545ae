"""Rows that tests of region policies start from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from yibao.accounts.models import User
from yibao.policies.files import Known
from yibao.policies.models import ReplayRun, Revision
from yibao.policies.operations import create_revision, publish_revision, submit_revision
from yibao.policies.replay.operations import ask_for_replay, explain
from yibao.policies.replay.operations.running import work
from yibao.policies.schema import Draft, fields_of
from yibao.regions.models import Region, RegionKind
from yibao.rules.terms import EffectiveBasis, Kind, Standing
from yibao.sources.models import Document

AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
START = date(2026, 1, 1)
KNOWN = Known(
    documents=frozenset({"s-test"}),
    is_region={"370600", "370000", "000000", "360100", "310118"}.__contains__,
    classes_of=lambda code: frozenset({"community"}) if code == "370600" else frozenset(),
)


def make_places() -> None:
    """The nation, Shandong with 烟台 and its 芝罘区, Jiangxi with 南昌."""
    for code, name, kind, parent, pool in (
        ("000000", "全国", RegionKind.NATION, None, None),
        ("370000", "山东省", RegionKind.PROVINCE, "000000", None),
        ("370600", "烟台市", RegionKind.PREFECTURE, "370000", "370600"),
        ("370602", "芝罘区", RegionKind.COUNTY, "370600", "370600"),
        ("360000", "江西省", RegionKind.PROVINCE, "000000", None),
        ("360100", "南昌市", RegionKind.PREFECTURE, "360000", "360100"),
    ):
        Region.objects.create(
            code=code,
            name=name,
            short_name=name[:-1],
            kind=kind,
            parent_id=parent,
            pooling_region_id=pool,
        )


def make_document(slug: str = "s-test") -> Document:
    return Document.objects.create(
        slug=slug, title="关于测试的通知", issuer="测试局", authority="notice", reading="official"
    )


def make_user(username: str, **kwargs: Any) -> User:
    return User.objects.create_user(username=username, password="x", **kwargs)


def make_draft(table: str, /, **stated: Any) -> Draft:
    """One row of a table; what is not stated has the default of the dataclass."""
    head: dict[str, Any] = {
        "document": "s-test",
        "article": "第一条",
        "quote": "",
        "checked_on": date(2026, 11, 23),
        "standing": Standing.OFFICIAL,
        "kind": Kind.RULE,
        "effective_from": START,
        "effective_basis": EffectiveBasis.STATED,
        "effective_to": None,
        "note": "",
        "reference": (),
    }
    head = {name: stated.pop(name, value) for name, value in head.items()}
    values = {field.name: stated.pop(field.name, field.default) for field in fields_of(table)}
    assert not stated, stated
    return Draft(table=table, values=values, **head)


def make_revision(*drafts: Draft, by: User, region: str = "370600", **kwargs: Any) -> Revision:
    return create_revision(
        region_code=region,
        insurance=kwargs.pop("insurance", "resident"),
        title=kwargs.pop("title", "测试修订"),
        drafts=drafts,
        by=by,
        at=AT,
        **kwargs,
    )


def publish(*drafts: Draft, by: User, other: User, **kwargs: Any) -> Revision:
    """Publish drafts as one revision, written by `by` and published by `other`."""
    return publish_revision(revision=make_revision(*drafts, by=by, **kwargs), by=other, at=AT)


def replay(revision: Revision, *, by: User, at: datetime = AT, note: str = "如文件") -> ReplayRun:
    """Replay a draft as it stands; what surprises is explained with the note, unless empty."""
    asked = ask_for_replay(revision=revision, by=by, at=at)
    run = work(worker="here:1:a", is_alive=lambda _name: False, clock=lambda: at, only=asked.pk)
    assert run is not None
    surprising = list(run.groups.exclude(surprise="").values_list("pk", flat=True))
    if surprising and note:
        explain(revision=revision, groups=surprising, note=note, by=by, at=at)
    return run


def submit(revision: Revision, *, by: User, at: datetime = AT) -> Revision:
    """Replay a draft and hand it over."""
    replay(revision, by=by, at=at)
    return submit_revision(revision=revision, by=by, at=at)


def write_file(
    folder: Path, body: str, *, region: str = "370600", branch: str = "resident"
) -> Path:
    """Write one policy file with the given rows."""
    path = folder / region / f"{branch}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'region = "{region}"\ninsurance = "{branch}"\ntitle = "测试"\n'
    path.write_text(f"{head}\n{body}", encoding="utf-8")
    return path


BAND: Mapping[str, str] = {
    "document": '"s-test"',
    "article": '"第一条"',
    "checked_on": "2026-11-23",
    "standing": '"official"',
    "effective_from": "2026-01-01",
    "effective_basis": '"stated"',
    "care_types": '["inpatient"]',
    "ratio_bp": "8500",
}


def row_text(table: str = "payment_band", **changes: str | None) -> str:
    """Return one row as TOML: a valid payment band with changes; None drops a key."""
    row: dict[str, str | None] = dict(BAND)
    if table != "payment_band":
        del row["ratio_bp"]
        del row["care_types"]
    row |= changes
    lines = [f"{key} = {value}" for key, value in row.items() if value is not None]
    return "\n".join([f"[[{table}]]", *lines, "", ""])


class _Editor:
    """What migrations ask of a schema editor, inside a test's transaction too."""

    connection = connection

    def execute(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


@contextmanager
def past_the_locks() -> Iterator[None]:
    """Change what was published, as somebody could who drops the triggers first."""
    locks = import_module("yibao.policies.migrations.0005_locks")
    connection.check_constraints()
    locks.remove_locks(None, _Editor())
    yield
    connection.check_constraints()
    locks.add_locks(None, _Editor())
