import pytest

from yibao.claims.operations import submission


@pytest.fixture(autouse=True)
def rules_in_memory(shipped: None) -> None:
    """The shipped rules; claims are decided by the day of care, whatever today is."""


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim is in the random sample."""
    monkeypatch.setattr(submission, "is_sampled", lambda reference: True)
