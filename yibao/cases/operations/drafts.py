"""Drafts: what is typed is kept at every step, without an account, for 30 days."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from yibao.cases.models import Case, Draft, new_uid
from yibao.cases.references import ALPHABET
from yibao.cases.vocabulary import Kind
from yibao.core.sealing import seal, unseal

_RESUME_SIGNS = 12


@dataclass(frozen=True, slots=True)
class Opened:
    """A new draft with the two secrets that are shown once: the browser's and the person's."""

    draft: Draft
    secret: str
    resume_code: str


class Submitted(Exception):
    """The draft has become a case already; nothing can be changed in it."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.case = case


class Stale(Exception):
    """The draft was changed after its summary had been shown."""


def start_draft(
    *,
    kind: Kind,
    at: datetime,
    replaces: Case | None = None,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
) -> Opened:
    """Begin a draft, with answers by step where some are known already."""
    secret = secrets.token_urlsafe(24)
    code = _new_code()
    draft = Draft(
        uid=new_uid(),
        kind=kind,
        secret_hash=hashed(secret),
        resume_hash=hashed(code),
        started_at=at,
        touched_at=at,
        expires_at=at + timedelta(days=settings.DRAFT_DAYS),
        replaces=replaces,
    )
    _write(draft, answers or {})
    draft.save(force_insert=True)
    return Opened(draft, secret, code)


@transaction.atomic
def resume_draft(code: str, *, kind: Kind, at: datetime) -> tuple[Draft, str] | None:
    """Return the draft of a resume code with a new secret for this browser.

    The browser that held it before loses it: a draft is open in one browser at a time.
    None when the code is unknown, expired or used up.
    """
    draft = (
        Draft.objects.select_for_update()
        .filter(kind=kind, resume_hash=hashed(code), expires_at__gt=at)
        .first()
    )
    if draft is None:
        return None
    secret = secrets.token_urlsafe(24)
    draft.secret_hash = hashed(secret)
    draft.save(update_fields=["secret_hash"])
    return draft, secret


def new_resume_code(draft_id: int) -> str:
    """Give a draft another resume code and return it; the one before opens nothing any more.

    Nobody can be shown the first one again, since only its hash is kept.
    """
    code = _new_code()
    Draft.objects.filter(pk=draft_id).update(resume_hash=hashed(code))
    return code


@transaction.atomic
def save_step(
    draft_id: int,
    step: str,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    drops: tuple[str, ...] = (),
) -> Draft:
    """Keep the answers of one step; `drops` are later steps that they make void.

    Steps are kept one by one, so two tabs on different steps do not undo each other.

    Raises:
        Submitted: the case exists already.
    """
    draft = lock_draft(draft_id)
    if draft.case is not None:
        raise Submitted(draft.case)
    kept = {name: value for name, value in read_answers(draft).items() if name not in drops}
    _write(draft, {**kept, step: dict(answers)})
    draft.touched_at = at
    draft.expires_at = at + timedelta(days=settings.DRAFT_DAYS)
    draft.version += 1
    draft.save()
    return draft


def close_draft(draft: Draft, case: Case) -> None:
    """Bind a locked draft to the case it became and empty it."""
    draft.case = case
    draft.sealed = ""
    draft.save(update_fields=["case", "sealed"])


def lock_draft(draft_id: int) -> Draft:
    """Return the draft with its row locked until the transaction ends."""
    # The outer join to the case cannot be locked, so it is read apart.
    return Draft.objects.select_for_update().get(pk=draft_id)


def read_answers(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the answers of each step as they were saved. Raises core.sealing.SealBroken."""
    if not draft.sealed:
        return {}
    answers: dict[str, dict[str, Any]] = json.loads(unseal(draft.sealed, place_of(draft)))
    return answers


def belongs(draft: Draft, secret: str) -> bool:
    """Tell whether a browser with this secret holds the draft."""
    return secrets.compare_digest(draft.secret_hash, hashed(secret))


def hashed(secret: str) -> str:
    """Return what is stored of a secret. It is random, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_RESUME_SIGNS))


def _write(draft: Draft, answers: Mapping[str, Any]) -> None:
    text = json.dumps(answers, cls=DjangoJSONEncoder, ensure_ascii=False)
    draft.sealed = seal(text, place_of(draft))


def place_of(draft: Draft) -> str:
    """Return what a draft's sealed answers are bound to."""
    return f"cases.draft:{draft.uid}"
