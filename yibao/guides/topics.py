"""The topics under which guides stand, in the order of the list."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    FILING = "filing", _("备案是什么，谁要办")
    HANDLING = "handling", _("怎么备案，带什么材料")
    VALIDITY = "validity", _("管多久，怎么改、怎么取消")
    SETTLEMENT = "settlement", _("在外地怎么结算")
    BENEFITS = "benefits", _("能报多少")
    OUTPATIENT = "outpatient", _("门诊、慢特病和药店")
    COVERAGE = "coverage", _("某种治疗能不能报")
    CLAIM = "claim", _("先自付，再手工报销")
    ENROLMENT = "enrolment", _("参保、断缴和等待期")
    CARD = "card", _("医保码和社保卡")
    ACCOUNT = "account", _("个人账户和家庭共济")
    BIRTH = "birth", _("生育")
    CONTACT = "contact", _("问谁，去哪里办")
    ELSEWHERE = "elsewhere", _("不归医保管的问题")
