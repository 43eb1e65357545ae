import pytest

from yibao.claims.operations import submission


@pytest.fixture(autouse=True)
def rules_in_memory(shipped: None) -> None:
    """The shipped rules; claims are decided by the day of care, whatever today is."""


@pytest.fixture(autouse=True)
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """No claim is in the random sample but where a test says so."""
    monkeypatch.setattr(submission, "is_sampled", lambda reference: False)


@pytest.fixture
def sampled(no_chance: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim is in the random sample."""
    monkeypatch.setattr(submission, "is_sampled", lambda reference: True)
