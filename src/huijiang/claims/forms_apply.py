"""The forms of making a claim: one question, one paper, the account, an objection."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.claims import drafting, intake
from huijiang.claims.drafting import Asked
from huijiang.claims.models import Account, Claim
from huijiang.claims.models.disputes import Ground
from huijiang.claims.sources import SourceKind, kind_of
from huijiang.files.forms import PaperField
from huijiang.files.models import File
from huijiang.web.components.speech import is_foreign

UNKNOWN: Final = "?"
NONE: Final = "没有"
FEW: Final = 7  # choices that are shown as buttons; more make a list
EXAMPLES: Final = {
    "region": gettext_lazy("写地区的名称，例如：萧山区"), "month": gettext_lazy("年和月，例如：2026-03"), "year": gettext_lazy("四位数字的年份，例如：2026"),
    "int": gettext_lazy("只写数字"),
}  # fmt: skip


class Depending(forms.CharField):
    """Words whose form says whether they are needed: never marked as optional, never refused for being empty."""

    def validate(self, value: Any) -> None:
        pass


class DependingDay(forms.DateField):
    """A day whose form says whether it is needed."""

    def validate(self, value: Any) -> None:
        pass


class CodeSelect(forms.Select):
    """A long list of codes: those in Chinese say so on an English page."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().create_option(*args, **kwargs)
        if is_foreign(made["label"]):
            made["attrs"]["lang"] = "zh-Hans"
        return made


