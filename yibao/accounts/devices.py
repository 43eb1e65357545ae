"""What a browser says of itself, in the words of whoever looks for a session of their own."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SYSTEMS = (
    ("HarmonyOS", gettext_lazy("鸿蒙设备")),
    ("Android", gettext_lazy("安卓手机")),
    ("iPhone", gettext_lazy("苹果手机")),
    ("iPad", gettext_lazy("苹果平板")),
    ("Windows", gettext_lazy("Windows 电脑")),
    ("Macintosh", gettext_lazy("苹果电脑")),
    ("Linux", gettext_lazy("Linux 电脑")),
)
_BROWSERS = (
    ("MicroMessenger", gettext_lazy("微信")),
    ("Edg", gettext_lazy("Edge 浏览器")),
    ("Firefox", gettext_lazy("火狐浏览器")),
    ("Chrome", gettext_lazy("Chrome 浏览器")),
    ("Safari", gettext_lazy("Safari 浏览器")),
)
"""In the order in which they decide: each also names those below it."""


def device_words(agent: str) -> str:
    """Say which device and browser a `User-Agent` names, as far as it is one of the usual.

    >>> device_words("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0")
    'Windows 电脑，Edge 浏览器'
    >>> device_words("curl/8.5")
    '不认识的设备'
    """
    found = [
        str(words)
        for kinds in (_SYSTEMS, _BROWSERS)
        for words in [next((words for sign, words in kinds if sign in agent), "")]
        if words
    ]
    return "，".join(found) or _("不认识的设备")
