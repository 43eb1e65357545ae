"""Sign in with password and code; look after one's own password, phone and sessions.

Nobody is signed in before the second step: until then the session only remembers whose
password was right, for ten minutes.
"""

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.accounts.forms import CodeForm, ConfirmForm, SignInForm
from yibao.accounts.middleware import own_session
from yibao.accounts.models import Authenticator, User
from yibao.accounts.operations import (
    CodeRefused,
    NoSuchSession,
    change_password,
    count_attempt,
    end_other_sessions,
    end_session,
    forget_attempts,
    record_failure,
    record_sign_in,
    renew_recovery_codes,
    set_up_factor,
    use_code,
)
from yibao.accounts.queries import (
    count_recovery_codes,
    find_authenticator,
    is_unused,
    list_open_sessions,
)
from yibao.accounts.totp import new_secret, set_up_address
from yibao.core.addresses import client_address
from yibao.core.confirmation_views import confirmed_first, mark_confirmed

PENDING, NEW_SECRET, FACTOR = "pending_sign_in", "new_secret", "factor"
_PENDING_SECONDS = 600
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters("password")
@_get_or_post
def sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Ask for name and password; whoever has a second factor is asked for it next."""
    context |= {"title": _("登录"), "next": _next(request)}
    if request.method != "POST":
        return TemplateResponse(request, "accounts/login.html", context | {"form": SignInForm()})
    form = SignInForm(request.POST)
    status = 422
    if form.is_valid():
        now, name = timezone.now(), form.cleaned_data["username"]
        if not count_attempt(account=name, address=client_address(request), at=now):
            status = _refuse_for_now(form)
        else:
            user = authenticate(request, username=name, password=form.cleaned_data["password"])
            if isinstance(user, User) and user.is_staff and not is_unused(user, at=now):
                return _second_step(request, user, now)
            _say_no(form, user, name, now)
    return TemplateResponse(request, "accounts/login.html", context | {"form": form}, status=status)


def _say_no(form: Form, user: Any, name: str, now: datetime) -> None:
    """Only who knows the password of an account is told that it has closed."""
    if isinstance(user, User) and user.is_staff:
        record_failure(account=name, step="unused", at=now)
        words = _("这个账号 %(days)d 天没有用过，已经停用。请找系统管理员恢复。")
        form.add_error(None, words % {"days": settings.STAFF_UNUSED_DAYS})
    else:
        record_failure(account=name, step="password", at=now)
        form.add_error(None, _("用户名或密码不对，或者这个账号不能登录工作人员平台。"))


def _second_step(request: HttpRequest, user: User, now: datetime) -> HttpResponse:
    authenticator = find_authenticator(user)
    if authenticator is None and not settings.SECOND_FACTOR_REQUIRED:
        return _enter(request, user, now, "none", _next(request))
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(now.timestamp()),
        "next": _next(request),
    }
    return HttpResponseRedirect(reverse("admin:factor" if authenticator is None else "admin:code"))


def _enter(
    request: HttpRequest, user: User, now: datetime, factor: str, target: str
) -> HttpResponse:
    """Sign the person in under a new session key."""
    request.session.flush()
    login(request, user, backend=_BACKEND)
    request.session[FACTOR] = factor
    forget_attempts(account=user.username, address=client_address(request))
    record_sign_in(by=user, at=now, factor=factor)
    return HttpResponseRedirect(target)


def _pending_user(request: HttpRequest, now: datetime) -> User | None:
    """Return whose password was right a moment ago, if nothing changed since."""
    pending = request.session.get(PENDING)
    if pending is None or not 0 <= int(now.timestamp()) - pending["at"] <= _PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True, is_staff=True).first()
    return user if user and user.get_session_auth_hash() == pending["hash"] else None


@never_cache
@sensitive_post_parameters("code")
@_get_or_post
def code(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The second step of signing in: the code of the phone, or a recovery code."""
    now = timezone.now()
    user = _pending_user(request, now)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            factor, status = _check_code(request, user, form, now)
            if factor:
                return _enter(request, user, now, factor, request.session[PENDING]["next"])
    context |= {"title": _("第二步验证"), "form": form}
    return TemplateResponse(request, "accounts/code.html", context, status=status)


def _check_code(request: HttpRequest, user: User, form: Form, now: datetime) -> tuple[str, int]:
    """Return the factor that was used, or "" and the status of a page with the error."""
    if not count_attempt(account=f"code {user.username}", address=client_address(request), at=now):
        return "", _refuse_for_now(form)
    try:
        return use_code(by=user, typed=form.cleaned_data["code"], at=now), 200
    except CodeRefused:
        record_failure(account=user.username, step="code", at=now)
        form.add_error("code", _("验证码不对或已用过。请等手机上出现下一个验证码，再填一次。"))
        return "", 422


def _refuse_for_now(form: Form) -> int:
    form.add_error(None, _("尝试的次数太多了，请十五分钟后再试。"))
    return 429


