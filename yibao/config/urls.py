"""One include per app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("yibao.core.urls")),
    path("check/", include("yibao.eligibility.urls")),
    path("estimate/", include("yibao.estimates.urls")),
    path("regions/", include("yibao.regions.urls")),
    path("sources/", include("yibao.sources.urls")),
    path("", include("yibao.policies.urls")),
    path("admin/", admin.site.urls),
]
