"""Events in the words of the bureau: `policies.revision_published` reads 修订：发布.

An event names its area and the fact; the fact begins with the name of a table where it is
about one row. What is not known here is shown as it is stored: an event never disappears.
"""

from collections.abc import Mapping
from functools import cache

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FACTS: Mapping[str, Promise] = {
    "accepted": _("采纳"),
    "access_changed": _("改了权限或负责的地区"),
    "account_changed": _("改了收款账户"),
    "account_reopened": _("恢复停用的账号"),
    "added": _("新增"),
    "all_sessions_ended": _("退出全部登录"),
    "cancel_asked": _("申请撤销"),
    "cancel_refused": _("不同意撤销"),
    "cancelled": _("撤销"),
    "changed": _("修改"),
    "checked": _("核对"),
    "checked_later": _("事后核查"),
    "closing_warned": _("提醒账号将要停用"),
    "comment_settled": _("意见标为已处理"),
    "commented": _("提出意见"),
    "conflict_resolved": _("处理争议"),
    "consent_withdrawn": _("撤回同意"),
    "copy_checked": _("核对文件副本"),
    "created": _("新建"),
    "decided": _("作出决定"),
    "deleted": _("删除"),
    "demo_staff_created": _("建立演示账号"),
    "disputed": _("列为争议"),
    "draft_edited": _("修改草稿"),
    "draft_handed_over": _("移交草稿"),
    "edited": _("修改"),
    "erased": _("删除个人信息"),
    "erasure_asked": _("申请删除个人信息"),
    "erasure_checked": _("核对删除申请"),
    "erasure_refused": _("不同意删除个人信息"),
    "exported": _("导出"),
    "factor_reset": _("重置第二步验证"),
    "factor_set_up": _("设好第二步验证"),
    "facts_corrected": _("更正事实"),
    "files_loaded": _("装入随程序附带的资料"),
    "golden_cases_loaded": _("装入算例"),
    "ground_accepted": _("看过别人新发布的规定"),
    "list_applied": _("名单生效"),
    "list_apply_asked": _("请求让名单生效"),
    "list_cancelled": _("取消名单导入"),
    "list_checked": _("核对名单"),
    "list_columns_chosen": _("选定名单的列"),
    "list_undo_asked": _("请求撤回名单"),
    "list_undone": _("名单撤回"),
    "list_uploaded": _("上传名单"),
    "locked_out": _("登录失败太多，已锁定"),
    "looked_up": _("查询"),
    "lookup_locked": _("查询次数过多，已锁定"),
    "objected": _("提出异议"),
    "papers_answered": _("补交材料"),
    "papers_asked": _("要求补材料"),
    "password_changed": _("改了密码"),
    "password_set": _("为他人设置密码"),
    "payment_ordered": _("下达付款"),
    "person_exported": _("导出个人信息"),
    "preview_made": _("生成预览链接"),
    "preview_revoked": _("收回预览链接"),
    "published": _("发布"),
    "purged": _("清理"),
    "received": _("收到"),
    "recovery_code_used": _("用了恢复码"),
    "recovery_codes_renewed": _("换了恢复码"),
    "recused": _("回避"),
    "refused": _("不采纳"),
    "released": _("放回队列"),
    "reopened": _("重新打开"),
    "replaced": _("被新的代替"),
    "replay_asked": _("请求重算"),
    "replay_explained": _("说明重算的变化"),
    "report_handled": _("处理报错"),
    "report_resolved": _("处理报错"),
    "returned": _("退回"),
    "review_begun": _("开始审核"),
    "role_changed": _("改了角色的权限"),
    "schedule_failed": _("定时发布没有成功"),
    "scheduled": _("批准定时发布"),
    "second_asked": _("请第二人复核"),
    "second_returned": _("第二人退回"),
    "session_ended": _("退出一处登录"),
    "sessions_ended": _("退出其他登录"),
    "shipped_list_loaded": _("装入随程序附带的名单"),
    "sign_in_failed": _("登录失败"),
    "signed_in": _("登录"),
    "signed_out": _("退出登录"),
    "submitted": _("提交"),
    "sum_unchanged": _("金额不变"),
    "taken": _("领取"),
    "viewed": _("查看敏感信息"),
    "withdrawn": _("撤回"),
    "year_added": _("补记年度用量"),
    "year_asked": _("提出补记年度用量"),
    "year_returned": _("退回补记的年度用量"),
}


def words_of(event: str) -> str:
    """Return an event as staff read it; what is not known, as it is stored."""
    area, _dot, fact = event.partition(".")
    table, rest = _table_in(area, fact)
    words = FACTS.get(fact) or FACTS.get(rest)
    if words is None:
        return event
    if fact in FACTS or not table:
        return f"{_area_words(area)}：{words}"
    return f"{table}：{words}"


def object_words(object_type: str) -> str:
    """Return the kind of an object as staff read it."""
    area, _dot, model = object_type.partition(".")
    return _models(area).get(model, object_type)


def _table_in(area: str, fact: str) -> tuple[str, str]:
    """Split off the table that a fact begins with: its name in words, and the rest."""
    for model, words in sorted(_models(area).items(), key=lambda item: -len(item[0])):
        if fact.startswith(f"{model}_"):
            return words, fact[len(model) + 1 :]
    return "", fact


@cache
def _models(area: str) -> Mapping[str, str]:
    if not apps.is_installed(f"yibao.{area}"):
        return {}
    models = apps.get_app_config(area).get_models()
    return {str(model._meta.model_name): str(model._meta.verbose_name) for model in models}


_AREAS: Mapping[str, Promise] = {
    "accounts": _("账号"),
    "audit": _("操作记录"),
    "cases": _("办件"),
    "claims": _("手工报销"),
    "filings": _("备案"),
    "guides": _("指南"),
    "institutions": _("机构名单"),
    "policies": _("政策"),
    "regions": _("地区"),
    "sources": _("依据文件"),
}


def _area_words(area: str) -> str:
    return str(_AREAS.get(area, area))
