from django.urls import path

from yibao.core import probes, views

app_name = "core"
urlpatterns = [
    path("", views.home, name="home"),
    path("takealong/", views.takealong, name="takealong"),
    path("language/", views.language, name="language"),
    path("type/", views.large_type, name="large_type"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics_page, name="metrics"),
]
