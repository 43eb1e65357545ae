"""For whom somebody asks: pages then speak of "您母亲" in place of "您", or of "your mother".

The answer travels in the address as `for`, so that nothing about the family is kept.
"""

import re
from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.core.english_person import about
from yibao.core.language import ENGLISH, spoken

PARAMETER = "for"


class Person(TextChoices):
    """The relatives whom the switch names; nobody named is oneself."""

    MOTHER = "mother", gettext_lazy("母亲")
    FATHER = "father", gettext_lazy("父亲")
    SPOUSE = "spouse", gettext_lazy("爱人")
    CHILD = "child", gettext_lazy("孩子")
    OTHER = "other", gettext_lazy("家人")


_PEOPLE = {person.value: person for person in Person}

# Where "您" is the reader and not the insured person: "您填的", "告诉您", "您或家人".
_OF_THE_PERSON = re.compile(
    "(?<!告诉)(?<!不替)您"  # not shown
    "(?!说|填|没有填|没填|选|指|可以问|可能|或|家|母亲|父亲|爱人|孩子|自己决定)"  # not shown
)


def person_in(answers: Mapping[str, str]) -> Person | None:
    """Return for whom the address asks; None for oneself and for an unknown word."""
    return _PEOPLE.get(answers.get(PARAMETER, ""))


def carried(answers: Mapping[str, str]) -> dict[str, str]:
    """Return what links and forms of a page pass on besides its own answers."""
    person = person_in(answers)
    return {PARAMETER: person.value} if person else {}


def addressed(text: str, person: Person | None) -> str:
    """Return a text as said about the person.

    >>> addressed("您还在等待期，您填的是住院。", Person.MOTHER)
    '您母亲还在等待期，您填的是住院。'
    """
    if person is None:
        return text
    who = _("您%(person)s") % {"person": person.label}
    if spoken() == ENGLISH:
        return about(text, who)
    return _OF_THE_PERSON.sub(who, text)
