"""Why a bill was not settled at the hospital: the causes F-01 … F-26 (domain.md §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Cause(StrEnum):
    NEVER_FILED = "F-01"
    FILED_ELSEWHERE = "F-02"
    FILING_EXPIRED = "F-03"
    FILING_NOT_YET = "F-04"
    WRONG_BRANCH = "F-05"
    ENROLMENT = "F-06"
    TRANSFERRING = "F-07"
    IDENTITY = "F-08"
    CARD_LOCKED = "F-09"
    NOT_NETWORKED = "F-10"
    CHRONIC = "F-11"
    EMERGENCY_FLAG = "F-12"
    TRAUMA = "F-13"
    OUTSIDE_ITEMS = "F-14"
    SYSTEM = "F-15"
    CHARGED_TWICE = "F-16"
    LOWER_RATE = "F-17"
    CAP_REACHED = "F-18"
    ACCOUNT = "F-19"
    SANCTIONED = "F-20"
    BIRTH = "F-21"
    CATALOGUE = "F-22"
    REPAYMENT = "F-23"
    CHANGE_LOCKED = "F-24"
    ALREADY_FILED = "F-25"
    PHARMACY = "F-26"


class Link(StrEnum):
    """The chain that must hold for a direct settlement, in its order."""

    IDENTITY = "identity"
    ENROLMENT = "enrolment"
    FILING = "filing"
    INSTITUTION = "institution"
    TRANSACTION = "transaction"
    CARD = "card"
    BENEFIT = "benefit"  # the chain held; the sum is in question


class Owner(StrEnum):
    """Who can put a cause right."""

    HOSPITAL = "hospital"  # its insurance office (医保办)
    INSURED_PLACE = "insured_place"
    CARD_ISSUER = "card_issuer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What holds for a cause everywhere, as codes of sentences.

    `now`: what to do while the bill is open; `paid`: once everything is paid by oneself (empty:
    the same). `fallback`: if that does not help. `say`, `say_paid`: what to read
    out to `listener` (the owner, unless another is named); a claim is asked of the insured place.
    `hurry`: by when, apart from the deadline of a claim. `may_claim` is False where nothing
    is left to claim. `claim_reason` picks further papers of a claim.
    """

    link: Link
    owner: Owner
    now: tuple[str, ...]
    paid: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ("pay_and_keep", "claim_at_home")
    fallback_paid: tuple[str, ...] = ("ask_written",)
    say: str
    listener: Owner | None = None
    say_paid: str = "claim"
    hurry: tuple[str, ...] = ("before_settling",)
    may_claim: bool = True
    claim_reason: str = ""

    @property
    def asks_stage(self) -> bool:
        """Whether it matters that everything is paid already."""
        return bool(self.paid)


ABROAD = Leaf(
    link=Link.BENEFIT,
    owner=Owner.INSURED_PLACE,
    now=("no_filing_abroad", "ask_other_payers"),
    fallback=("ask_written",),
    say="abroad",
    say_paid="abroad",
    hurry=("soon",),
    may_claim=False,
)
"""What holds for care outside the country, whatever the window said."""

_CHECKS = ("check_sheet", "ask_reason_of_sum")

