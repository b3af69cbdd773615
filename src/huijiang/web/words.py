"""Words of a page: said already, or said in the reader's language when they are shown (`gettext_lazy`)."""

from __future__ import annotations

from django.utils.functional import Promise

Words = str | Promise
