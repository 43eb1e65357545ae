"""Payments in the panel: order, note what the bank did, export the orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.cases.operations.reveal import Why, reveal_person
from yibao.cases.personal import PersonalData
from yibao.cases.printing.claims import PaymentLine, PaymentSheet, payment_sheet
from yibao.cases.printing.document import Issue, in_chinese
from yibao.cases.queries import Erased
from yibao.claims.admin.shared import number_of, user_of
from yibao.claims.desk_forms import FailedForm, PaidForm
from yibao.claims.models import Claim, PaymentEntry
from yibao.claims.operations import payments
from yibao.claims.payment_words import payment_words
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.queries.money import balance_of, open_orders
from yibao.claims.vocabulary import Failure, PaymentKind
from yibao.core.spreadsheets import csv_lines, write_xlsx
from yibao.core.templatetags.figures import machine_yuan, yuan
from yibao.regions import queries as regions

if TYPE_CHECKING:
    from yibao.cases.admin.desk import CaseDesk as _Base
else:
    _Base = object

type Order = tuple[PaymentEntry, PersonalData]
"""An order that the bank has not answered, and to whom it goes."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXPORTS = ("xlsx", "csv", "pdf")
_UNPROCESSABLE = 422


class MoneyPages(_Base):
    """Pages of the desk about money; each act needs the right to pay."""

    def money_urls(self) -> list[URLPattern]:
        return [
            self.page("payments/", require_safe(self.payments), "payments"),
            self.page("payments/export/<slug:kind>/", require_POST(self.export), "export"),
            self.page("<int:pk>/order/", require_POST(self.order), "order"),
            self.page(
                "<int:pk>/order/<int:order>/<slug:what>/", require_POST(self.note), "order_note"
            ),
        ]

    def money_context(self, request: HttpRequest, claim: Claim) -> dict[str, Any]:
        """Return what the case page shows of the claim's money."""
        balance = balance_of(latest_decision(claim), claim.payments.select_related("by"))
        today = timezone.localdate()
        return {
            "balance": balance,
            "money": [
                (_("决定支付"), yuan(balance.decided_fen)),
                (_("已通知付款"), yuan(balance.ordered_fen)),
                (_("已付"), yuan(balance.paid_fen)),
                (_("还要通知"), yuan(balance.due_fen)),
            ],
            "orders": [
                (order, yuan(order.entry.amount_fen), self._notes(claim.pk, order.entry.pk))
                for order in balance.orders
            ],
            "payment_words": payment_words(claim) if balance.decided_fen else "",
            "may_pay": self._may_pay(request),
            "may_order": self._may_pay(request)
            and claim.case.state in ("decided", "payment_failed")
            and (balance.due_fen != 0 or balance.ordered_fen != 0),
            "paid_form": PaidForm(today=today),
            "failed_form": FailedForm(today=today, prefix="failed"),
        }

    def payments(self, request: HttpRequest) -> HttpResponse:
        """List the orders that the bank has not answered."""
        self._require(request)
        rows = open_orders(user_of(request).region_codes)
        total = sum(row.amount_fen for row in rows)
        context = {
            "title": _("付款"),
            "rows": [(row, yuan(row.amount_fen), row.claim.case) for row in rows],
            "total": yuan(total),
            "exports": [(kind, self.address("export", kind)) for kind in _EXPORTS],
        }
        return self.render(request, "admin/claims/claim/payments.html", context)

    def export(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Give out the open orders with their accounts; each person's view is on record."""
        self._require(request)
        if not request.user.has_perm("claims.export_paymententry"):
            raise PermissionDenied
        if kind not in _EXPORTS:
            raise Http404
        header = (_("编号"), _("决定"), _("户名"), _("开户银行"), _("账号"), _("金额（元）"))
        orders = list(self._orders(request))
        name = f"payments-{timezone.localdate().isoformat()}.{kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
        }
        if kind == "pdf":
            sheet = self._sheet(request, orders)
            return HttpResponse(sheet, content_type="application/pdf", headers=headers)
        rows = [_cells(row, person) for row, person in orders]
        if kind == "csv":
            content = "".join(csv_lines(header, rows))
            return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            write_xlsx(path, header, rows)
            return HttpResponse(path.read_bytes(), content_type=_XLSX, headers=headers)

    def order(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Order what is due."""
        self.case_of(request, pk)
        self._require(request)
        try:
            self.attempt(
                request,
                lambda: payments.order_payment(
                    pk,
                    version=number_of(request.POST.get("version", "")),
                    by=user_of(request),
                    at=timezone.now(),
                ),
                _("已记下付款通知。"),
            )
        except payments.NothingDue:
            self.message_user(request, _("没有要付的钱。"), messages.ERROR)
        return HttpResponseRedirect(f"{self.address('change', pk)}#money")

    def note(self, request: HttpRequest, pk: int, order: int, what: str) -> HttpResponse:
        """Write down what the bank did with one order, or take it back."""
        case = self.case_of(request, pk)
        self._require(request)
        row = get_object_or_404(PaymentEntry, pk=order, claim=pk, kind=PaymentKind.ORDERED)
        acts = {"paid": self._paid, "failed": self._failed, "reversed": self._reversed}
        if what not in acts:
            raise Http404
        try:
            problem = acts[what](request, row)
        except payments.AlreadyNoted as noted:
            words = _("这一笔已经记为“%(what)s”，没有重复记。") % {"what": noted.as_what.label}
            self.message_user(request, words, messages.ERROR)
        else:
            if isinstance(problem, PaidForm):
                typed: dict[str, Any] = {f"{what}_form": problem}
                return self.show(request, case, status=_UNPROCESSABLE, **typed)
        return HttpResponseRedirect(f"{self.address('change', pk)}#money")

    # --- parts ---------------------------------------------------------------------------

    def _paid(self, request: HttpRequest, row: PaymentEntry) -> PaidForm | None:
        form = PaidForm(request.POST, today=timezone.localdate())
        if not form.is_valid():
            return form
        on = form.cleaned_data["on"]
        payments.mark_paid(row.pk, on=on, by=user_of(request), at=timezone.now())
        self.message_user(request, _("已记为付款成功。"), messages.SUCCESS)
        return None

    def _failed(self, request: HttpRequest, row: PaymentEntry) -> PaidForm | None:
        form = FailedForm(request.POST, today=timezone.localdate(), prefix="failed")
        if not form.is_valid():
            return form
        payments.mark_failed(
            row.pk,
            failure=Failure(form.cleaned_data["failure"]),
            note=form.cleaned_data["note"],
            on=form.cleaned_data["on"],
            by=user_of(request),
            at=timezone.now(),
        )
        self.message_user(request, _("已记为付款未成功，申请人会看到原因和怎么办。"))
        return None

    def _reversed(self, request: HttpRequest, row: PaymentEntry) -> None:
        note = request.POST.get("note", "").strip()
        if not note:
            self.message_user(request, _("撤销的，请写明原因。"), messages.ERROR)
            return
        payments.reverse_order(row.pk, note=note, by=user_of(request), at=timezone.now())
        self.message_user(request, _("已撤销这一笔。"), messages.SUCCESS)

    def _notes(self, pk: int, order: int) -> dict[str, str]:
        return {
            what: self.address("order_note", pk, order, what)
            for what in ("paid", "failed", "reversed")
        }

    def _may_pay(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("claims.pay_claim")

    def _require(self, request: HttpRequest) -> None:
        if not self._may_pay(request):
            raise PermissionDenied

    def _sheet(self, request: HttpRequest, orders: Sequence[Order]) -> bytes:
        """Return the orders as a sheet to sign."""
        user, now = user_of(request), timezone.localtime()
        number = f"{now:%Y%m%d-%H%M%S}"
        codes = sorted({row.claim.case.region_code for row, _person in orders})
        with in_chinese():
            return payment_sheet(
                PaymentSheet(
                    issue=Issue(
                        reference=number,
                        status_address=request.build_absolute_uri("/status/"),
                        made_on=timezone.localdate(now),
                        operator=settings.OPERATOR,
                    ),
                    number=number,
                    bureau=_("、").join(str(regions.get_region(code).full_name) for code in codes),
                    lines=[
                        PaymentLine(
                            reference=row.claim.case.shown_reference,
                            payee=person.account_holder,
                            bank=person.bank_name,
                            account=person.bank_account,
                            amount_fen=row.amount_fen,
                        )
                        for row, person in orders
                    ],
                    prepared_by=user.get_full_name() or user.get_username(),
                    confirmed_by="",
                )
            )

    def _orders(self, request: HttpRequest) -> Iterator[Order]:
        user, at = user_of(request), timezone.now()
        for row in open_orders(user.region_codes):
            with suppress(Erased):
                yield row, reveal_person(row.claim.case, why=Why.PAY, by=user, at=at)


def _cells(row: PaymentEntry, person: PersonalData) -> tuple[str, ...]:
    return (
        row.claim.case.shown_reference,
        str(row.decision.number),
        person.account_holder,
        person.bank_name,
        person.bank_account,
        machine_yuan(row.amount_fen),
    )
