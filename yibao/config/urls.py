"""One include per app."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("医保异地就医 工作人员平台")
admin.site.site_title = _("工作人员平台")
admin.site.index_title = _("工作台")

# After the first page, those without a prefix come last: Django tries each of their pages.
urlpatterns = [
    path("", include("yibao.core.urls")),
    path("check/", include("yibao.eligibility.urls")),
    path("estimate/", include("yibao.estimates.urls")),
    path("deadlines/", include("yibao.deadlines.urls")),
    path("filings/", include("yibao.filings.urls")),
    path("claims/", include("yibao.claims.urls")),
    path("institutions/", include("yibao.institutions.urls")),
    path("status/", include("yibao.lookups.urls")),
    path("admin/", admin.site.urls),
    path("regions/", include("yibao.regions.urls")),
    path("", include("yibao.policies.urls")),
    path("", include("yibao.diagnosis.urls")),
    path("", include("yibao.guides.urls")),
]

handler400 = "yibao.core.error_pages.bad_request"
handler403 = "yibao.core.error_pages.permission_denied"
handler404 = "yibao.core.error_pages.page_not_found"
handler500 = "yibao.core.error_pages.server_error"
