import pytest
from django.http import HttpResponse
from django_htmx.middleware import HtmxDetails

from yibao.core.htmx import template_for
from yibao.core.middleware import PageHeadersMiddleware

PAGE = "estimates/page.html"


@pytest.fixture
def request_with(rf):
    def build(**headers):
        request = rf.get("/", headers=headers)
        request.htmx = HtmxDetails(request)
        return request

    return build


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, PAGE),
        ({"HX-Request": "true"}, f"{PAGE}#settlement"),
        ({"HX-Request": "true", "HX-Boosted": "true"}, PAGE),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, PAGE),
        ({"HX-Request": "false"}, PAGE),
    ],
)
def test_only_a_plain_htmx_request_gets_the_fragment(request_with, headers, expected):
    assert template_for(request_with(**headers), PAGE, "settlement") == expected


def test_a_page_with_fragments_varies_on_the_headers_that_choose(request_with):
    def view(request):
        template_for(request, PAGE, "settlement")
        return HttpResponse()

    response = PageHeadersMiddleware(view)(request_with())

    assert {"HX-Request", "HX-Boosted", "HX-History-Restore-Request"} <= set(
        response["Vary"].split(", ")
    )


def test_a_page_without_fragments_does_not_vary(request_with):
    response = PageHeadersMiddleware(lambda request: HttpResponse())(request_with())

    assert not response.has_header("Vary")
