"""The compiled catalogues say what their sources say: a bare machine has no msgfmt."""

import ast
import gettext
import re

import pytest
from django.utils.translation import gettext as translated

from tests.architecture.code import PACKAGE

LOCALE = PACKAGE / "locale"
ENTRY = re.compile(
    r'^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?msgstr(?:\[0\])? ((?:".*"\n?)+)', re.M
)
CATALOGUES = [("zh_Hans", "django"), ("zh_Hans", "djangojs"), ("en", "django")]


def _joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.strip().splitlines())


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_compiled_catalogue_is_up_to_date(language, domain):
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    source = (folder / f"{domain}.po").read_text()

    entries = [tuple(map(_joined, entry)) for entry in ENTRY.findall(source)]

    assert len(entries) == source.count("msgid ")
    for singular, plural, translation in entries[1:]:
        said = compiled.ngettext(singular, plural, 1) if plural else compiled.gettext(singular)
        assert said == translation


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("- Select an option -", "请选择"), ("Logout", "退出"), ("Save", "保存")],
)
def test_the_site_speaks_chinese_where_django_is_silent(english, chinese):
    assert translated(english) == chinese
