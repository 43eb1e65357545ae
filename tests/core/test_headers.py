"""What every answer says to the browser."""

import pytest
from django.test import Client

PATHS = ("/healthz", "/nowhere/", "/admin/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_answers_carry_the_strict_policy(client, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_a_missing_page_says_so_without_a_session(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert not response.cookies
    assert not response.wsgi_request.session.accessed


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})

    assert response.status_code == 403


@pytest.mark.django_db
def test_a_wrong_host_is_refused(client):
    assert client.get("/admin/login/", headers={"Host": "evil.example"}).status_code == 400


def test_an_unexpected_error_shows_a_page_and_no_detail(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("yibao.core.probes.client_address", broken)
    client.raise_request_exception = False

    response = client.get("/metrics")

    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "<h1" in response.content.decode()
