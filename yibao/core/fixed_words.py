"""`{% translate %}` and `{% blocktranslate %}`, looked up once per process and language.

A page has dozens of fixed words, and looking them up costs more than printing them.
`CoreConfig` puts these in the place of Django's tags; templates load `i18n` as ever.
"""

from django.template import Context, Node
from django.template.base import Parser, Token, render_value_in_context
from django.templatetags import i18n
from django.utils.translation import gettext

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


class FilledWords(Node):
    """A sentence with variables: the sentence stays the same in each language."""

    def __init__(self, block: i18n.BlockTranslateNode) -> None:
        self.block = block
        self.message, self.names = block.render_token_list(block.singular)
        self._texts: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = spoken()
        text = self._texts.get(language)
        if text is None:
            text = self._texts[language] = gettext(self.message)
        given = self.block.extra_context
        try:
            return text % {
                name: render_value_in_context(
                    given[name].resolve(context) if name in given else context[name], context
                )
                for name in self.names
            }
        except (KeyError, ValueError):  # a variable is missing, or a translation is malformed
            return self.block.render(context)


def blocktranslate(parser: Parser, token: Token) -> Node:
    """Compile Django's tag, and keep its sentence where there is only one."""
    node = i18n.do_block_translate(parser, token)
    is_one = not node.countervar and not node.message_context and not node.asvar
    return FilledWords(node) if is_one else node


def install() -> None:
    """Take the place of Django's tags."""
    for name in ("translate", "trans"):
        i18n.register.tag(name, translate)
    for name in ("blocktranslate", "blocktrans"):
        i18n.register.tag(name, blocktranslate)
