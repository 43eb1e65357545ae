"""The staff panel: Django's admin behind our own sign-in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from yibao.accounts import views

type OwnPage = Callable[..., HttpResponse]


class StaffSite(admin.AdminSite):
    """Lets staff in who signed in, with a second factor where the site requires one."""

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        factor = request.session.get(views.FACTOR, "none")
        return factor != "none" or not settings.SECOND_FACTOR_REQUIRED

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("login/code/", self._open(views.code), name="code"),
            path("security/factor/", self._open(views.factor), name="factor"),
            path("security/", self._page(views.security), name="security"),
            path("security/codes/", self._page(views.codes), name="codes"),
            path("security/elsewhere/", self._page(views.elsewhere), name="elsewhere"),
            path("security/sessions/<str:uid>/end/", self._page(views.end_one), name="end_session"),
            path("security/confirm/", self._page(views.confirm), name="confirm"),
        ]
        return [*own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self._open(views.sign_in)(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return views.password_change(request, self.each_context(request))

    def _open(self, view: OwnPage) -> Callable[..., HttpResponse]:
        """A page for those who are not signed in yet."""

        def opened(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            request.current_app = self.name
            return view(request, self.each_context(request), **kwargs)

        return opened

    def _page(self, view: OwnPage) -> Callable[..., HttpResponse]:
        """A page for those who are."""
        return self.admin_view(self._open(view))
