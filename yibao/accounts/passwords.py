"""Refuse passwords that are long and yet first guesses in China."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_LEFT = 6
"""So many signs must be left when everything guessable is taken out."""

# Words of the site and its field, names and phrases in pinyin that lead lists of leaked
# passwords, and their English kin. Longest first, so that `woaini` goes before `ai`.
_TEXT = """
yibao yiliao baozhang baoxian yiyuan shebao canbao beian baoxiao tongchou ylbz ybj ybjadmin
yibaoju yaoju guojia zhongguo china beijing shanghai guangzhou shenzhen tianjin chongqing
jinan qingdao yantai nanjing hangzhou chengdu wuhan xian zhengzhou hefei fuzhou nanchang
changsha kunming guiyang lanzhou xining yinchuan wulumuqi shenyang changchun haerbin
taiyuan shijiazhuang huhehaote nanning haikou lasa shandong jiangsu zhejiang guangdong
woaini woaiwo wodemima mima nihao aini ilove iloveyou love baobei laopo laogong mama baba
shengri kuaile xiexie gongzuo renyuan guanli guanliyuan yonghu denglu xitong ceshi test
wang zhang liu chen yang zhao huang zhou admin administrator root user guest login passwd
password passw0rd p@ssw0rd p@ssword welcome letmein qwertyuiop qwerty asdfghjkl asdfgh
zxcvbnm zxcvbn qazwsx qazwsxedc 1qaz2wsx 3edc abcdefg abcdef abcd abc aaa
12393 12345 5201314 1314520 1314 520 888 666 168 888888 666666 147258369 123321 123
"""
_WORDS = sorted(_TEXT.split(), key=len, reverse=True)
_GUESSABLE = re.compile("|".join(map(re.escape, _WORDS)))
_DAY = re.compile(r"(19|20)\d\d(0?[1-9]|1[0-2])?(0?[1-9]|[12]\d|3[01])?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_NUMBER = re.compile(r"\d+")
_SAME = re.compile(r"(.)\1+")


def left_over(password: str) -> str:
    """Return what is left when words, days, numbers, repeats and decoration are taken out.

    >>> left_over("Yibao@20261231")
    ''
    """
    text = password.casefold()
    for pattern in (_MOBILE, _DAY, _GUESSABLE, _NUMBER):
        text = pattern.sub("", text)
    text = _SAME.sub(r"\1", text)
    return "".join(sign for sign in text if sign.isalnum())


class GuessableValidator:
    """Refuses what is made up of such words, days and numbers alone (ASVS 6.2.4, 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(left_over(password)) < LEAST_LEFT:
            raise ValidationError(
                _("这个密码容易被猜到：不要只用拼音、常用词、日期、电话和连号拼成。"),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("不要只用拼音、常用词、日期、电话和连号拼成；用几个不相干的词更好记。")
