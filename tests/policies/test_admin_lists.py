"""Each table of provisions as a list: searched and read, never changed."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.policies import make_draft, publish
from yibao.accounts.models import User
from yibao.policies.models import MODEL_OF


@pytest.mark.parametrize("table", MODEL_OF)
def test_each_table_can_be_searched_and_read_but_not_changed(
    table: str, author: User, checker: User
) -> None:
    publish(
        make_draft("payment_band", ratio_bp=8500, quote="三级医院八成五"),
        make_draft("away_adjustment", mechanism="none"),
        by=author,
        other=checker,
    )
    client = Client()
    client.force_login(author)
    name = MODEL_OF[table]._meta.model_name

    page = client.get(reverse(f"admin:policies_{name}_changelist"), {"q": "八成五"})

    assert page.status_code == 200
    assert page.context["cl"].result_count == (1 if table == "payment_band" else 0)
    assert client.get(reverse(f"admin:policies_{name}_add")).status_code == 403
    for row in MODEL_OF[table]._default_manager.all():
        detail = client.get(reverse(f"admin:policies_{name}_change", args=[row.pk]))
        assert detail.status_code == 200
        assert 'name="_save"' not in detail.text
