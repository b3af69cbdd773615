"""Taking a file in by a form: the field that other rooms use too."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.files.content import LARGEST, Refused, inspect

ACCEPT: Final = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd,.csv,.txt"
PAPERS: Final = gettext_lazy("PDF、JPEG、PNG、Word、Excel、OFD、CSV、文本")


def limit() -> str:
    return _("每个不超过 %(limit)s MB") % {"limit": LARGEST >> 20}


class PaperField(forms.FileField):
    """A file that passed inspection; what is wrong with it is said beside the field."""

    def __init__(self, *args: Any, allow: frozenset[str] | None = None, **kwargs: Any) -> None:
        self.allow = allow
        kwargs.setdefault("label", gettext_lazy("文件"))
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ACCEPT}))
        super().__init__(*args, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        kept = super().clean(data, initial)
        if data:
            try:
                inspect(kept, self.allow)
            except Refused as error:
                raise forms.ValidationError(str(error), code=error.code) from error
        return kept


class PaperForm(forms.Form):
    """One paper for one's own folder."""

    file = PaperField()
