from django.urls import path

from yibao.filings import record_views as records
from yibao.filings import views

app_name = "filings"
urlpatterns = [
    *views.wizard.urls(),
    path("record/change/", records.change, name="change"),
    path("record/renew/", records.renew, name="renew"),
    path("record/cancel/", records.cancel, name="cancel"),
    path("record/cancelled/", records.cancelled, name="cancelled"),
    path("record/cancel.pdf", records.cancel_form, name="cancel_form"),
    path("record/papers/", records.papers, name="papers"),
    path("record/papers/<str:name>/", records.paper_file, name="paper"),
    path(
        "record/papers/<str:name>/preview/",
        records.paper_file,
        {"preview": True},
        name="paper_preview",
    ),
    path("record/answered/", records.answered, name="answered"),
    path("record/calendar.ics", records.calendar, name="record_calendar"),
]
