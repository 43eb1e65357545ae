"""Set up, use and reset the second factor."""

import hashlib
import secrets
from base64 import b32encode
from datetime import datetime

from django.db import transaction

from yibao.accounts.models import Authenticator, RecoveryCode, User
from yibao.accounts.operations.recording import record_account
from yibao.accounts.operations.sessions import end_with
from yibao.accounts.totp import is_code, step_at

RECOVERY_CODES = 10
DRIFT_STEPS = 2
"""While it is set up a phone may be a minute off; the difference is kept and allowed later."""


class CodeRefused(ValueError):
    """The code is wrong, over, or was used before."""


class OwnFactor(ValueError):
    """Nobody resets their own second factor."""


@transaction.atomic
def set_up_factor(*, by: User, secret: str, typed: str, at: datetime) -> tuple[str, ...]:
    """Bind the phone that shows the typed code; return fresh recovery codes, shown once.

    Raises:
        CodeRefused: the phone shows something else; nothing is changed.
    """
    now = step_at(at)
    drift = next(
        (
            steps
            for steps in sorted(range(-DRIFT_STEPS, DRIFT_STEPS + 1), key=abs)
            if is_code(secret, now + steps, typed)
        ),
        None,
    )
    if drift is None:
        raise CodeRefused
    Authenticator.objects.update_or_create(
        user=by,
        defaults={
            "sealed_secret": Authenticator.sealed(by, secret),
            "drift": drift,
            "last_step": now + drift,
            "confirmed_at": at,
        },
    )
    codes = _fresh_codes(by)
    record_account("accounts.factor_set_up", by, by=by, at=at)
    return codes


@transaction.atomic
def renew_recovery_codes(*, by: User, at: datetime) -> tuple[str, ...]:
    """Return new recovery codes, shown once; the old ones no longer work."""
    codes = _fresh_codes(by)
    record_account("accounts.recovery_codes_renewed", by, by=by, at=at)
    return codes


@transaction.atomic
def use_code(*, by: User, typed: str, at: datetime) -> str:
    """Accept a code of the phone or a recovery code, once; return which ("totp", …).

    A code of the phone holds for its own 30 seconds.

    Raises:
        CodeRefused
    """
    plain = typed.replace(" ", "").replace("-", "").upper()
    found = Authenticator.objects.filter(user=by).first()
    if found is not None and plain.isascii() and plain.isdigit():
        step = step_at(at) + found.drift
        # The condition makes a code work once, however many requests bring it together.
        unused = Authenticator.objects.filter(user=by, last_step__lt=step)
        if is_code(found.secret, step, plain) and unused.update(last_step=step):
            return "totp"
    elif RecoveryCode.objects.filter(user=by, digest=_digest(plain), used_at=None).update(
        used_at=at
    ):
        record_account("accounts.recovery_code_used", by, by=by, at=at)
        return "recovery_code"
    raise CodeRefused


@transaction.atomic
def reset_factor(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Take a lost phone's factor away, so that the person sets up a new one; sessions end.

    Raises:
        OwnFactor
    """
    if user.pk == by.pk:
        raise OwnFactor
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_with(user=user, at=at)
    record_account("accounts.factor_reset", user, by=by, at=at, reason=reason)


def _fresh_codes(user: User) -> tuple[str, ...]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = tuple(b32encode(secrets.token_bytes(10)).decode() for _number in range(RECOVERY_CODES))
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(code)) for code in codes
    )
    return tuple("-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
