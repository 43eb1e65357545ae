from django.urls import path

from yibao.estimates import views

app_name = "estimates"
urlpatterns = [
    path("", views.estimate, name="estimate"),
    path("compare/", views.compare, name="compare"),
    path("bill/", views.bill, name="bill"),
]