LEAVES: Mapping[Cause, Leaf] = MappingProxyType(
    {
        Cause.NEVER_FILED: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("file_now", "ask_recheck"),
            paid=("ask_late_filing", "claim_at_home"),
            say="recheck_filing",
            listener=Owner.HOSPITAL,
            claim_reason="unfiled",
        ),
        Cause.FILED_ELSEWHERE: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("read_filed_place", "file_this_place", "ask_recheck"),
            paid=("read_filed_place", "ask_late_filing", "claim_at_home"),
            say="change_filing",
        ),
        Cause.FILING_EXPIRED: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("read_last_day", "file_again", "ask_recheck"),
            paid=("read_last_day", "ask_whether_counts", "claim_at_home"),
            say="filed_at_admission",
            listener=Owner.HOSPITAL,
        ),
        Cause.FILING_NOT_YET: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("read_start_day", "ask_resend", "ask_recheck"),
            paid=("read_start_day", "ask_whether_counts", "claim_at_home"),
            say="resend_filing",
        ),
        Cause.WRONG_BRANCH: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("ask_branch", "file_right_branch", "ask_recheck"),
            paid=("ask_branch", "ask_late_filing", "claim_at_home"),
            say="which_branch",
        ),
        Cause.ENROLMENT: Leaf(
            link=Link.ENROLMENT,
            owner=Owner.INSURED_PLACE,
            now=("ask_enrolment", "settle_arrears"),
            paid=("ask_enrolment", "settle_arrears", "claim_if_allowed"),
            fallback=("pay_and_keep", "claim_if_allowed"),
            say="enrolment",
        ),
        Cause.TRANSFERRING: Leaf(
            link=Link.ENROLMENT,
            owner=Owner.INSURED_PLACE,
            now=("ask_transfer", "settle_after_transfer"),
            paid=("ask_transfer", "claim_if_allowed"),
            fallback=("pay_and_keep", "claim_if_allowed"),
            say="transfer",
        ),
        Cause.IDENTITY: Leaf(
            link=Link.IDENTITY,
            owner=Owner.INSURED_PLACE,
            now=("use_code", "compare_identity", "activate_card"),
            paid=("compare_identity", "claim_at_home"),
            say="identity",
        ),
        Cause.CARD_LOCKED: Leaf(
            link=Link.CARD,
            owner=Owner.CARD_ISSUER,
            now=("use_code", "reset_password"),
            paid=("reset_password", "claim_at_home"),
            say="password",
            listener=Owner.HOSPITAL,
        ),
        Cause.NOT_NETWORKED: Leaf(
            link=Link.INSTITUTION,
            owner=Owner.HOSPITAL,
            now=("ask_service_open", "other_hospital"),
            paid=("claim_at_home",),
            say="service_open",
            hurry=("before_admission",),
        ),
        Cause.CHRONIC: Leaf(
            link=Link.INSTITUTION,
            owner=Owner.INSURED_PLACE,
            now=("ask_qualified", "ask_disease_open", "apply_qualification"),
            paid=("ask_qualified", "claim_if_allowed"),
            fallback=("pay_and_keep", "claim_if_allowed"),
            say="chronic",
        ),
        Cause.EMERGENCY_FLAG: Leaf(
            link=Link.TRANSACTION,
            owner=Owner.HOSPITAL,
            now=("ask_flag", "ask_recheck_emergency"),
            paid=("keep_emergency_record", "claim_at_home"),
            say="emergency_flag",
            claim_reason="emergency",
        ),
        Cause.TRAUMA: Leaf(
            link=Link.TRANSACTION,
            owner=Owner.HOSPITAL,
            now=("sign_letter", "third_party_first"),
            paid=("third_party_first", "claim_if_allowed"),
            fallback=("pay_and_keep", "claim_if_allowed"),
            say="trauma_letter",
            claim_reason="trauma",
        ),
        Cause.OUTSIDE_ITEMS: Leaf(
            link=Link.TRANSACTION,
            owner=Owner.HOSPITAL,
            now=("get_certificate", "ask_join"),
            paid=("get_certificate", "claim_rest"),
            fallback=("keep_outside_papers", "claim_rest"),
            say="certificate",
            say_paid="certificate_paid",
        ),
        Cause.SYSTEM: Leaf(
            link=Link.TRANSACTION,
            owner=Owner.HOSPITAL,
            now=("retry_later", "ask_which_side", "report_fault"),
            paid=("ask_resettle", "claim_at_home"),
            say="which_side",
        ),
        Cause.CHARGED_TWICE: Leaf(
            link=Link.TRANSACTION,
            owner=Owner.HOSPITAL,
            now=("pay_no_more", "ask_reversal"),
            fallback=("keep_payment_record", "report_fault"),
            fallback_paid=("keep_payment_record", "report_fault"),
            say="reversal",
            say_paid="reversal",
            hurry=("same_day",),
            may_claim=False,
        ),
        Cause.LOWER_RATE: Leaf(
            link=Link.BENEFIT,
            owner=Owner.INSURED_PLACE,
            now=(*_CHECKS, "estimate"),
            fallback=("ask_written",),
            say="why_this_sum",
            say_paid="why_this_sum",
            hurry=("soon",),
            may_claim=False,
        ),
        Cause.CAP_REACHED: Leaf(
            link=Link.BENEFIT,
            owner=Owner.INSURED_PLACE,
            now=("ask_which_cap", "ask_further_layers"),
            fallback=("ask_written",),
            say="which_cap",
            say_paid="which_cap",
            hurry=("soon",),
        ),
        Cause.ACCOUNT: Leaf(
            link=Link.CARD,
            owner=Owner.INSURED_PLACE,
            now=("account_is_extra", "check_balance", "family_account"),
            fallback=("pay_cash_rest",),
            fallback_paid=("pay_cash_rest",),
            say="account",
            say_paid="account",
            may_claim=False,
        ),
        Cause.SANCTIONED: Leaf(
            link=Link.ENROLMENT,
            owner=Owner.INSURED_PLACE,
            now=("ask_sanction_end", "pay_and_keep"),
            paid=("ask_sanction_end", "claim_if_allowed"),
            fallback=("appeal",),
            fallback_paid=("appeal",),
            say="sanction",
            say_paid="sanction",
            hurry=("by_letter",),
        ),
        Cause.BIRTH: Leaf(
            link=Link.INSTITUTION,
            owner=Owner.INSURED_PLACE,
            now=("ask_birth", "pay_and_keep"),
            paid=("claim_at_home",),
            fallback=("claim_at_home",),
            say="birth",
            hurry=("before_admission",),
        ),
        Cause.CATALOGUE: Leaf(
            link=Link.BENEFIT,
            owner=Owner.HOSPITAL,
            now=("ask_alternative", "sign_self_pay"),
            paid=("ask_catalogue_gap",),
            fallback=("ask_catalogue_gap",),
            say="alternative",
            say_paid="catalogue_gap",
        ),
        Cause.REPAYMENT: Leaf(
            link=Link.BENEFIT,
            owner=Owner.INSURED_PLACE,
            now=("read_letter", "ask_basis", "ask_instalments"),
            fallback=("appeal",),
            fallback_paid=("appeal",),
            say="basis",
            say_paid="basis",
            hurry=("by_letter",),
            may_claim=False,
        ),
        Cause.CHANGE_LOCKED: Leaf(
            link=Link.FILING,
            owner=Owner.INSURED_PLACE,
            now=("ask_lock_end", "file_temporary"),
            paid=("ask_late_filing", "claim_at_home"),
            say="lock",
        ),
        Cause.ALREADY_FILED: Leaf(
            link=Link.FILING,
            owner=Owner.HOSPITAL,
            now=("no_second_filing", "check_place_and_day", "ask_recheck"),
            paid=("check_place_and_day", "claim_at_home"),
            say="recheck_existing",
        ),
        Cause.PHARMACY: Leaf(
            link=Link.INSTITUTION,
            owner=Owner.INSURED_PLACE,
            now=("ask_pharmacy_open", "bring_prescription", "pay_from_account"),
            paid=("claim_if_allowed",),
            fallback=("pay_and_keep", "claim_if_allowed"),
            say="pharmacy",
            hurry=("before_buying",),
        ),
    }
)
