"""Bands over columns of money: rounded half up once per band, as `calculation` does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yibao.rules.bulk.columns import Column, Mask
from yibao.rules.money import apply_ratio

_SCALE = np.uint64(10_000)


class Step(NamedTuple):
    """A band: limits in fen of the money it is measured on, and its ratio in basis points."""

    low: int
    high: int | None
    ratio: int


def rounded(amount: Column, ratio_bp: int) -> Column:
    """Return `amount × ratio`, half up; amounts and ratio are not negative."""
    product = amount * ratio_bp
    product += 5_000
    return _divided(product)


def _divided(product: Column) -> Column:
    """Divide what is not negative by 10,000 in its place: unsigned needs no second look."""
    bits = product.view(np.uint64)
    np.floor_divide(bits, _SCALE, out=bits)
    return product


class Scratch:
    """Columns to work in, kept from block to block: fresh memory costs as much as the sums.

    A column is whoever's who asked last by its name; nothing in it may be relied on later.
    """

    def __init__(self) -> None:
        self._held: dict[str, NDArray[Any]] = {}

    def column(self, name: str, size: int, dtype: type[np.generic]) -> NDArray[Any]:
        """Return `size` places of a column, with whatever stands in them."""
        held = self._held.get(name)
        if held is None or len(held) < size:
            held = self._held[name] = np.empty(size, dtype)
        return held[:size]


@dataclass(frozen=True, slots=True)
class Ladder:
    """What bands pay from one fixed start up to any end, as one straight line per band.

    Up to the k-th limit a bill has filled the bands below, which pay a fixed sum, and a part
    of one band: one product, one division. `slopes` and `offsets` have a line more than
    `limits` has limits.
    """

    limits: tuple[int, ...]
    slopes: Column
    offsets: Column

    @classmethod
    def of(cls, steps: Iterable[Step], start: int) -> Ladder | None:
        """Return the ladder, or None where the bands do not join without gap or overlap from
        the start upwards: then which money they cover must be looked at."""
        limits: list[int] = []
        slopes, offsets = [0], [5_000]
        full, reached = 0, start
        is_open = False
        for step in steps:
            if step.high is not None and step.high <= start:
                continue
            low = max(step.low, start)
            if low != reached or is_open:
                return None
            limits.append(low)
            slopes.append(step.ratio)
            offsets.append(5_000 - low * step.ratio + 10_000 * full)
            if step.high is None:
                is_open = True
            else:
                full += apply_ratio(step.high - low, step.ratio)
                reached = step.high
        if not is_open:
            return None
        return cls(tuple(limits), np.array(slopes, np.int64), np.array(offsets, np.int64))

    def paid(self, end: Column, scratch: Scratch, out: Column | None = None) -> Column:
        """Return what the bands pay up to each end, in `out` where that is given."""
        if len(self.limits) == 1:
            product = np.maximum(end, self.limits[0], out=out)
            product *= self.slopes[1]
            product += self.offsets[1]
            return _divided(product)
        size = len(end)
        place = scratch.column("place", size, np.bool_)
        is_above = scratch.column("is_above", size, np.bool_)
        np.greater(end, self.limits[0], out=place)
        counted = place.view(np.uint8)
        for limit in self.limits[1:]:
            np.greater(end, limit, out=is_above)
            counted += is_above.view(np.uint8)
        line = scratch.column("line", size, np.intp)
        np.copyto(line, counted)
        product = self.slopes.take(line, mode="clip", out=out)
        product *= end
        offset = scratch.column("offset", size, np.int64)
        product += self.offsets.take(line, mode="clip", out=offset)
        return _divided(product)


@dataclass(frozen=True, slots=True)
class Walked:
    """What bands pay of the money between start and end. `over`: money in them that a room
    cut off; `uncovered`: where bands leave out or count twice a part of the money."""

    paid: Column
    over: Column | None
    uncovered: Mask


def walk(
    steps: Iterable[Step],
    start: int | Column,
    end: Column,
    room: int | Column | None = None,
) -> Walked:
    """Walk the bands one by one. With a `room`, they pay no more than it holds, and the money
    of the band that is cut is back-computed (fund ÷ ratio, to the fen; decisions.md 8)."""
    paid, covered = np.zeros_like(end), np.zeros_like(end)
    over = None if room is None else np.zeros_like(end)
    for step in steps:
        high = end if step.high is None else np.minimum(end, step.high)
        amount = np.maximum(high - np.maximum(start, step.low), 0)
        covered += amount
        pay = rounded(amount, step.ratio)
        paid += pay
        if room is None or over is None:
            continue
        is_cut = paid > room
        if is_cut.any():
            pay = pay - (paid - room)
            kept = np.minimum(amount, _back(pay, step.ratio))
            over += np.where(is_cut, amount - kept, 0)
            np.minimum(paid, room, out=paid)
    return Walked(paid, over, covered != np.maximum(end - start, 0))


def _back(pay: Column, ratio: int) -> Column:
    """Return the money of which a ratio is `pay`, half up. Nothing is cut at ratio 0."""
    if ratio == 0:
        return np.zeros_like(pay)
    numerator = np.maximum(pay, 0) * 10_000
    quotient: Column = numerator // ratio
    quotient += 2 * (numerator - quotient * ratio) >= ratio
    return quotient
