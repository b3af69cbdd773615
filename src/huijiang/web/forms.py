"""How every form of the site is drawn, libraries' forms included: our own templates, not Django's; and choices that are
given when a form is made."""

from __future__ import annotations

from django.forms import BaseForm, ChoiceField
from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Label, hint, error and control of each field as `web/forms/field.html` sets them."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


def choice(form: BaseForm, name: str) -> ChoiceField:
    """A field of choices that a form gives when it is made.  Raises TypeError for a field of another kind."""
    field = form.fields[name]
    if not isinstance(field, ChoiceField):
        raise TypeError(f"{type(form).__name__}.{name}: {type(field).__name__}；应为 expected a ChoiceField")
    return field


def called(form: BaseForm, name: str, value: str) -> str:
    """How a field of choices calls one of its values; the value itself where it is none of them."""
    return next((str(each.choice_label) for each in form[name] if str(each.data["value"]) == value), value)
