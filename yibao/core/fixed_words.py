"""`{% translate "fixed words" %}`, looked up once per process and language.

A page has dozens of fixed words, and looking them up costs more than printing them.
`CoreConfig` puts this in the place of Django's tag; templates load `i18n` as ever.
"""

from django.template import Context, Node
from django.template.base import Parser, Token
from django.templatetags import i18n

from yibao.core.language import spoken


class FixedWords(Node):
    """Words that no variable goes into: they stay the same in each language."""

    def __init__(self, translation: i18n.TranslateNode) -> None:
        self.translation = translation
        self._texts: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = spoken()
        text = self._texts.get(language)
        if text is None:
            text = self._texts[language] = self.translation.render(context)
        return text


def translate(parser: Parser, token: Token) -> Node:
    """Compile Django's tag, and keep its text where that cannot change."""
    node = i18n.do_translate(parser, token)
    words = node.filter_expression
    # A literal is a variable without anything to look up.
    is_literal = words.var.lookups is None and not words.filters
    is_fixed = is_literal and not node.asvar and not node.message_context
    return FixedWords(node) if is_fixed else node


def install() -> None:
    """Take the place of Django's tag."""
    for name in ("translate", "trans"):
        i18n.register.tag(name, translate)
