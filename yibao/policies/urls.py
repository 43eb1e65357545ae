from django.urls import path

from yibao.policies import views
from yibao.policies.changes import views as changes
from yibao.policies.corrections import views as corrections
from yibao.policies.preview import views as preview

app_name = "policies"
urlpatterns = [
    path("regions/compare/", views.compare, name="compare"),
    path("regions/<str:code>/", views.region, name="region"),
    path("regions/<str:code>/history/", views.history, name="history"),
    path("regions/<str:code>/corrections/new/", corrections.new, name="correction"),
    path("regions/<str:code>/corrections/sent/", corrections.sent, name="correction_sent"),
    path("changes/", changes.changes, name="changes"),
    path("changes/feed.atom", changes.feed, name="changes_feed"),
    path("conflicts/", views.conflicts, name="conflicts"),
    path("coverage/", views.coverage, name="coverage"),
    path("sources/", views.source_list, name="source_list"),
    path("sources/<slug:slug>/", views.source, name="source"),
    path("preview/leave/", preview.leave, name="preview_leave"),
    path("preview/<str:token>/", preview.enter, name="preview"),
]
