"""Parts that take something in: fields, filters, a file, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from huijiang.web.components.library import register

Problem = tuple[str, str]  # the message, the id of the field that it is about (may be empty)


def problems(form: forms.BaseForm) -> list[Problem]:
    """Every message of a form with the id of the control to go to."""
    found: list[Problem] = [(str(message), "") for message in form.non_field_errors()]
    for name in form.errors:
        if name in form.fields:
            bound = form[name]
            found += [
                (f"{str(bound.label).rstrip('？?：:')}{gettext('：')}{message}", _first_control(bound))
                for message in mistakes(bound)
            ]
    return found


@register.filter
def mistakes(bound: BoundField) -> list[str]:
    """What is wrong with one field; that nothing was given is said in our words."""
    found = bound.form.errors.as_data().get(bound.name, [])
    return [gettext("还没有填写或选择") if each.code == "required" else str(said) for each in found for said in each]


def _first_control(bound: BoundField) -> str:
    """The id to jump to: of a group of radio buttons, the first one's."""
    own = bound.auto_id or bound.html_name
    return f"{own}_0" if bound.use_fieldset else own


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(of: forms.BaseForm | Sequence[Problem] | None, title: str = "") -> dict[str, Any]:
    """Every mistake in one place, each a link to its field; takes the focus when the page opens."""
    listed = problems(of) if isinstance(of, forms.BaseForm) else list(of or ())
    return {"problems": listed, "title": title}


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Label, hint, error and control of one field."""
    return bound.as_field_group()


@register.filter
def control(bound: BoundField) -> str:
    """What kind of control a field is: choices, check, file, text."""
    widget = bound.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, forms.FileInput) else "text"


@register.inclusion_tag("web/components/filters.html", takes_context=True)
def filters(
    context: Context, form: forms.BaseForm, kept: Mapping[str, str] | None = None, live: bool = False
) -> dict[str, Any]:
    """A form of questions to a list (GET): the first field is the search, the others fold away on a phone.

    `live`: what is found follows while somebody types or chooses.  Such a page includes `web/htmx.html` in its head and
    holds what is found in `{% found %} … {% endfound %}`; the form itself stays, so that an input method is not cut off.
    """
    bound = list(form)
    asked = [each for each in bound if form.data.get(each.html_name)]
    request = context.get("request")
    return {
        "first": bound[0],
        "others": bound[1:],
        "asked": len(asked),
        "kept": dict(kept or {}),
        "live": live,
        "address": request.path if request is not None else "",
    }


@register.inclusion_tag("web/components/upload.html")
def upload(bound: BoundField, accepts: str = "", limit: str = "", template: str = "") -> dict[str, Any]:
    """A box for one file: what kind, how large, and a template to download."""
    return {"field": bound, "accepts": accepts, "limit": limit, "template": template}


@register.simple_block_tag
def found(content: str) -> SafeString:
    """What a live search found."""
    return format_html('<div id="found">{}</div>', mark_safe(content))
