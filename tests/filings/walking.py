"""Walk through the wizard as a browser without a script does."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.cases.uploads.files import photo

RESIDENT = "11010519491231002X"  # the example of GB 11643-1999, appendix B
# No division has this code, so nobody has these numbers.
HELPER = "999999197001010017"
CHILD = "999999201501010012"
OTHER = "999999198002020027"
YOUNG = "999999201206150012"

NOTICE = {"agree_notice": "on", "consent_sensitive": "on"}
PERSON = {"name": "测试甲", "id_type": "resident_id", "id_number": RESIDENT, "helper": "self"}
PLACES = {
    "insured": "370600",
    "insurance": "employee",
    "care": "510100",
    "category": "long_term_resident",
    "starts_on": "2026-12-01",
}
LETTER = {"commitment": "on", "signature_name": "测试甲"}
CONTACT = {"phone": "13900000000", "address": "成都市某路 1 号", "notify": "none"}


def picture(name: str = "paper.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo(), "image/jpeg")


def materials(**changes: Any) -> dict[str, Any]:
    return {"material_identity": picture(), **LETTER, **changes}


class Walker:
    """One browser in the wizard; `folder` is where its draft lies."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.folder = ""

    def start(self, query: str = "", **changes: Any) -> HttpResponse:
        response = self.client.post(f"/filings/new/{query}", {**NOTICE, **changes})
        if response.status_code == 302:
            found = re.match(r"/filings/draft/[^/]+/", response.headers["Location"])
            assert found
            self.folder = found[0]
        return response

    def get(self, step: str) -> HttpResponse:
        return self.client.get(f"{self.folder}{step}/")

    def post(self, step: str, data: dict[str, Any], query: str = "") -> HttpResponse:
        return self.client.post(f"{self.folder}{step}/{query}", data)

    def until(self, step: str, **changes: dict[str, Any]) -> None:
        """Answer all steps before one; `changes` by step replace answers of it."""
        answers = {
            "person": PERSON,
            "places": PLACES,
            "materials": materials,
            "contact": CONTACT,
        }
        if not self.folder:
            self.start()
        for slug, given in answers.items():
            if slug == step:
                return
            data = given() if callable(given) else given
            response = self.post(slug, {**data, **changes.get(slug, {})})
            assert response.status_code == 302, response.content.decode()

    def file(self, **changes: dict[str, Any]) -> HttpResponse:
        """Go all the way and return the last page."""
        self.until("confirm", **changes)
        response = self.post("confirm", {})
        assert response.status_code == 302, response.content.decode()
        return self.client.get(response.headers["Location"])


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """Return the codes of a page's errors by field."""
    form = response.context["form"]
    return {
        name: [error.code for error in errors] for name, errors in form.errors.as_data().items()
    }
