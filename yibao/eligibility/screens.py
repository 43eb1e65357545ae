"""One question per screen: which is asked next, and what is kept from the earlier ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yibao.core.navigation import links
from yibao.core.words import gettext as _
from yibao.eligibility import wording
from yibao.eligibility.forms import CheckForm
from yibao.rules.facts import Reason
from yibao.rules.terms import CareType

START_ADDRESSES: Mapping[str, Mapping[str, str]] = {
    "long": {"start": "long"},
    "short": {"reason": "other"},
    "better": {"reason": "referral"},
    "hospital": {"start": "hospital"},
    "emergency": {"urgency": "emergency"},
}

MORE: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("到哪一步，哪家医院"), ("stage", "institution", "admitted_on", "on")),
    (
        gettext_lazy("本人和病情"),
        ("urgency", "enrolment", "trauma", "evidence", "disease", "qualified"),
    ),
    (
        gettext_lazy("原来的备案"),
        (
            "existing",
            "existing_category",
            "existing_care",
            "existing_since",
            "existing_until",
            "existing_evidence",
        ),
    ),
)
"""Questions that have a default, headed, in one closed block."""

type Headed = tuple[Promise, tuple[BoundField, ...]]


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions asked together; `asks` says whether the walk needs their answers."""

    id: str
    fields: tuple[str, ...]
    asks: Callable[[CheckForm], bool] = lambda form: True


def _asks_stage(form: CheckForm) -> bool:
    return form.data.get("start") == "hospital"


def _asks_proof(form: CheckForm) -> bool:
    return form.data.get("reason") == Reason.REFERRAL and not form.is_emergency


SCREENS: tuple[Screen, ...] = (
    Screen("stage", ("stage",), _asks_stage),
    Screen("places", ("insured", "care")),
    Screen("insurance", ("insurance",)),
    Screen("reason", ("reason",), lambda form: "reason" in form.needed),
    Screen("evidence", ("evidence",), _asks_proof),
    Screen("care_type", ("care_type",)),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An earlier answer in words, with the address at which it can be changed."""

    label: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks now. `kept` are the answers that go along unseen."""

    id: str
    heading: str
    fields: tuple[BoundField, ...]
    kept: tuple[tuple[str, str], ...]
    back: str


def fields_of(screen_id: str) -> tuple[str, ...]:
    """Return the fields of a screen, none for an unknown one."""
    return next((screen.fields for screen in SCREENS if screen.id == screen_id), ())


def asked_now(form: CheckForm, change: str) -> Asked | None:
    """Return the screen to show: what must be put right, what is to be changed, or what is
    needed next; None when everything needed is answered."""
    if form.errors:
        wrong = tuple(name for name in form.fields if name in form.errors)
        screen = next((each for each in SCREENS if set(wrong) <= set(each.fields)), None)
        return _asked(form, screen or Screen("errors", wrong))
    changed = next((screen for screen in SCREENS if screen.id == change), None)
    if changed is not None:
        return _asked(form, changed)
    if form.check is not None:
        return None
    for screen in SCREENS:
        if screen.asks(form) and not all(form.cleaned_data.get(name) for name in screen.fields):
            return _asked(form, screen)
    return None


def _asked(form: CheckForm, screen: Screen) -> Asked:
    kept = form.answers(without=screen.fields)
    if form.data.get("start") in wording.START:
        kept["start"] = form.data["start"]
    headings = {"places": _("在哪里交医保，去哪里看病？"), "errors": _("请改正几项内容")}
    heading = headings.get(screen.id, "") or str(form.fields[screen.fields[0]].label)
    answered = [
        each
        for each in SCREENS[: _position(screen)]
        if each.asks(form) and form.cleaned_data.get(each.fields[0])
    ]
    back = _change_address(form, answered[-1].id) if answered else ""
    fields = tuple(form[name] for name in screen.fields)
    return Asked(screen.id, heading, fields, tuple(kept.items()), back)


def _position(screen: Screen) -> int:
    return SCREENS.index(screen) if screen in SCREENS else 0


def _change_address(form: CheckForm, screen_id: str) -> str:
    query = form.answers()
    if form.data.get("start") in wording.START:
        query["start"] = form.data["start"]
    return f"{links()['check']}?{urlencode({**query, 'change': screen_id})}"


def answered(form: CheckForm, *, asked: Asked | None) -> tuple[Answered, ...]:
    """Return what was answered so far, in the order of the questions; not what is asked now."""
    rows = []
    for screen in SCREENS:
        if asked is not None and screen.id == asked.id:
            continue
        for name in screen.fields:
            if value := form.shown_answer(name):
                address = _change_address(form, screen.id)
                rows.append(Answered(str(wording.FIELDS[name]), value, address))
    walked = {name for screen in SCREENS for name in screen.fields}
    rows += [
        Answered(str(wording.FIELDS[name]), value, "")
        for name in form.fields
        if name not in walked and (value := form.shown_answer(name))
    ]
    return tuple(rows)


def follow_up(form: CheckForm) -> tuple[BoundField, ...]:
    """Return questions without which the answer stays vague, and which were not asked yet."""
    names = []
    if form.data.get("care_type") == CareType.CHRONIC:
        names += ["disease", "qualified"]
    if _asks_proof(form):
        names.append("evidence")
    return tuple(form[name] for name in names if not form.cleaned_data.get(name))


def more(form: CheckForm, *, without: tuple[BoundField, ...]) -> tuple[Headed, ...]:
    """Return the further questions, as far as they matter in this case."""
    hidden = {bound.name for bound in without}
    if form.data.get("care_type") != CareType.CHRONIC:
        hidden |= {"disease", "qualified"}
    if form.is_emergency or form.data.get("reason") == Reason.OTHER:
        hidden.add("evidence")
    return tuple(
        (heading, tuple(form[name] for name in names if name not in hidden))
        for heading, names in MORE
    )


def start_choices(carried: Mapping[str, str]) -> tuple[tuple[str, str, str, str], ...]:
    """Return slug, words, hint and address of the situations in which people come.

    `carried` goes along in the addresses.
    """
    return tuple(
        (
            slug,
            str(wording.START[slug]),
            str(wording.START_HINTS[slug]),
            f"{links()['check']}?{urlencode({**query, **carried})}",
        )
        for slug, query in START_ADDRESSES.items()
    )
