"""How every form of the site is drawn, libraries' forms included: our own templates, not Django's."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Label, hint, error and control of each field as `web/forms/field.html` sets them."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
