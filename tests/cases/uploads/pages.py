"""A page of a wizard that asks for papers, as filings and claims have them, for the tests."""

from django.conf.urls import handler400, handler403, handler404, handler500  # noqa: F401
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from yibao.cases.models import Draft
from yibao.cases.uploads.fields import UploadField, UploadsForm
from yibao.cases.uploads.handlers import bounded_uploads
from yibao.cases.uploads.queries import uploads_of_draft
from yibao.cases.uploads.serving import draft_file
from yibao.core.forms import BaseForm, WholeNumberField

PAGE = """{% extends "base.html" %}{% load page static uploads %}
{% block title %}上传材料{% endblock %}{% block page %}tests:materials{% endblock %}
{% block scripts %}{% frame_part "scripts" %}
<script src="{% static "js/upload.js" %}" defer></script>{% endblock %}
{% block content %}<h1>上传材料</h1>
{% include "components/error_summary.html" with form=form only %}
<form method="post" enctype="multipart/form-data" novalidate>{% csrf_token %}
{% for name in papers %}{% upload_field name files %}{% endfor %}{% field form.age %}
<div class="actions"><button class="button">继续</button></div></form>{% endblock %}"""


class MaterialsForm(UploadsForm, BaseForm):
    """Two papers, one of which may be left out, and something else to fill in."""

    age = WholeNumberField(label="年龄", low=0, high=150)

    def __init__(self, *args, held, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["material_id_card"] = UploadField(
            material="id_card", held=held, label="身份证", help_text="正反两面都要。"
        )
        self.fields["material_residence"] = UploadField(
            material="residence", held=held, label="居住证明", required=False
        )


@bounded_uploads
def materials(request: HttpRequest, uid: str) -> HttpResponse:
    draft = Draft.objects.get(uid=uid)
    held = uploads_of_draft(draft)
    status = 200
    if request.method == "POST":
        form = MaterialsForm(request.POST, request.FILES, held=held)
        form.keep(draft=draft, at=timezone.now())
        if not form.is_valid():
            status = 422
        elif not form.stays:
            return HttpResponse("weiter")
    else:
        form = MaterialsForm(held=held)
    papers = [form["material_id_card"], form["material_residence"]]
    context = {"form": form, "papers": papers, "files": f"/papers/{uid}/files/"}
    page = engines["django"].from_string(PAGE).render(context, request)
    return HttpResponse(page, status=status)


def file(request: HttpRequest, uid: str, public_id: str) -> HttpResponse:
    return draft_file(Draft.objects.get(uid=uid), public_id)


def preview(request: HttpRequest, uid: str, public_id: str) -> HttpResponse:
    return draft_file(Draft.objects.get(uid=uid), public_id, preview=True)


urlpatterns = [
    path("papers/<uid>/", materials),
    path("papers/<uid>/files/<public_id>/", file),
    path("papers/<uid>/files/<public_id>/preview/", preview),
    path("", include("yibao.config.urls")),
]
