"""Walk through the claim wizard as a browser without a script does."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.filings.walking import NOTICE, PERSON, picture

VISIT = {
    "insured": "360100",
    "insurance": "resident",
    "group": "adult",
    "reason": "unfiled",
    "institution_name": "某医院",
    "care": "310000",
    "level": "tertiary",
    "care_type": "inpatient",
    "admitted_on": "2026-11-20",
    "discharged_on": "2026-11-28",
    "filing": "other_temporary",
    "trauma": "no",
}
BILL = {"total": "45,000", "invoice_1": "NO-20261128-001"}
ACCOUNT = {
    "bank_name": "某银行某支行",
    "bank_account": "6222 0000 0000 0000 000",
    "account_holder": "测试甲",
    "phone": "13900000000",
    "notify": "none",
}


def documents() -> dict[str, Any]:
    """Every paper that the rules may ask for; the form takes those that it knows."""
    slugs = ("identity", "receipt", "itemised_list", "diagnosis", "discharge_summary",
             "medical_record", "emergency_diagnosis", "prescription")  # fmt: skip
    return {f"material_{slug}": picture() for slug in slugs}


class ClaimWalker:
    """One browser in the wizard; `folder` is where its draft lies."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.folder = ""

    def start(self, query: str = "") -> HttpResponse:
        response = self.client.post(f"/claims/new/{query}", NOTICE)
        found = re.match(r"/claims/draft/[^/]+/", response.headers["Location"])
        assert found
        self.folder = found[0]
        return response

    def get(self, step: str) -> HttpResponse:
        return self.client.get(f"{self.folder}{step}/")

    def post(self, step: str, data: dict[str, Any]) -> HttpResponse:
        return self.client.post(f"{self.folder}{step}/", data)

    def until(self, step: str, **changes: dict[str, Any]) -> None:
        """Answer all steps before one; `changes` by step replace answers of it."""
        answers: dict[str, Any] = {
            "person": PERSON, "visit": VISIT, "bill": BILL, "documents": documents,
            "account": ACCOUNT,
        }  # fmt: skip
        if not self.folder:
            self.start()
        for slug, given in answers.items():
            if slug == step:
                return
            data = given() if callable(given) else given
            response = self.post(slug, {**data, **changes.get(slug, {})})
            assert response.status_code == 302, response.content.decode()

    def claim(self, **changes: dict[str, Any]) -> HttpResponse:
        """Go all the way and return the last page."""
        self.until("confirm", **changes)
        response = self.post("confirm", {"findings_known": "on"})
        assert response.status_code == 302, response.content.decode()
        return self.client.get(response.headers["Location"])
