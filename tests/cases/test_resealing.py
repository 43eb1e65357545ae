"""A new key: everything is sealed anew, found again, and the old key is needed no more."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from yibao.accounts.models import Authenticator, User
from yibao.cases.operations.drafts import read_answers, save_step, start_draft
from yibao.cases.operations.messages import queue_message, read_address
from yibao.cases.operations.resealing import columns, hashed_columns, keys_in_use, reseal
from yibao.cases.personal import lookup_hashes
from yibao.cases.queries import cases_of_person
from yibao.cases.vocabulary import Kind
from yibao.claims.models import YearAccount
from yibao.claims.operations.year import lock_year
from yibao.claims.queries.year import find_accounts
from yibao.filings.models import Commitment

pytestmark = pytest.mark.django_db
OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture
def rows(settings):
    """One sealed text of each kind, under the old key."""
    settings.KEYS = [OLD]
    filing = a_filing(person=a_person(notify="sms"))
    message = queue_message(filing.case, template="accepted", at=SUBMITTED_AT)
    draft = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
    save_step(draft.pk, "person", {"name": "测试甲"}, at=SUBMITTED_AT)
    letter = Commitment(filing=filing, text_version="1", text="承诺", signed_at=SUBMITTED_AT)
    letter.sign("测试甲")
    letter.save()
    user = User.objects.create_user("wang")
    factor = Authenticator.objects.create(
        user=user, sealed_secret=Authenticator.sealed(user, "ABC234"), confirmed_at=SUBMITTED_AT
    )
    return filing.case.person, message, draft, letter, factor


def test_everything_opens_with_the_new_key_alone(rows, settings):
    settings.KEYS = [NEW, OLD]
    changed = dict(reseal())
    settings.KEYS = [NEW]

    person, message, draft, letter, factor = rows
    for row in rows:
        row.refresh_from_db()
    assert person.read().name == "测试甲"
    assert cases_of_person(ID_NUMBER, kind=Kind.FILING).exists()
    assert read_address(message) == "13900000000"
    assert read_answers(draft) == {"person": {"name": "测试甲"}}
    assert letter.signature == "测试甲"
    assert factor.secret.startswith("ABC")
    assert {label for label, count in changed.items() if count == 1} == {
        row._meta.label_lower if row is person else f"{row._meta.label_lower}.{column}"
        for row, column in zip(
            rows,
            ("", "sealed_to", "sealed", "sealed_signature", "sealed_secret"),
            strict=True,
        )
    }
    assert len(keys_in_use()) == 1


def test_it_goes_on_where_it_was_stopped(rows, settings):
    settings.KEYS = [NEW, OLD]
    steps = reseal()
    assert next(steps) == ("cases.person", 1)
    steps.close()

    again = dict(reseal())

    assert again["cases.person"] == 0
    assert set(dict(reseal()).values()) == {0}


def test_cases_are_found_under_either_key_meanwhile(rows, settings):
    settings.KEYS = [NEW, OLD]

    assert cases_of_person(ID_NUMBER, kind=Kind.FILING).count() == 1


def test_a_lost_key_is_said_and_nothing_is_broken(rows, settings):
    settings.KEYS = [NEW]
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("reseal", stdout=StringIO())

    settings.KEYS = [OLD]
    rows[0].refresh_from_db()
    assert rows[0].read().name == "测试甲"


def test_the_command_says_which_keys_are_still_needed(rows, settings):
    settings.KEYS = [NEW, OLD]
    before, after = StringIO(), StringIO()
    call_command("reseal", "--check", stdout=before)
    call_command("reseal", stdout=after)

    assert before.getvalue() == "key 2 of YIBAO_KEYS: 5 texts\n"
    assert after.getvalue().endswith("key 1 of YIBAO_KEYS: 5 texts\n")


# --- keyed hashes -------------------------------------------------------------------------------


@pytest.fixture
def account(rows):
    """The year of the person whose filing `rows` holds, opened under the old key."""
    (account,) = lock_year(ID_NUMBER, year=2026, insurance="employee")
    return account


def _accounts() -> list[int]:
    found = find_accounts(ID_NUMBER, year=2026, insurance="employee")
    return [row.pk for row in found]


def test_the_years_account_is_found_once_the_old_key_is_gone(account, settings):
    settings.KEYS = [NEW, OLD]
    assert dict(reseal())["claims.yearaccount.person_hash"] == 1
    assert dict(reseal())["claims.yearaccount.person_hash"] == 0

    settings.KEYS = [NEW]
    assert _accounts() == [account.pk]


def test_a_person_who_came_after_the_new_key_has_their_account_follow(account, settings):
    settings.KEYS = [NEW, OLD]
    dict(reseal())
    YearAccount.objects.filter(pk=account.pk).update(person_hash=lookup_hashes(ID_NUMBER)[1])

    assert dict(reseal())["claims.yearaccount.person_hash"] == 1


def test_two_accounts_of_one_year_are_not_mixed(account, settings):
    settings.KEYS = [NEW]
    other = YearAccount.objects.create(
        person_hash=lookup_hashes(ID_NUMBER)[0], year=2026, insurance="employee"
    )
    settings.KEYS = [NEW, OLD]

    assert dict(reseal())["claims.yearaccount.person_hash"] == 0
    assert _accounts() == [account.pk, other.pk]


def test_no_hash_of_a_person_is_forgotten():
    named = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name == "person_hash"
    }

    assert named == {column.label for column in hashed_columns()}


def test_no_sealed_column_is_forgotten():
    """Every column that is named as sealed is registered; files have their own way."""
    named = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.startswith("sealed")
    }

    assert named == {column.label for column in columns()} | {"cases.person.sealed"}
