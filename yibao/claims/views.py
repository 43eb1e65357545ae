"""The pages of a claim for the public."""

from yibao.cases.wizard.receipts import ReceiptViews
from yibao.claims.receipt_views import calendar_file, note_context
from yibao.claims.steps import WIZARD

wizard = ReceiptViews(WIZARD, calendar=calendar_file, note=note_context)
