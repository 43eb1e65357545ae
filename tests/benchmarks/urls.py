from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def floor(request: HttpRequest) -> HttpResponse:
    """An empty view: what is left is the server, Django and the project's own middleware."""
    return HttpResponse("")


urlpatterns = [path("floor/", floor), path("", include("yibao.config.urls"))]
