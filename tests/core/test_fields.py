import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models

from yibao.core.fields import ChoiceSetField

CHOICES = [("inpatient", "住院"), ("outpatient", "门诊"), ("chronic", "慢特病")]


class Row(models.Model):
    care = ChoiceSetField("医疗类别", choices=CHOICES, blank=True)

    class Meta:
        app_label = "tests"  # of no app: the check of migrations must not see it
        managed = False
        db_table = "test_choice_set"


class Form(forms.ModelForm):
    class Meta:
        model = Row
        fields = ("care",)


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        kind = "jsonb" if connection.vendor == "postgresql" else "text"
        serial = "serial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(f"CREATE TABLE test_choice_set (id {serial} PRIMARY KEY, care {kind})")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((), ()),
        (["outpatient", "inpatient"], ("inpatient", "outpatient")),
        ({"chronic", "inpatient"}, ("inpatient", "chronic")),
        (("inpatient", "inpatient"), ("inpatient",)),
    ],
)
def test_comes_back_as_it_was_stored(table, given, kept):
    Row.objects.create(care=given)

    assert Row.objects.get().care == kept


def test_can_be_looked_up_by_value(table):
    Row.objects.create(care=["inpatient", "chronic"])

    assert Row.objects.filter(care=["chronic", "inpatient"]).exists()
    assert not Row.objects.filter(care=["chronic"]).exists()


@pytest.mark.parametrize("wrong", [["dental"], "inpatient", 7])
def test_refuses_what_is_no_set_of_choices(wrong):
    with pytest.raises(ValidationError):
        Row._meta.get_field("care").clean(wrong, None)


def test_refuses_an_empty_set_where_one_is_required():
    field = ChoiceSetField(choices=CHOICES)

    with pytest.raises(ValidationError):
        field.clean([], None)


def test_is_a_list_of_checkboxes_in_a_form():
    form = Form(data={"care": ["chronic", "inpatient"]})

    assert form.is_valid(), form.errors
    assert form.instance.care == ("inpatient", "chronic")
    assert str(form["care"]).count('type="checkbox"') == 3


def test_ticks_what_is_stored():
    form = Form(instance=Row(care=("outpatient",)))

    assert str(form["care"]).count("checked") == 1
    assert not Form({"care": ["outpatient"]}, instance=Row(care=("outpatient",))).has_changed()


def test_names_a_value_that_is_no_choice():
    form = Form(data={"care": ["dental"]})

    assert "dental" in form.errors["care"][0]


def test_can_be_rebuilt_for_a_migration():
    _name, _path, args, kwargs = ChoiceSetField(choices=CHOICES, blank=True).deconstruct()

    assert ChoiceSetField(*args, **kwargs).to_python(["chronic", "inpatient"]) == (
        "inpatient",
        "chronic",
    )
