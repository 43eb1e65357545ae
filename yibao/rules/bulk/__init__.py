"""The settlement of many bills at once: the arithmetic of `calculation` on whole columns.

A policy replay settles the same kinds of case again and again with other amounts. Everything
but the amounts is read once per kind (`ways_of`), as for a single bill; the amounts are worked
out column by column in whole numbers, to the same fen. Only this package needs numpy.
"""

from yibao.rules.bulk.columns import COMPUTED, NOT_INCLUDED, UNKNOWN, Amounts, Column, Sheets
from yibao.rules.bulk.settling import settle_all

__all__ = ["COMPUTED", "NOT_INCLUDED", "UNKNOWN", "Amounts", "Column", "Sheets", "settle_all"]
