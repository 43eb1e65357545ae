"""Amounts of money as official papers write them."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"  # not shown
_PLACES = ("", "拾", "佰", "仟")  # not shown
_GROUPS = ("", "万", "亿")  # not shown
_ZERO = _DIGITS[0]


def yuan(fen: int) -> str:
    """Return fen as yuan with separators and two decimals.

    >>> yuan(123456789), yuan(-5)
    ('1,234,567.89', '-0.05')
    """
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def capital_yuan(fen: int) -> str:
    """Return fen in capital figures (支付结算办法, annex 1).

    Raises ValueError: negative, or a trillion yuan and more.

    >>> capital_yuan(1_005_030), capital_yuan(140_950), capital_yuan(0)
    ('壹万零伍拾元叁角整', '壹仟肆佰零玖元伍角整', '零元整')
    """
    if not 0 <= fen < 10**14:
        raise ValueError(fen)
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_whole(whole)}元" if whole else ""  # not shown
    if jiao:
        words += f"{_DIGITS[jiao]}角"  # not shown
    elif rest and whole:
        words += _ZERO
    if rest:
        return f"{words}{_DIGITS[rest]}分"  # not shown
    return f"{words or '零元'}整"  # not shown


def _whole(number: int) -> str:
    words = ""
    has_gap = False
    for group in range(len(_GROUPS) - 1, -1, -1):
        four = number // 10 ** (4 * group) % 10_000
        if not four:
            has_gap = bool(words)
            continue
        if words and (has_gap or four < 1000):
            words += _ZERO
        words += _four(four) + _GROUPS[group]
        has_gap = False
    return words


def _four(number: int) -> str:
    words = ""
    has_gap = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            has_gap = bool(words)
            continue
        words += (_ZERO if has_gap else "") + _DIGITS[digit] + _PLACES[place]
        has_gap = False
    return words
