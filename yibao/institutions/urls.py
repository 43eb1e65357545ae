from django.urls import path

from yibao.institutions import views

app_name = "institutions"
urlpatterns = [
    path("", views.finder, name="finder"),
    path("<str:code>/", views.institution, name="institution"),
    path("<str:code>/report/", views.report, name="report"),
]
