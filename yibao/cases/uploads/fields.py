"""The form field of one paper: several files, those already kept among them."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.audit.operations import Actor
from yibao.cases.models import Case, Draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads.content import Reason, Refusal
from yibao.cases.uploads.limits import MOST_FILES
from yibao.cases.uploads.operations import NotThere, add_upload, remove_upload, replace_upload
from yibao.cases.uploads.queries import UploadRow, find_upload, uploads_of_case, uploads_of_draft
from yibao.cases.uploads.receiving import Received, receive
from yibao.cases.uploads.storage import NotStored
from yibao.cases.uploads.wording import words_of

type File = UploadedFile[Any]

logger = logging.getLogger(__name__)

PREFIX = "material_"
"""Name of a paper's field in contract.md: this and the paper's slug."""

REPLACE = "replace_"
UPLOAD_BUTTON = "upload"
REMOVE_BUTTON = "remove"

ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,application/pdf"
"""Without HEIC among them, an iPhone hands out its photographs as JPEG."""

_SHOWN_NAME = 30
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class FilesInput(forms.FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, "accept": ACCEPTED_TYPES, **(attrs or {})})

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, File], name: str
    ) -> list[File]:
        """Return all files of the field."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> bool:
        return name not in files


class UploadField(forms.Field):
    """One paper. The value is what is new in it, as `Received`; `held` is what was kept before.

    A file that is refused does not take the others with it: `taken` holds the good ones,
    whatever the field and the form say.
    """

    widget = FilesInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("请上传这种材料的照片或 PDF。"),
    }

    def __init__(self, *, material: str, held: Sequence[UploadRow] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.material = material
        self.held = tuple(row for row in held if row.material == material)
        self.taken: list[Received] = []

    def holds(self, public_id: str) -> bool:
        """Tell whether a file is among those kept before."""
        return any(row.id == public_id for row in self.held)

    def clean(self, value: Sequence[File] | None) -> list[Received]:
        """Inspect each file. Raises ValidationError with one message a refused file."""
        sent = list(value or ())
        self.taken = []
        if len(sent) + len(self.held) > MOST_FILES:
            raise ValidationError(str(words_of(Reason.TOO_MANY)), code=Reason.TOO_MANY.value)
        errors = []
        for file in sent:
            try:
                self.taken.append(receive(file))
            except Refusal as refusal:
                errors.append(refused(refusal, file if len(sent) > 1 else None))
        if errors:
            raise ValidationError(errors)
        if self.required and not self.taken and not self.held:
            raise ValidationError(self.error_messages["required"], code="required")
        return self.taken


class UploadsForm(forms.Form):
    """Mix into a form with papers. Its files are kept whatever else is wrong with the form.

    The view builds the form with what the draft holds, calls `keep`, and then goes by
    `stays` and `is_valid()`:

        form = MaterialsForm(request.POST, request.FILES, held=uploads_of_draft(draft))
        form.keep(draft=draft, at=now)
        if form.stays or not form.is_valid():
            return page with form, 200 or 422
    """

    def upload_fields(self) -> Iterator[tuple[str, UploadField]]:
        """Yield the papers' fields with their names."""
        for name, field in self.fields.items():
            if isinstance(field, UploadField):
                yield name, field

    @property
    def stays(self) -> bool:
        """Tell whether a button of the papers was pressed, and not the one that goes on."""
        return self.is_bound and (UPLOAD_BUTTON in self.data or REMOVE_BUTTON in self.data)

    def full_clean(self) -> None:
        """Where only a file was sent, what is not filled in yet is not wrong yet."""
        super().full_clean()
        if not self.stays:
            return
        fields = (name for name, _field in self.upload_fields())
        sent = {name for name in fields if self.add_prefix(name) in self.files}
        for name in list(self.errors):
            if name not in sent:
                del self.errors[name]

    def keep(
        self,
        *,
        draft: Draft | None = None,
        case: Case | None = None,
        by: Actor | None = None,
        at: datetime,
    ) -> bool:
        """Keep the good files, do what the buttons of the papers say, and tell whether anything
        changed.

        What goes wrong becomes an error of its field. Afterwards the fields hold what is kept.

        Raises:
            HandedIn: the draft was submitted meanwhile.
        """
        owner = _Owner(draft, case, by, at)
        self.errors  # noqa: B018 - inspects what was sent, once
        changed = self._remove(owner)
        for name, field in self.upload_fields():
            changed |= self._replace(name, field, owner)
            changed |= self._add(name, field, owner)
        if changed:
            self.hold(uploads_of_draft(draft) if draft else uploads_of_case(owner.the_case))
        return changed

    def hold(self, rows: Sequence[UploadRow]) -> None:
        """Show what is kept now."""
        for _name, field in self.upload_fields():
            field.held = tuple(row for row in rows if row.material == field.material)

    def _add(self, name: str, field: UploadField, owner: "_Owner") -> bool:
        sent = field.taken if self.add_prefix(name) in self.files else []
        changed = False
        for received in sent:
            if not self._kept(name, partial(owner.add, field, received)):
                break
            changed = True
        return changed

    def _replace(self, name: str, field: UploadField, owner: "_Owner") -> bool:
        changed = False
        for row in field.held:
            file = self.files.get(f"{REPLACE}{row.id}")
            if file is not None:
                changed |= self._kept(name, partial(owner.replace, row.id, file))
        return changed

    def _kept(self, name: str, act: Callable[[], None]) -> bool:
        try:
            act()
        except Refusal as refusal:
            self.add_error(name, refused(refusal))
        except NotStored:
            logger.exception("a file could not be kept")
            self.add_error(name, not_stored())
        except NotThere:
            return False  # removed in another tab, or by a second click: it is gone, as was asked
        else:
            return True
        return False

    def _remove(self, owner: "_Owner") -> bool:
        public_id = self.data.get(REMOVE_BUTTON, "") if self.is_bound else ""
        field = next((name for name, field in self.upload_fields() if field.holds(public_id)), None)
        return field is not None and self._kept(field, partial(owner.remove, public_id))


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose papers are changed, by whom and when."""

    draft: Draft | None
    case: Case | None
    by: Actor | None
    at: datetime

    @property
    def the_case(self) -> Case:
        if self.case is None:
            raise TypeError("files of a draft or of a case")
        return self.case

    def add(self, field: UploadField, received: Received) -> None:
        add_upload(
            draft=self.draft,
            case=self.case,
            material=field.material,
            file=received,
            by=self.by,
            at=self.at,
        )

    def replace(self, public_id: str, file: File) -> None:
        replace_upload(upload=self._find(public_id), file=file, by=self.by, at=self.at)

    def remove(self, public_id: str) -> None:
        remove_upload(upload=self._find(public_id), by=self.by, at=self.at)

    def _find(self, public_id: str) -> Upload:
        upload = find_upload(public_id, draft=self.draft, case=self.case)
        if upload is None:
            raise NotThere(public_id)
        return upload


def refused(refusal: Refusal, file: File | None = None) -> ValidationError:
    """Return what is said of a refused file, with its name where several were sent."""
    words = str(words_of(refusal.reason))
    if file is not None:
        words = _("“%(name)s”：%(words)s") % {"name": shown_name(file.name or ""), "words": words}
    return ValidationError(words, code=refusal.reason.value)


def not_stored() -> ValidationError:
    """Return what is said when the store does not take a file; the cause is for the log."""
    return ValidationError(
        _("文件暂时存不下。下面列出的是已经保存的，其余的请过几分钟再传。您填的内容都还在。"),
        code="not_stored",
    )


def shown_name(name: str) -> str:
    """Return a file's name so that it cannot disturb the page: no control signs, shortened.

    >>> shown_name("a\\u202egpj.exe")
    'agpj.exe'
    """
    plain = _UNPRINTABLE.sub("", name)
    return plain if len(plain) <= _SHOWN_NAME else f"{plain[:20]}…{plain[-9:]}"
