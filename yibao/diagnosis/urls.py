from django.urls import path

from yibao.diagnosis import views

app_name = "diagnosis"
urlpatterns = [
    path("diagnose/", views.diagnose, name="diagnose"),
    path("diagnose/note/", views.note, name="note"),
    path("emergency/", views.emergency, name="emergency"),
]
