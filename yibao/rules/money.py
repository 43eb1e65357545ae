"""Money and ratios as integers; the only rounding in the project."""

from typing import NewType

Fen = NewType("Fen", int)
"""Money in fen (分), 1/100 yuan."""

BasisPoints = NewType("BasisPoints", int)
"""A ratio in 1/10,000: 8500 is 85 %."""

FULL = BasisPoints(10_000)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide two integers and round half away from zero.

    Refunds are negative and must mirror the charge they undo, so the sign is
    taken out first.

    >>> divide_half_up(365, 10), divide_half_up(-365, 10)
    (37, -37)
    """
    quotient, remainder = divmod(abs(numerator), denominator)
    rounded = quotient + (2 * remainder >= denominator)
    return rounded if numerator >= 0 else -rounded


def apply_ratio(amount_fen: int, ratio_bp: int) -> Fen:
    """Return `amount × ratio`, rounded half up to the fen.

    Units: fen, basis points → fen. Half up is the ruling of decisions.md 6.

    >>> apply_ratio(730, 500), apply_ratio(-730, 500)
    (37, -37)
    """
    product = amount_fen * ratio_bp  # divide_half_up written out: called for every band
    return Fen((product + 5_000) // 10_000 if product >= 0 else -((5_000 - product) // 10_000))


def multiply_ratios(left_bp: int, right_bp: int) -> BasisPoints:
    """Return the product of two ratios, kept at four decimals (half up).

    >>> multiply_ratios(8500, 8000)
    6800
    """
    return BasisPoints(divide_half_up(left_bp * right_bp, 10_000))


def ratio_of(part_fen: int, whole_fen: int) -> BasisPoints:
    """Return part ÷ whole in basis points (half up); 0 when the whole is 0."""
    return BasisPoints(divide_half_up(part_fen * 10_000, whole_fen) if whole_fen else 0)