class QuestionForm(forms.Form):
    """One question; “I don't know” is an answer too."""

    use_required_attribute = False

    def __init__(self, *args: Any, of: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        self.fields["value"] = self._field()
        if not self.is_choice:
            self.fields["unknown"] = forms.BooleanField(label=_("我不知道，请工作人员核实"), required=False)

    @property
    def is_choice(self) -> bool:
        return isinstance(self.fields["value"], forms.ChoiceField)

    def _field(self) -> forms.Field:
        question, label = self.of.question, self.of.question.label
        initial = self._initial()
        if question.kind == "complete":
            return _radios(
                _("“%(what)s”在登记里的，是不是就是全部？") % {"what": label},
                [("是", _("是，就是全部")), (UNKNOWN, _("不是，或者不知道"))],
                initial,
            )
        rest = [(NONE, _("没有"))] if question.or_none else []
        if question.kind == "bool":
            return _radios(label, [("是", _("是")), ("否", _("否")), *rest, (UNKNOWN, _("我不知道"))], initial)
        if question.kind == "code" and question.choices:
            listed = [*((each, each) for each in question.choices), *rest, (UNKNOWN, _("我不知道"))]
            if len(question.choices) <= FEW:
                return _radios(label, listed, initial)
            return forms.ChoiceField(
                label=label,
                choices=[("", _("请选择")), *listed],
                initial=initial,
                help_text=_hint(question),
                widget=CodeSelect,
            )
        if question.kind == "date":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return DependingDay(label=label, widget=widget, initial=initial, help_text=_hint(question))
        unit = _("单位：%(unit)s") % {"unit": question.unit} if question.unit else ""
        numeric = {"inputmode": "decimal"} if question.kind in ("quantity", "int", "year") else {}
        hint = _("；").join(each for each in (str(EXAMPLES.get(question.kind, "")), unit, _hint(question)) if each)
        return Depending(label=label, max_length=200, initial=initial, help_text=hint,
                               widget=forms.TextInput(attrs={"autocomplete": "off", **numeric}))  # fmt: skip

    def _initial(self) -> str:
        if not self.of.answered:
            return ""
        if self.of.question.kind == "complete":
            return "是" if self.of.value else UNKNOWN
        if self.of.value is None:
            return UNKNOWN if self.of.question.kind in ("bool", "code") else ""
        return self.of.shown

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "value" in told and not self.is_choice and bool(told["value"]) == bool(told["unknown"]):
            self.add_error("value", _("请回答，或勾选“我不知道”（两者选一）。"))
        return told

    @property
    def raw(self) -> str:
        """The answer as the vocabulary reads it; empty for “I don't know”."""
        value = self.cleaned_data["value"]
        if self.cleaned_data.get("unknown") or value in (UNKNOWN, None):
            return ""
        return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _hint(question: Any) -> str:
    if kind_of(question.source) is SourceKind.DOCUMENT:
        return _("照“%(paper)s”上写的填") % {"paper": question.source}
    return ""


def _radios(label: str, choices: list[tuple[str, str]], initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect)


class PaperForm(forms.Form):
    """A file from this device, or one from one's own folder."""

    file = PaperField(label=gettext_lazy("从这台手机或电脑选一个文件"), required=False)

    def __init__(self, *args: Any, own: list[File], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            listed = [("", _("不用，我上传新的")), *((str(each.uid), each.name.open()) for each in own)]
            self.fields["held"] = forms.ChoiceField(
                label=_("或者用存在材料夹里的"), choices=listed, required=False, widget=forms.RadioSelect
            )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("file") and not told.get("held") and not self.errors:
            self.add_error("file", _("请选一个文件。可以用手机拍照后上传。"))
        return told


class AccountForm(forms.Form):
    """Where to be paid: one of the accounts used before, or a new one."""

    use_required_attribute = False
    number = Depending(
        label=gettext_lazy("卡号或账号"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )  # fmt: skip
    bank = Depending(
        label=gettext_lazy("开户行"), max_length=120, help_text=gettext_lazy("例如：中国工商银行杭州萧山支行"),
    )  # fmt: skip

    def __init__(self, *args: Any, claim: Claim, known: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim, self.known = claim, known
        person = claim.payee_person is not None
        self.fields["number"].help_text = (
            _("本人名下的社会保障卡金融账户或银行储蓄卡") if person else _("本单位的对公账户")
        )
        if known:
            listed = [*((str(each.uid), drafting.masked(each)) for each in known), ("new", _("换一个账户"))]
            chosen = str(claim.account.uid) if claim.account else str(known[0].uid)
            self.fields["use"] = forms.ChoiceField(
                label=_("打到哪个账户"), choices=listed, initial=chosen, widget=forms.RadioSelect
            )
            self.order_fields(["use", "number", "bank"])
            self.fields["number"].label, self.fields["bank"].label = _("新账户的卡号或账号"), _("新账户的开户行")

    @property
    def chosen(self) -> Account | None:
        return next((each for each in self.known if str(each.uid) == self.cleaned_data.get("use")), None)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if self.errors or (self.known and told.get("use") != "new"):
            return told
        number = intake.plain_number(told.get("number", ""))
        told["number"] = number
        wrong = fault_of(number, self.claim.payee_person is not None)
        if wrong:
            self.add_error("number", wrong)
        if not told.get("bank", "").strip():
            self.add_error("bank", _("请填写开户行，写到支行。"))
        return told


def fault_of(number: str, person: bool) -> str:
    """What is wrong with an account number, or nothing.  A card's check digit catches a slip of one digit."""
    if not number:
        return _("请填写卡号或账号。")
    if not intake.is_number(number):
        return _("账号应为 8 到 30 位数字，请照卡面核对。")
    if person and drafting.is_card(number) and not drafting.passes_luhn(number):
        return _("这个卡号的校验位不对，多半是抄错了一位，请照卡面再核对。")
    return ""


class DisputeForm(forms.Form):
    """What one objects to, and why."""

    ground = forms.ChoiceField(label=gettext_lazy("对什么有异议"), widget=forms.RadioSelect)
    condition = forms.ChoiceField(label=gettext_lazy("哪个条件"), required=False, widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("为什么"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("写明您认为正确的情况和依据，答复人会逐条核对。"),
    )  # fmt: skip

    def __init__(self, *args: Any, refused: bool, conditions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (
            (Ground.REFUSAL, Ground.CONDITION, Ground.OTHER)
            if refused
            else (Ground.AMOUNT, Ground.CONDITION, Ground.OTHER)
        )
        self.fields["ground"].choices = [(str(each), each.label) for each in kinds]  # type: ignore[attr-defined]
        self.fields["condition"].choices = [("", _("不针对某个条件")), *((each, each) for each in conditions)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("ground") == Ground.CONDITION and not told.get("condition"):
            self.add_error("condition", _("请选出您认为判断错了的条件。"))
        return told