@never_cache
@sensitive_post_parameters("code")
@_get_or_post
def factor(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Set up the phone: on the way in where it is required, or later from one's own page."""
    now = timezone.now()
    if request.user.is_authenticated:
        return _set_up_signed_in(request, context)
    user = _pending_user(request, now)
    if user is None or find_authenticator(user) is not None:
        return HttpResponseRedirect(reverse("admin:login"))
    return _set_up(request, context, user)


@confirmed_first
def _set_up_signed_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return _set_up(request, context, request.user)  # type: ignore[arg-type]


def _set_up(request: HttpRequest, context: dict[str, Any], user: User) -> HttpResponse:
    now = timezone.now()
    form = CodeForm(request.POST if request.method == "POST" else None)
    if NEW_SECRET not in request.session:
        # Sealed: the secret waits in the session's row until the phone shows its code.
        request.session[NEW_SECRET] = Authenticator.sealed(user, new_secret())
    secret = Authenticator(user=user, sealed_secret=request.session[NEW_SECRET]).secret
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                codes = set_up_factor(
                    by=user,
                    secret=secret,
                    typed=form.cleaned_data["code"].replace(" ", ""),
                    at=now,
                )
            except CodeRefused:
                form.add_error("code", _("验证码不对。请核对手机的时间，再填新出现的一个。"))
            else:
                target = _leave_set_up(request, user, now)
                return _show_codes(request, context, codes, target)
    context |= {
        "title": _("设置第二步验证"),
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": _picture(set_up_address(secret, user.username, _issuer())),
    }
    return TemplateResponse(request, "accounts/factor.html", context, status=status)


def _leave_set_up(request: HttpRequest, user: User, now: datetime) -> str:
    """Sign in who came from the password; end the other sessions of who was signed in."""
    if request.user.is_authenticated:
        del request.session[NEW_SECRET]
        request.session[FACTOR] = "totp"
        kept = end_other_sessions(by=user, at=now, keep=own_session(request))
        update_session_auth_hash(request, kept)
        return reverse("admin:security")
    target: str = request.session[PENDING]["next"]
    _enter(request, user, now, "totp", target)
    return target


def _show_codes(
    request: HttpRequest, context: dict[str, Any], codes: tuple[str, ...], target: str
) -> HttpResponse:
    context |= {"title": _("恢复码"), "codes": codes, "next": target}
    return TemplateResponse(request, "accounts/codes.html", context)


def _issuer() -> str:
    return settings.OPERATOR or str(_("医保异地就医（演示）"))


def _picture(address: str) -> SafeString:
    """Return the QR code as an inline SVG; segno writes it without style or script."""
    svg = segno.make(address, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return mark_safe(svg)  # noqa: S308


# --- one's own account -----------------------------------------------------------------------


@require_safe
def security(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show what protects one's account."""
    user: User = request.user  # type: ignore[assignment]
    context |= {
        "title": _("账号安全"),
        "authenticator": find_authenticator(user),
        "codes_left": count_recovery_codes(user),
        "sessions": list_open_sessions(user, at=timezone.now(), own=own_session(request)),
        "idle_minutes": settings.STAFF_IDLE_MINUTES,
        "session_hours": settings.STAFF_SESSION_HOURS,
    }
    return TemplateResponse(request, "accounts/security.html", context)


@require_POST
@confirmed_first
def codes(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Replace the recovery codes and show them once."""
    user: User = request.user  # type: ignore[assignment]
    if find_authenticator(user) is None:
        return HttpResponseRedirect(reverse("admin:factor"))
    fresh = renew_recovery_codes(by=user, at=timezone.now())
    return _show_codes(request, context, fresh, reverse("admin:security"))


@require_POST
def elsewhere(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """End every other session of the person."""
    user: User = request.user  # type: ignore[assignment]
    kept = end_other_sessions(by=user, at=timezone.now(), keep=own_session(request))
    update_session_auth_hash(request, kept)
    messages.success(request, _("其他地方的登录都已退出。"))
    return HttpResponseRedirect(reverse("admin:security"))


@require_POST
def end_one(request: HttpRequest, context: dict[str, Any], uid: str) -> HttpResponse:
    """End one of one's own sessions; the one that asks is left by signing out."""
    if uid == own_session(request):
        return HttpResponseRedirect(reverse("admin:security"))
    try:
        end_session(uid=uid, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NoSuchSession as error:
        raise Http404 from error
    messages.success(request, _("已退出那一处登录。"))
    return HttpResponseRedirect(reverse("admin:security"))


@sensitive_post_parameters("password", "code")
@_get_or_post
def confirm(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Ask again for the password, and the code, before a sensitive act."""
    user: User = request.user  # type: ignore[assignment]
    has_factor = find_authenticator(user) is not None
    form = ConfirmForm(request.POST if request.method == "POST" else None, has_factor=has_factor)
    status = 200
    if request.method == "POST":
        now, status = timezone.now(), 422
        if form.is_valid():
            if not count_attempt(account=user.username, address=client_address(request), at=now):
                status = _refuse_for_now(form)
            elif not user.check_password(form.cleaned_data["password"]):
                record_failure(account=user.username, step="confirmation", at=now)
                form.add_error("password", _("密码不对。"))
            elif not has_factor or _check_code(request, user, form, now)[0]:
                forget_attempts(account=user.username, address=client_address(request))
                mark_confirmed(request, now)
                return HttpResponseRedirect(_next(request))
    context |= {"title": _("请再次确认是您本人"), "form": form, "next": _next(request)}
    return TemplateResponse(request, "accounts/confirm.html", context, status=status)


@sensitive_post_parameters()
@_get_or_post
def password_change(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Change one's own password; the old one is asked for, all other sessions end."""
    user: User = request.user  # type: ignore[assignment]
    form = AdminPasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        change_password(by=user, password=password, at=timezone.now(), keep=own_session(request))
        update_session_auth_hash(request, user)
        return HttpResponseRedirect(reverse("admin:password_change_done"))
    context |= {"title": _("修改密码"), "form": form}
    status = 422 if form.is_bound else 200
    return TemplateResponse(
        request, "registration/password_change_form.html", context, status=status
    )


def _next(request: HttpRequest) -> str:
    """Return where to go afterwards: a page of this site, the panel's front page otherwise."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if is_ours else reverse("admin:index")
