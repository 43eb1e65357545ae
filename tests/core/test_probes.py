import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import override_settings


def test_healthz_asks_nothing_of_the_database(client):
    # No database mark: a query would fail the test.
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_what_answers(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok", "storage": "ok"}


@pytest.mark.django_db
def test_readyz_says_when_the_database_fails(client, monkeypatch):
    def broken():
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", broken)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "failed"


@pytest.mark.django_db
def test_readyz_says_when_the_cache_fails(client, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError("gone")

    monkeypatch.setattr(type(cache._connections["default"]), "set", broken)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "ok", "cache": "failed", "storage": "ok"}


@pytest.mark.django_db
def test_readyz_says_when_the_storage_fails(client, tmp_path):
    with override_settings(DATA_DIR=tmp_path / "gone"):
        response = client.get("/readyz")

    assert response.json()["storage"] == "failed"


def test_metrics_count_by_view_and_hold_no_address(client):
    client.get("/healthz?insured=370600")

    text = client.get("/metrics").content.decode()

    assert 'yibao_requests_total{status="200",view="core:healthz"}' in text
    assert "370600" not in text


@pytest.mark.parametrize(
    ("address", "forwarded", "behind_proxy", "status"),
    [
        ("127.0.0.1", "", False, 200),
        ("203.0.113.9", "", False, 404),
        # Without a proxy the header is the client's own word.
        ("203.0.113.9", "127.0.0.1", False, 404),
        # Behind one, only the entry that the proxy added counts.
        ("127.0.0.1", "203.0.113.9", True, 404),
        ("127.0.0.1", "127.0.0.1, 203.0.113.9", True, 404),
        ("127.0.0.1", "203.0.113.9, 127.0.0.1", True, 200),
        ("127.0.0.1", "nonsense", True, 404),
    ],
)
def test_metrics_are_there_for_allowed_addresses_only(
    client, address, forwarded, behind_proxy, status
):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    with override_settings(BEHIND_PROXY=behind_proxy):
        response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)

    assert response.status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_read_only(client, path):
    assert client.post(path).status_code == 405
