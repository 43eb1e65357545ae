"""Write what is published back into the form of the shipped files."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Q

from yibao.policies.canonical import text_of
from yibao.policies.files import BOTH, paths
from yibao.policies.models import Revision, RevisionStatus
from yibao.policies.rows import draft_of, rows_of
from yibao.policies.schema import Draft


def exported() -> dict[str, str]:
    """Return the text of every file by its name, `370600/resident.toml`.

    A file bears the title of the newest revision of its region and branch.
    """
    drafts: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for row in rows_of(Q(revision__status=RevisionStatus.PUBLISHED, withdrawn_by=None)):
        drafts[row.revision.region_id, row.revision.insurance].append(draft_of(row))
    titles = {
        (region, insurance): title
        for region, insurance, title in Revision.objects.filter(status=RevisionStatus.PUBLISHED)
        .order_by("pk")
        .values_list("region_id", "insurance", "title")
    }
    return {
        f"{region}/{insurance or BOTH}.toml": text_of(
            region, insurance, titles[region, insurance], rows
        )
        for (region, insurance), rows in sorted(drafts.items())
    }


@dataclass(frozen=True, slots=True)
class ExportReport:
    """How many files there are, how many were written, and which others the folder holds."""

    files: int
    written: int
    foreign: tuple[str, ...]


def write(folder: Path) -> ExportReport:
    """Write every file that differs into a folder; nothing is removed from it."""
    texts = exported()
    written = 0
    for name, text in texts.items():
        path = folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written += 1
    names = (f"{path.parent.name}/{path.name}" for path in paths(folder))
    return ExportReport(len(texts), written, tuple(name for name in names if name not in texts))
