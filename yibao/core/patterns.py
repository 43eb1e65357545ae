"""Templates that hold nothing but words and blanks, read once per language and filled in by code.

A result has dozens of parts, and a template rendered for each costs more than working the
result out (decision 0023). A pattern keeps markup and words in a template; whether and how
often a part stands on a page is for the code that fills it in.
"""

import html
import re
from functools import lru_cache

from django.template.defaulttags import ForNode, IfNode
from django.template.loader import get_template
from django.utils.safestring import SafeString

from yibao.core.language import spoken

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Signs of no script: no template and no catalogue holds them."""
_BLANK = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


_SHORT = 200


def escaped(text: str) -> str:
    """Return text fit for an element or a quoted attribute; pages say mostly the same again.

    Short texts are kept: long ones are addresses that somebody typed, and come once.
    """
    return _kept(text) if len(text) <= _SHORT else html.escape(text)


_kept = lru_cache(maxsize=8192)(html.escape)


class Pattern:
    """A template, or a partial of one, whose variables are all among `blanks`.

    What is filled in is escaped, unless it is marked safe.
    """

    def __init__(self, template: str, *blanks: str) -> None:
        self.template = template
        self.blanks = blanks
        self._texts: dict[str, str] = {}

    def __call__(self, **values: object) -> SafeString:
        """Return the text with each blank filled in. Raises KeyError for one that is not."""
        text = self._texts.get(spoken())
        if text is None:
            text = self._texts[spoken()] = self._read()
        return SafeString(
            text
            % {
                name: value if type(value) is SafeString else escaped(str(value))
                for name, value in values.items()
            }
        )

    def _read(self) -> str:
        """Return the template's text in this language, ready for the operator `%`.

        Raises ValueError for a template that decides or repeats, or has other blanks.
        """
        template = get_template(self.template)
        if template.template.nodelist.get_nodes_by_type((IfNode, ForNode)):  # type: ignore[attr-defined]
            raise ValueError(f"{self.template} decides or repeats: it is no pattern")
        text = template.render({name: SafeString(_OPEN + name + _CLOSE) for name in self.blanks})
        if set(_BLANK.findall(text)) != set(self.blanks):
            raise ValueError(f"{self.template} does not have the blanks {self.blanks}")
        return _BLANK.sub(r"%(\1)s", text.replace("%", "%%"))
