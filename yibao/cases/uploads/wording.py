"""What is said about a file: why it was not taken, what to do, and how it stands."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yibao.cases.uploads.content import Reason
from yibao.cases.uploads.limits import MOST_FILES, MOST_FILES_IN_ALL, MOST_PAGES


@dataclass(frozen=True, slots=True)
class Words:
    """`problem` says what is wrong, `remedy` what the person can do now."""

    problem: Any
    remedy: Any

    def __str__(self) -> str:
        return f"{self.problem}{self.remedy}"


WORDS: dict[Reason, Words] = {
    Reason.EMPTY: Words(_("这个文件是空的。"), _("请重新拍照或重新选择文件。")),
    Reason.TOO_BIG: Words(
        _("这个文件超过 10 MB。"),
        _("请把照片拍小一点（相机设置里选较小的尺寸），或分成几个文件。"),
    ),
    Reason.TOO_MANY: Words(
        format_lazy(
            _("文件太多了：一种材料最多 {most} 份，全部材料最多 {in_all} 份。"),
            most=MOST_FILES,
            in_all=MOST_FILES_IN_ALL,
        ),
        _("可以把多页材料做成一个 PDF 再传。"),
    ),
    Reason.HEIC: Words(
        _("这是 HEIC 格式的照片，这里打不开。"),
        _("苹果手机请到“设置 - 相机 - 格式”选“兼容性最佳”再拍，或把照片截屏后上传截屏。"),
    ),
    Reason.OTHER_PICTURE: Words(
        _("这种图片格式收不了。"), _("请换成 JPG、PNG 照片，或直接用手机拍照、截屏上传。")
    ),
    Reason.VIDEO: Words(_("这是视频或录音，不是照片。"), _("请拍照上传，或上传 PDF。")),
    Reason.OFFICE: Words(
        _("这是文档或压缩包，收不了。"), _("文档请“另存为 PDF”再传；压缩包请解开后逐个上传。")
    ),
    Reason.PROGRAM: Words(_("这是程序文件，不能上传。"), _("请上传材料的照片或 PDF。")),
    Reason.WEB_PAGE: Words(
        _("这是网页或矢量图文件，收不了。"), _("请把它截屏，或打印成 PDF 再传。")
    ),
    Reason.UNKNOWN: Words(_("认不出这是什么文件。"), _("请上传 JPG、PNG 照片或 PDF。")),
    Reason.HIDDEN: Words(
        _("文件里夹带了别的内容，不能收。"), _("请重新拍照，或把照片截屏后上传截屏。")
    ),
    Reason.DAMAGED: Words(
        _("文件不完整或已损坏，打不开。"),
        _("可能是没有传完或没有存好，请重新拍照或重新导出后再传。"),
    ),
    Reason.TOO_LARGE_PICTURE: Words(
        _("照片的尺寸太大，处理不了。"), _("请在相机设置里选较小的尺寸再拍。")
    ),
    Reason.TOO_SMALL_PICTURE: Words(
        _("照片太小，看不清字。"), _("请上传原图，不要用缩略图；或靠近材料重新拍。")
    ),
    Reason.BLANK: Words(_("照片是一片纯色，看不到材料。"), _("请检查镜头有没有被挡住，再拍一次。")),
    Reason.LOCKED: Words(
        _("这个 PDF 加了密码或限制，打不开。"), _("请去掉密码后再传，或打印出来拍照上传。")
    ),
    Reason.FORM: Words(
        _("这个 PDF 是待填写的电子表单，保存后可能看不到填的字。"),
        _("请用“打印 - 另存为 PDF”导出后再传，或打印出来拍照上传。"),
    ),
    Reason.TOO_MANY_PAGES: Words(
        format_lazy(_("这个 PDF 超过 {most} 页。"), most=MOST_PAGES),
        _("请只留需要的页，或分成几个文件。"),
    ),
    Reason.BOMB: Words(
        _("这个文件展开后太大，处理不了。"), _("请打印出来拍照，或把页面截屏后上传。")
    ),
    Reason.TOO_SLOW: Words(
        _("这个文件太复杂，处理时间太长。"), _("请打印出来拍照，或把页面截屏后上传。")
    ),
}


def words_of(reason: Reason | str) -> Words:
    """Return what is said about a reason."""
    return WORDS[Reason(reason)]
