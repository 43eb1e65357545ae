from django.urls import path

from yibao.regions import views

app_name = "regions"
urlpatterns = [
    path("", views.region_list, name="region_list"),
    path("suggest", views.suggest, name="suggest"),
]
