"""One question per screen: its choices as addresses, the way back, and what was said so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from yibao.core.navigation import links
from yibao.diagnosis import wording
from yibao.diagnosis.forms import REFINING, DiagnosisForm
from yibao.rules.diagnosis import QUESTIONS, START, walked
from yibao.rules.facts import Stage


@dataclass(frozen=True, slots=True)
class Option:
    """One answer, as a link that takes one tap."""

    words: str
    hint: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of a screen."""

    heading: str
    hint: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in words, with the address at which it can be changed."""

    label: str
    value: str
    address: str


def address_of(query: Mapping[str, str], **more: str) -> str:
    """Return the address of a screen; the start needs no symptom."""
    kept = {**query, **more}
    if kept.get("symptom") == START:
        kept = {name: value for name, value in kept.items() if name not in ("symptom", "via")}
    base = links()["diagnose"]
    return f"{base}?{urlencode(kept)}" if kept else base


def asked(form: DiagnosisForm, query: Mapping[str, str]) -> Asked | None:
    """Return the question that was reached, or None when it is a cause."""
    question = QUESTIONS.get(form.symptom_now)
    if question is None:
        return None
    options = []
    for choice in question.choices:
        words, hint = wording.CHOICES[question.code, choice.code]
        address = address_of(query, symptom=str(choice.leads_to), via=question.code)
        options.append(Option(str(words), str(hint), address))
    return Asked(
        str(wording.QUESTIONS[question.code]),
        str(wording.HINTS.get(question.code, "")),
        tuple(options),
    )


def answered(form: DiagnosisForm, query: Mapping[str, str], via: str) -> tuple[Answered, ...]:
    """Return what was said so far: the way through the questions, then what was filled in."""
    rows = []
    for question, choice in walked(form.symptom_now, via):
        label = str(wording.QUESTIONS[question.code])
        words = str(wording.CHOICES[question.code, choice.code][0])
        rows.append(Answered(label, words, address_of(query, symptom=question.code)))
    rows += [
        Answered(str(wording.FIELDS[name]), value, "#more")
        for name in REFINING
        if (value := form.shown_answer(name))
    ]
    return tuple(rows)


def back(form: DiagnosisForm, query: Mapping[str, str], via: str) -> str:
    """Return the address of the question before, "" at the start."""
    steps = walked(form.symptom_now, via)
    return address_of(query, symptom=steps[-1][0].code) if steps else ""


def stages(form: DiagnosisForm, query: Mapping[str, str], via: str) -> tuple[Option, Option]:
    """Return the state of the bill that a leaf speaks of, and the other, for which it differs."""
    is_paid = form.cleaned_data.get("stage") == Stage.DISCHARGED
    other = Stage.ADMITTED if is_paid else Stage.DISCHARGED
    said = {**query, "via": via} if via else query
    address = address_of(said, stage=other)
    now = Stage.DISCHARGED if is_paid else Stage.ADMITTED
    return (
        Option(str(wording.STAGE[now]), "", ""),
        Option(str(wording.STAGE[other]), "", address),
    )
