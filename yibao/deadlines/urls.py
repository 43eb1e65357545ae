from django.urls import path

from yibao.deadlines import views

app_name = "deadlines"
urlpatterns = [
    path("", views.deadlines, name="deadlines"),
    path("calendar.ics", views.calendar_file, name="calendar"),
]
