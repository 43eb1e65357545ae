"""Every component of the page kit on one page, for the eye and for axe (its own URLconf)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from yibao.core.bill_bar import bill_bar, bill_bar_html
from yibao.core.footnotes import Footnotes
from yibao.core.forms import (
    BaseForm,
    ChoiceField,
    IsoDateField,
    RegionField,
    WholeNumberField,
    YuanField,
)
from yibao.rules.citation import Citation
from yibao.rules.terms import EffectiveBasis, Standing

TODAY = date(2026, 12, 1)
YANTAI = SimpleNamespace(code="370600", full_name="山东省烟台市")
CHAOYANG = SimpleNamespace(
    candidates=(
        SimpleNamespace(code="110105", full_name="北京市朝阳区"),
        SimpleNamespace(code="211300", full_name="辽宁省朝阳市"),
    )
)


def find(text: str) -> Any:
    """Know two names."""
    return {"烟台": YANTAI, "370600": YANTAI, "山东省烟台市 370600": YANTAI, "朝阳": CHAOYANG}.get(
        text
    )


class GalleryForm(BaseForm):
    insured = RegionField(find=find, label="参保地", help_text="医保交在哪里")
    insurance = ChoiceField(
        label="医保类型",
        choices=[("employee", "职工医保"), ("resident", "居民医保"), ("unknown", "不清楚")],
        choice_hints={"resident": "含学生、儿童和老人"},
    )
    stage = ChoiceField(
        label="现在到哪一步",
        choices=[("planning", "还没去"), ("admitted", "住院中")],
        is_inline=True,
    )
    level = ChoiceField(
        label="医院级别", choices=[("tertiary", "三级"), ("primary", "一级")], widget=forms.Select
    )
    total = YuanField(label="总费用", help_text="医院收的全部费用")
    age = WholeNumberField(label="年龄", low=0, high=130, unit="岁", required=False)
    on = IsoDateField(label="看病的日期", required=False)
    agree = forms.BooleanField(label="我已看过说明", required=False)
    services = forms.MultipleChoiceField(
        label="要看什么",
        choices=[("a", "住院"), ("b", "门诊")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="补充说明", widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].today = TODAY  # type: ignore[attr-defined]


def citation(id_: str, standing: Standing, **changes: Any) -> Citation:
    """Build a source; only what a test names matters to it."""
    values: dict[str, Any] = {
        "id": id_,
        "document_id": "s-sample",
        "title": "烟台市职工基本医疗保险实施办法",
        "number": "烟政发〔2024〕1号",
        "issuer": "烟台市人民政府",
        "article": "第十七条",
        "quote": "在一个年度内,首次住院起付标准为……",
        "published_on": date(2024, 1, 2),
        "effective_from": date(2024, 2, 1),
        "effective_to": None,
        "basis": EffectiveBasis.STATED,
        "checked_on": date(2026, 11, 1),
        "standing": standing,
    }
    return Citation(**{**values, **changes})


PAGE = Template("""{% extends "base.html" %}{% load figures page %}
{% block title %}组件{% endblock %}{% block page %}core:gallery{% endblock %}
{% block scripts %}{% frame_part "scripts" %}{% endblock %}
{% block content %}{% include "components/breadcrumb.html" with crumbs=crumbs only %}
<h1>组件</h1>
{% include "components/error_summary.html" with form=form only %}
<section class="answer" id="settlement"><h2>医保付大约</h2>
<p class="answer-money">{% figure "fund_total" 1234567 cite="c1" %}</p>
<p>占总费用的 {% figure "effective_ratio" 6750 kind="ratio" cite=both %},
需备案 {% figure "validity_months" 6 kind="count" unit="个月" cite="c2" %},
大病保险 {% figure "critical_illness" None %}</p></section>
{{ bar }}
{% include "components/steps.html" with steps=steps caption="怎样算出来" footnotes=footnotes only %}
{% include "components/alert.html" with kind="info" title="提示" text="备案后可以直接结算。" only %}
{% include "components/alert.html" with kind="warning" text="有一条依据待核实。" only %}
{% include "components/alert.html" with kind="danger" text="出院以前要办好备案。" only %}
{% include "components/alert.html" with kind="success" text="现有备案可用。" only %}
{% include "components/unknown.html" with title="不清楚的规定" gaps=gaps phone="12393" only %}
{% include "components/assumptions.html" with assumptions=assumptions only %}
{% include "components/summary_list.html" with rows=rows only %}
<form action="/gallery/" method="get" novalidate>{% for bound in form %}{% field bound %}{% endfor %}
<div class="actions"><button class="button">算一算</button>
<a class="button button-quiet" href="/">取消</a></div></form>
{% include "components/pager.html" with previous="/gallery/?page=1" next="/gallery/?page=3" position="第 2 页" only %}
{% include "components/citations.html" with footnotes=footnotes only %}
{% include "components/toolbar.html" with address="https://example.org/gallery/" only %}
{% endblock %}""")  # noqa: E501


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components; any parameter in the address fills in the form."""
    form = GalleryForm(request.GET or None)
    footnotes = Footnotes(
        [
            citation("c1", Standing.OFFICIAL),
            citation("c2", Standing.SECONDARY, basis=EffectiveBasis.PUBLISHED),
            citation("c3", Standing.UNVERIFIED, basis=EffectiveBasis.OBSERVED, stale=True),
            citation("c4", Standing.DISPUTED, effective_to=date(2027, 1, 1)),
        ]
    )
    step = SimpleNamespace
    context = {
        "form": form,
        "footnotes": footnotes,
        "both": ["c3", "c4"],
        "crumbs": [("首页", "/"), ("算报销", "/estimate/")],
        "bar": bill_bar_html(
            bill_bar(
                [
                    ("统筹基金", 1_034_567),
                    ("大病保险", 200_000),
                    ("个人账户", 90_000),
                    ("自己付现金", 504_433),
                ]
            ),
            "谁付多少",
        ),
        "steps": [
            step(
                code="total", label="总费用", working="", amount_fen=1_829_000,
                citations=(), is_sum=False,
            ),
            step(
                code="deductible", label="起付线", working="首次住院 800 元,今年已付 0 元",
                amount_fen=80_000, citations=("c1",), is_sum=False,
            ),
            step(
                code="band", label="统筹基金支付", working="(16,000.00 − 800.00)× 85%",
                amount_fen=1_034_567, citations=("c1", "c2"), is_sum=False,
            ),
            step(
                code="fund_total", label="基金合计", working="", amount_fen=1_234_567,
                citations=(), is_sum=True,
            ),
        ],
        "gaps": [
            step(what="没有公布临时外出的降低幅度", missing="away_adjustment", ask="烟台市医保局"),
        ],
        "assumptions": ["今年第一次住院", "起付线还没付过"],
        "rows": [("参保地", "山东省烟台市"), ("就医地", "四川省成都市"), ("备案", "异地长期居住")],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return HttpResponse(PAGE.render(RequestContext(request, context)), status=status)


urlpatterns = [path("gallery/", gallery), path("", include("yibao.core.urls"))]
