from django.urls import path

from yibao.guides import views

app_name = "guides"
urlpatterns = [
    path("guides/", views.guide_list, name="guide_list"),
    path("guides/glossary/", views.glossary, name="glossary"),
    path("guides/directory/", views.directory, name="directory"),
    path("guides/directory/report/", views.report, name="report"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("search/", views.search, name="search"),
]
