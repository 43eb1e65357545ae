from django.urls import path

from yibao.lookups import views

app_name = "lookups"
urlpatterns = [
    path("", views.status, name="status"),
    path("case/", views.current, name="current"),
    path("leave/", views.leave, name="leave"),
    path("data/", views.data, name="data"),
    path("data/copy/", views.copy, name="copy"),
    path("data/consent/", views.consent, name="consent"),
    path("data/erasure/", views.erasure, name="erasure"),
]
