"""Where somebody is insured, where they will be treated, as what and from when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.engine import Row, StepForm
from yibao.core.forms import ChoiceField, IsoDateField, RegionField
from yibao.core.navigation import links
from yibao.core.templatetags.figures import chinese_date
from yibao.eligibility.forms import find_care
from yibao.filings import wording
from yibao.filings.queries import find_filing
from yibao.filings.reading import Reading, Wish, read
from yibao.regions import queries as regions
from yibao.rules.terms import FilingCategory, InsuranceType, Scope

CHANGE, GROUND = "change", "ground"
"""Where a draft that replaces a filing keeps why it should do so before the lock is over."""

MOST_DAYS_BACK = 366
"""An earlier day is rather a mistyped year; who means it is sent to the bureau."""


class PlacesForm(StepForm):
    """The heart of a filing. `reading` is what the rules say, once everything can be asked."""

    insured = RegionField(
        find=regions.find_region,
        label=_("参保地（医保交在哪里）"),
        help_text=_("填城市名，例如“烟台”。不一定是户口所在地。"),
    )
    insurance = ChoiceField(choices=wording.INSURANCE, label=_("参加的是哪种医保"), is_inline=True)
    care = RegionField(
        find=find_care,
        label=_("就医地（去哪里看病）"),
        help_text=_("填城市或省，例如“成都”。备案后，那里开通了异地结算的医院都能用。"),
    )
    category = ChoiceField(
        choices=wording.CATEGORIES, label=_("备案类型"), choice_hints=wording.CATEGORY_HINTS
    )
    starts_on = IsoDateField(label=_("从哪天开始"), help_text=_("一般填今天，或动身的那天。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: Reading | None = None
        self.fields["starts_on"].initial = self.walk.today

    def clean(self) -> dict[str, Any]:
        """Judge the places, then ask the rules whether the category fits."""
        data = self.cleaned_data
        if data.get("category"):
            data["category"] = FilingCategory(data["category"])
        if data.get("insurance"):
            data["insurance"] = InsuranceType(data["insurance"])
        self._check_places()
        self._check_start()
        self._check_lock()
        if not self.errors:
            self._ask_the_rules()
        return data

    def _check_places(self) -> None:
        insured, care = self.cleaned_data.get("insured"), self.cleaned_data.get("care")
        if insured is not None and not regions.resolve(insured.code).is_pooling:
            self._refuse_as_too_wide("insured", insured)
            return
        if insured is None or care is None:
            return
        try:
            scope = regions.scope(insured.code, care.code)
        except regions.UnknownRegion:
            self._refuse_as_too_wide("care", care)
            return
        if scope is Scope.ABROAD:
            words = _("境外（包括港澳台）看病，基本医保不付，也不用备案。")
            self.add_error("care", ValidationError(words, code="abroad"))
        elif scope is Scope.LOCAL:
            words = _("“%(care)s”就在您的参保统筹区里，看病不用备案。")
            self.add_error(
                "care", ValidationError(words, code="local", params={"care": care.full_name})
            )
        elif scope is Scope.IN_PROVINCE and not regions.resolve(care.code).is_pooling:
            self._refuse_as_too_wide("care", care)

    def _refuse_as_too_wide(self, name: str, place: Any) -> None:
        words = _("“%(name)s”范围太大，请填到城市。")
        self.add_error(
            name, ValidationError(words, code="too_wide", params={"name": place.full_name})
        )

    def _check_start(self) -> None:
        day = self.cleaned_data.get("starts_on")
        if day is not None and day < self.walk.today - timedelta(days=MOST_DAYS_BACK):
            words = _("这天在一年以前，请检查年份。确实要从那时算起的，请联系参保地经办机构。")
            self.add_error("starts_on", ValidationError(words, code="long_ago"))

    def _check_lock(self) -> None:
        """A filing that is locked is replaced early only on a ground that was given."""
        draft = self.walk.draft
        day = self.cleaned_data.get("starts_on")
        old = find_filing(draft.replaces) if draft and draft.replaces else None
        if old is None or day is None or GROUND in self.walk.answers.get(CHANGE, {}):
            return
        is_over = old.ends_on is not None and day > old.ends_on
        if old.change_from is not None and day < old.change_from and not is_over:
            words = _("原来的备案最早 %(day)s 可以变更。请填那天或以后的日子。")
            params = {"day": chinese_date(old.change_from)}
            self.add_error("starts_on", ValidationError(words, code="locked", params=params))

    def _ask_the_rules(self) -> None:
        data = self.cleaned_data
        wish = Wish(
            insured=data["insured"].code,
            care=data["care"].code,
            insurance=data["insurance"],
            category=data["category"],
            starts_on=data["starts_on"],
        )
        self.reading = read(wish, today=self.walk.today)
        if not self.reading.fits:
            misfit = wording.misfit_words(self.reading)
            self.add_error("category", ValidationError(misfit, code="misfit"))
        elif wish.starts_on < self.walk.today:
            late = self.reading.rule("late_filing_allowed")
            if late is not None and not late.value:
                words = _("按%(place)s的规定，不能从过去的日子补办备案。请填今天或以后的日子。")
                self.add_error(
                    "starts_on",
                    ValidationError(
                        words, code="late", params={"place": self.reading.terms.region_name}
                    ),
                )

    @property
    def citations(self) -> tuple[Any, ...]:
        """What the rules' answer rests on, for the page."""
        return self.reading.citations if self.reading else ()

    @property
    def check_address(self) -> str:
        """Where the checker says which category fits."""
        return links()["check"]

    def rows(self) -> Iterable[Row]:
        """Return the answers in words."""
        for row in super().rows():
            is_day = row.label == self.fields["starts_on"].label
            yield Row(row.label, chinese_date(row.value)) if is_day else row
