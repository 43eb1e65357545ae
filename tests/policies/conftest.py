from collections.abc import Iterator

import pytest

from tests.factories.policies import make_document, make_places, make_user, publish
from tests.policies.replays import rows
from yibao.accounts.models import User
from yibao.policies.models import Revision
from yibao.policies.preview.overlay import _kept as PREVIEWED
from yibao.policies.replay.sources import ReplayCase, forget, register


@pytest.fixture(autouse=True)
def no_previews_from_other_tests() -> Iterator[None]:
    yield
    PREVIEWED.clear()


@pytest.fixture
def places(db: None) -> None:
    make_places()
    make_document()


@pytest.fixture
def author(places: None) -> User:
    return make_user("author", is_superuser=True, is_staff=True)


@pytest.fixture
def checker(places: None) -> User:
    return make_user("checker", is_superuser=True, is_staff=True)


@pytest.fixture
def stays_paid(author: User, checker: User) -> Revision:
    """Inpatient care at home is paid at 60 %, by the city; outpatient care by its province."""
    publish(*rows("outpatient"), by=author, other=checker, region="370000")
    return publish(*rows(), by=author, other=checker)


@pytest.fixture
def decided() -> Iterator[list[ReplayCase]]:
    """A source of decided cases, as filings and claims register one."""
    cases: list[ReplayCase] = []
    register("test", "旧案", lambda reach: iter(cases))
    yield cases
    forget("test")
